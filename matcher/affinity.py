"""
What two challenges share, part by part, as one number in [0, 1].

The likeness of the texts is the base, offer and need add to it; stage, distance, maturity
and kinds of organisation discount it, and without a common language it is 0. Docs:
``docs/decisions/0010-affinity-and-groups.md``.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.entries import Entry
from matcher.params import AffinityWeights
from matcher.places import distance_km

MASTER, NOVICE = 4, 2
"""Experience from which a unit can teach, and up to which it comes to learn."""

Values = NDArray[np.float64]


def affinities(
    one: Entry,
    others: Sequence[Entry],
    likeness: Values,
    offered: Values,
    weights: AffinityWeights,
) -> Values:
    """
    Affinity of one challenge to others.

    Parameters
    ----------
    likeness
        Likeness of the texts, shape ``(k,)``, a cosine.
    offered
        Likeness of one's offer and the other's need, the better way round; NaN where
        neither offers anything.

    Returns
    -------
    NDArray
        Shape ``(k,)``, in [0, 1].
    """
    text = np.clip(likeness / weights.full_likeness, 0.0, 1.0)
    given = np.clip(offered / weights.full_likeness, 0.0, 1.0)
    share = np.where(np.isnan(offered), 0.0, weights.offer)
    # An offer that misses the need is no reason against a peer: it never takes away.
    base = text + share * np.maximum(np.nan_to_num(given) - text, 0.0)
    fits = np.array([fit(one, other, weights) for other in others])
    return np.asarray(base * fits, dtype=np.float64)


def fit(one: Entry, other: Entry, weights: AffinityWeights) -> float:
    """What is left of the base after everything that does not fit, in [0, 1]."""
    left = 1.0
    left -= weights.stage * stage_gap(one, other)
    left -= weights.distance * distance_loss(one, other, weights)
    left -= weights.maturity * maturity_loss(one, other)
    left -= weights.kinds * sameness(one, other)
    return left * (1.0 if one.mask & other.mask else 1.0 - weights.language)


def stage_gap(one: Entry, other: Entry) -> float:
    """How far apart the procurements are, 0 for the same stage to 1."""
    return abs(one.stage - other.stage) / 3.0


def distance_loss(one: Entry, other: Entry, weights: AffinityWeights) -> float:
    """How much distance hurts: nothing when both can meet remotely."""
    if not (one.on_site or other.on_site) or one.point is None or other.point is None:
        return 0.0
    km = distance_km(one.point, other.point)
    return km / (km + weights.distance_km)


def maturity_loss(one: Entry, other: Entry) -> float:
    """0 when one can teach the other, 1 when both are new to it or both masters."""
    low, high = sorted((one.card.maturity, other.card.maturity))
    if low <= NOVICE and high >= MASTER:
        return 0.0
    return 1.0 if high <= NOVICE or low >= MASTER else 0.5


def sameness(one: Entry, other: Entry) -> float:
    """1 for the same kind and size of organisation, a half for one of them."""
    kind = one.unit.kind == other.unit.kind
    size = one.unit.size_class is not None and one.unit.size_class == other.unit.size_class
    return (float(kind) + float(size)) / 2.0
