"""
What two challenges share, part by part, as one number in [0, 1].

The likeness of the texts is the base, offer and need add to it; stage, distance, maturity
and kinds of organisation discount it, and without a common language it is 0. Docs:
``docs/decisions/0010-affinity-and-groups.md``.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.entries import Entry
from matcher.params import AffinityWeights
from matcher.places import distances_km
from schemas.codes import SizeClass, UnitKind

MASTER, NOVICE = 4, 2
"""Experience from which a unit can teach, and up to which it comes to learn."""
KINDS = {kind: number for number, kind in enumerate(UnitKind)}
SIZES = {size: number for number, size in enumerate(SizeClass)}

Values = NDArray[np.float64]
Numbers = NDArray[np.integer[Any]]


class Traits(NamedTuple):
    """What the affinity of challenges reads beside their texts, one value a challenge."""

    mask: NDArray[np.int64]
    """Working languages as bits."""
    stage: NDArray[np.int64]
    maturity: NDArray[np.int64]
    on_site: NDArray[np.bool_]
    point: Values
    """Latitude and longitude in degrees, shape ``(n, 2)``; NaN where unknown."""
    kind: NDArray[np.int64]
    size: NDArray[np.int64]
    """Size class, -1 for unknown."""


def traits_of(entries: Sequence[Entry]) -> Traits:
    """Read the traits of challenges."""
    units = [entry.unit for entry in entries]
    unknown = (np.nan, np.nan)
    points = [unknown if entry.point is None else entry.point for entry in entries]
    return Traits(
        mask=np.array([entry.mask for entry in entries], np.int64),
        stage=np.array([entry.stage for entry in entries], np.int64),
        maturity=np.array([entry.card.maturity for entry in entries], np.int64),
        on_site=np.array([entry.on_site for entry in entries], np.bool_),
        point=np.array(points, np.float64).reshape(-1, 2),
        kind=np.array([KINDS[unit.kind] for unit in units], np.int64),
        size=np.array([-1 if u.size_class is None else SIZES[u.size_class] for u in units]),
    )


def affinities(
    of: Traits, i: Numbers, j: Numbers, likeness: Values, offered: Values, weights: AffinityWeights
) -> Values:
    """
    Affinity of pairs of challenges.

    Parameters
    ----------
    of
        Traits of ``n`` challenges.
    i, j
        Numbers of the two of each pair, shape ``(k,)``.
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
    return np.asarray(base * fits(of, i, j, weights), dtype=np.float64)


def fits(of: Traits, i: Numbers, j: Numbers, weights: AffinityWeights) -> Values:
    """What is left of the base after everything that does not fit, in [0, 1]."""
    left = 1.0 - weights.stage * stage_gap(of, i, j)
    left -= weights.distance * distance_loss(of, i, j, weights)
    left -= weights.maturity * maturity_loss(of, i, j)
    left -= weights.kinds * sameness(of, i, j)
    common = (of.mask[i] & of.mask[j]) != 0
    return np.asarray(left * np.where(common, 1.0, 1.0 - weights.language), dtype=np.float64)


def stage_gap(of: Traits, i: Numbers, j: Numbers) -> Values:
    """How far apart the procurements are, 0 for the same stage to 1."""
    return np.asarray(np.abs(of.stage[i] - of.stage[j]) / 3.0)


def distance_loss(of: Traits, i: Numbers, j: Numbers, weights: AffinityWeights) -> Values:
    """How much distance hurts: nothing when both can meet remotely, or a place is not known."""
    km = distances_km(of.point[i], of.point[j])
    counts = (of.on_site[i] | of.on_site[j]) & ~np.isnan(km)
    return np.where(counts, km / (km + weights.distance_km), 0.0)


def maturity_loss(of: Traits, i: Numbers, j: Numbers) -> Values:
    """0 when one can teach the other, 1 when both are new to it or both masters."""
    low = np.minimum(of.maturity[i], of.maturity[j])
    high = np.maximum(of.maturity[i], of.maturity[j])
    alike = np.where((high <= NOVICE) | (low >= MASTER), 1.0, 0.5)
    return np.where((low <= NOVICE) & (high >= MASTER), 0.0, alike)


def sameness(of: Traits, i: Numbers, j: Numbers) -> Values:
    """1 for the same kind and size of organisation, a half for one of them."""
    same = (of.kind[i] == of.kind[j]).astype(np.float64)
    same += (of.size[i] >= 0) & (of.size[i] == of.size[j])
    return np.asarray(same / 2.0, dtype=np.float64)
