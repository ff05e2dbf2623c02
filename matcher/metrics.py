"""
What a facilitator is told of a partition, and what versions are compared by.

All of it is worked out from affinities and labels alone, without knowing how the groups were
made. ``matcher.fairness`` adds who could swap and who would be better off elsewhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.places import EARTH_KM

Values = NDArray[np.float64]
Labels = NDArray[np.int64]

MASTERS, LEVEL_OF_MASTERS = 1, 4
NOVICES, LEVEL_OF_NOVICES = 2, 2
"""A mixed group has one who has done it, and two who come to learn it."""
WEAK_SHARE = 10
"""Percentile of the groups that stands for the weak ones."""


@dataclass(frozen=True)
class Cohesions:
    """How well groups hold together; affinities, so in [0, 1] when those are."""

    mean: float
    """Mean affinity over all pairs inside groups."""
    tenth: float
    """A tenth of the groups have a mean pair affinity below this."""
    worst_group: float
    """The lowest mean pair affinity of a group."""
    worst_member: float
    """The lowest mean affinity of a member to the others of its group."""


def coverage(labels: Labels) -> float:
    """Share of the items that have a group, in [0, 1]; 1 when there are none."""
    return float((labels >= 0).mean()) if len(labels) else 1.0


def sizes(labels: Labels) -> NDArray[np.int64]:
    """Number of members of each group, by rising label."""
    return np.unique(labels[labels >= 0], return_counts=True)[1].astype(np.int64)


def inside_sums(affinity: sparse.csr_array, labels: Labels) -> Values:
    """Sum of each item's affinities to the members of its own group; 0 for who has none."""
    i = np.repeat(np.arange(len(labels)), np.diff(affinity.indptr))
    j = affinity.indices
    inside = (labels[i] == labels[j]) & (labels[i] >= 0) & (i != j)
    sums = np.bincount(i[inside], weights=affinity.data[inside], minlength=len(labels))
    return sums.astype(np.float64)


def objective(affinity: sparse.csr_array, labels: Labels, threshold: float = 0.0) -> float:
    """Sum over the pairs inside groups of affinity minus threshold."""
    size = sizes(labels)
    pairs = float((size * (size - 1) / 2).sum())
    return float(inside_sums(affinity, labels).sum()) / 2 - threshold * pairs


def gap(score: float, bound: float) -> float:
    """Share of an upper bound that is not reached: 0 is proven best; 0 when both are 0."""
    return (bound - score) / bound if bound > 0 else 0.0


def group_means(affinity: sparse.csr_array, labels: Labels) -> Values:
    """Mean pair affinity of each group, by rising label; 0 for a group of one."""
    placed = labels >= 0
    _, number, size = np.unique(labels[placed], return_inverse=True, return_counts=True)
    sums = np.bincount(number, inside_sums(affinity, labels)[placed], minlength=len(size))
    return np.asarray(sums / np.maximum(size * (size - 1), 1), np.float64)


def member_means(affinity: sparse.csr_array, labels: Labels) -> Values:
    """Mean affinity of each item to the others of its group, ``(n,)``; NaN for who has none."""
    size = np.bincount(labels[labels >= 0]) if (labels >= 0).any() else np.ones(1, np.int64)
    others = np.maximum(size[np.maximum(labels, 0)] - 1, 1)
    return np.where(labels >= 0, inside_sums(affinity, labels) / others, np.nan)


def cohesions(affinity: sparse.csr_array, labels: Labels) -> Cohesions:
    """
    How well the groups hold together, the weak ones told apart.

    The worst group is what team-forming tools maximise [1]_; a tenth percentile is steadier.

    References
    ----------
    .. [1] Layton, Loughry, Ohland and Ricco (2010). Design and validation of a web-based
           system for assigning members to teams using instructor-specified criteria.
           *Advances in Engineering Education*, 2(1).
    """
    if not (labels >= 0).any():
        return Cohesions(0.0, 0.0, 0.0, 0.0)
    means, size = group_means(affinity, labels), sizes(labels)
    pairs = size * (size - 1) / 2
    return Cohesions(
        mean=float((means * pairs).sum() / max(pairs.sum(), 1.0)),
        tenth=float(np.percentile(means, WEAK_SHARE)),
        worst_group=float(means.min()),
        worst_member=float(np.nanmin(member_means(affinity, labels))),
    )


def pairs_inside(labels: Labels) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Every pair of items that share a group, each once."""
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    ends = np.append(starts[1:], len(order))
    number = np.searchsorted(starts, np.arange(len(order)), side="right") - 1
    later = ends[number] - np.arange(len(order)) - 1
    first = np.repeat(np.arange(len(order)), later)
    step = np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later) + 1
    return order[first], order[first + step]


def reach_km(labels: Labels, degrees: Values) -> float:
    """
    Median great-circle distance of two members of a group, km, by the haversine formula.

    Parameters
    ----------
    degrees
        Latitude and longitude of each item, WGS84, shape ``(n, 2)``; NaN where unknown.

    Returns
    -------
    float
        NaN when no two members have a known place.
    """
    i, j = pairs_inside(labels)
    known: NDArray[np.bool_] = ~np.isnan(degrees.sum(axis=1))
    i, j = i[known[i] & known[j]], j[known[i] & known[j]]
    if not len(i):
        return float("nan")
    at = np.radians(degrees)
    half = np.sin((at[i, 0] - at[j, 0]) / 2) ** 2
    half += np.cos(at[i, 0]) * np.cos(at[j, 0]) * np.sin((at[i, 1] - at[j, 1]) / 2) ** 2
    return float(np.median(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))))


def common_language_share(labels: Labels, masks: NDArray[np.int64]) -> float:
    """Share of the groups with a working language, a bit of ``masks``, that all members have."""
    order = np.argsort(labels, kind="stable")
    order = order[labels[order] >= 0]
    if not len(order):
        return 1.0
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    return float((np.bitwise_and.reduceat(masks[order], starts) != 0).mean())


def mixed_share(labels: Labels, levels: NDArray[np.int64]) -> float:
    """
    Share of the groups with somebody to learn from and somebody who learns, in [0, 1].

    At least one member of level 4 or more and two of level 2 or less, of 1 … 5.
    """
    placed = labels >= 0
    if not placed.any():
        return 1.0
    _, number = np.unique(labels[placed], return_inverse=True)
    masters = np.bincount(number, levels[placed] >= LEVEL_OF_MASTERS)
    novices = np.bincount(number, levels[placed] <= LEVEL_OF_NOVICES)
    return float(((masters >= MASTERS) & (novices >= NOVICES)).mean())


def stability(before: Labels, after: Labels, unchanged: NDArray[np.bool_] | None = None) -> float:
    """
    Share of the pairs that shared a group before and still do, in [0, 1].

    Pairs of which a member changed or left are not counted: ``unchanged`` tells who stays.
    This is the recall of pairs of Fowlkes and Mallows [1]_. 1 when there were no pairs.

    References
    ----------
    .. [1] Fowlkes and Mallows (1983). A method for comparing two hierarchical clusterings.
           *Journal of the American Statistical Association*, 78(383): 553-569.
    """
    known = before >= 0 if unchanged is None else (before >= 0) & unchanged
    _, was = np.unique(before[known], return_counts=True)
    stayed = known & (after >= 0)
    _, both = np.unique(np.stack([before[stayed], after[stayed]]), axis=1, return_counts=True)
    pairs = float((was * (was - 1)).sum())
    return float((both * (both - 1)).sum()) / pairs if pairs else 1.0
