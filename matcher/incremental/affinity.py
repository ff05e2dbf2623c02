"""The affinity of two challenges once more, as a loop; ``matcher.affinity`` is its twin."""

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.affinity import MASTER, NOVICE
from matcher.lean import lean
from matcher.params import AffinityWeights
from matcher.places import EARTH_KM

Scores = NDArray[np.float64]


class Weights(NamedTuple):
    """``matcher.params.AffinityWeights`` as the loops read them."""

    full_likeness: float
    offer: float
    language: float
    stage: float
    distance: float
    distance_km: float
    maturity: float
    kinds: float
    found: Scores
    """Scores of texts as they are multiplied, rising; empty when they need no change."""
    told: Scores
    """What each of them is worth, as ``matcher.text.scale`` tells it; linear between."""


NO_SCALE: tuple[Scores, Scores] = (np.zeros(0), np.zeros(0))


def weights_of(weights: AffinityWeights, scale: tuple[Scores, Scores] = NO_SCALE) -> Weights:
    """Take the knobs over."""
    found, told = scale
    knobs = {name: float(getattr(weights, name)) for name in Weights._fields[:-2]}
    return Weights(**knobs, found=found, told=told)


@lean
def spread(texts, a, scratch):  # type: ignore[no-untyped-def]
    """Lay the sparse part of a text out, so that others are compared by a look."""
    for p in range(texts.start[a], texts.start[a] + texts.length[a]):
        scratch[texts.columns[p]] = texts.weights[p]


@lean
def clear(texts, a, scratch):  # type: ignore[no-untyped-def]
    """Take it up again."""
    for p in range(texts.start[a], texts.start[a] + texts.length[a]):
        scratch[texts.columns[p]] = 0.0


@njit(cache=True, nogil=True, fastmath=True)
def dense_dot(dense, a, b):  # type: ignore[no-untyped-def]
    """Product of the dense parts of two texts."""
    total = np.float32(0.0)
    for c in range(dense.shape[1]):
        total += dense[a, c] * dense[b, c]
    return total


@lean
def likeness(texts, a, b, scratch):  # type: ignore[no-untyped-def]
    """Product of two texts, the first of which is laid out."""
    total = np.float64(dense_dot(texts.dense, a, b))
    for p in range(texts.start[b], texts.start[b] + texts.length[b]):
        total += scratch[texts.columns[p]] * texts.weights[p]
    return total


@lean
def fit(w, items, i, j):  # type: ignore[no-untyped-def]
    """What is left of the base after everything that does not fit."""
    left = 1.0 - w.stage * abs(int(items.stage[i]) - int(items.stage[j])) / 3.0
    if items.on_site[i] or items.on_site[j]:
        km = kilometres(items.place, i, j)
        if not math.isnan(km):
            left -= w.distance * km / (km + w.distance_km)
    low = min(items.maturity[i], items.maturity[j])
    high = max(items.maturity[i], items.maturity[j])
    if high <= NOVICE or low >= MASTER:
        left -= w.maturity
    elif not (low <= NOVICE and high >= MASTER):
        left -= 0.5 * w.maturity
    same = 0.0
    if items.kind[i] == items.kind[j]:
        same += 0.5
    if items.size[i] >= 0 and items.size[i] == items.size[j]:
        same += 0.5
    left -= w.kinds * same
    return left if items.mask[i] & items.mask[j] else left * (1.0 - w.language)


@lean
def kilometres(place, i, j):  # type: ignore[no-untyped-def]
    """Great-circle distance by the haversine formula; NaN where a place is not known."""
    half = math.sin((place[j, 0] - place[i, 0]) / 2.0) ** 2
    turn = math.sin((place[j, 1] - place[i, 1]) / 2.0) ** 2
    half += math.cos(place[i, 0]) * math.cos(place[j, 0]) * turn
    return 2.0 * EARTH_KM * math.asin(math.sqrt(min(1.0, half)))


@lean
def share(w, value):  # type: ignore[no-untyped-def]
    """A likeness, told on the common scale, as a share of full likeness."""
    last = len(w.found) - 1
    if last > 0:
        at = min(max(np.searchsorted(w.found, value, side="right") - 1, 0), last - 1)
        step = w.found[at + 1] - w.found[at]
        part = min(1.0, max(0.0, (value - w.found[at]) / step)) if step > 0.0 else 1.0
        value = w.told[at] + part * (w.told[at + 1] - w.told[at])
    return min(1.0, max(0.0, value / w.full_likeness))


@njit(cache=True, nogil=True)
def affinities(w, texts, items, i, others, n, out, scratch):  # type: ignore[no-untyped-def]
    """
    Affinity of item ``i`` to the first ``n`` of ``others``, into ``out``.

    ``scratch`` holds zeros, one a column, before and after.
    """
    met = np.zeros(n)
    spread(texts, items.need[i], scratch)
    for q in range(n):
        j = others[q]
        out[q] = share(w, likeness(texts, items.need[i], items.need[j], scratch))
        if items.offer[j] >= 0:
            met[q] = share(w, likeness(texts, items.need[i], items.offer[j], scratch))
    clear(texts, items.need[i], scratch)
    if items.offer[i] >= 0:
        spread(texts, items.offer[i], scratch)
        for q in range(n):
            found = likeness(texts, items.offer[i], items.need[others[q]], scratch)
            met[q] = max(met[q], share(w, found))
        clear(texts, items.offer[i], scratch)
    for q in range(n):
        base = out[q] + w.offer * max(met[q] - out[q], 0.0)
        out[q] = base * fit(w, items, i, others[q])
