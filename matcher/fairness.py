"""Who could do better: members who would swap seats, and members who envy another group."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

Labels = NDArray[np.int64]
Pairs = NDArray[np.intp]

EPS = 1e-9
CELLS = 4_000_000
"""Cells of a table held at once: 32 MB."""
MUCH = 0.1
"""How much better, as a share, a group must be to be envied."""


@dataclass(frozen=True)
class Rules:
    """What a swap may not break; without them any two members may swap."""

    units: NDArray[np.int64] | None = None
    """Organisation of each item: a group has each at most once."""
    masks: NDArray[np.int64] | None = None
    """Working languages of each item as bits: a group has one in common, if it had before."""
    givers: NDArray[np.uint8] | None = None
    """1: has done it already. A group has one who has, if it had before."""


@dataclass(frozen=True)
class Fairness:
    """Two numbers that say whether members could do better."""

    blocking: float
    """Share of the placed who could swap seats with another so that both gain."""
    envy: float
    """Share of the placed who fit another group better by more than a tenth."""


def fairness(
    affinity: sparse.csr_array,
    labels: Labels,
    *,
    threshold: float = 0.0,
    rules: Rules | None = None,
) -> Fairness:
    """
    How many members block the partition by exchange, and how many envy.

    A member's own good is the sum of its affinities minus the threshold to the others of its
    group: an additive hedonic game with symmetric preferences [1]_. Two members block when
    both gain by swapping seats and no rule forbids the swap. Envy looks at mean affinity and
    ignores seats and rules.

    References
    ----------
    .. [1] Bogomolnaia and Jackson (2002). The stability of hedonic coalition structures.
           *Games and Economic Behavior*, 38(2): 201-230.
    """
    seats = _seated(affinity, labels)
    if not len(seats.placed):
        return Fairness(0.0, 0.0)
    i, j = _pairs(seats, threshold, rules)
    block = np.unique(np.concatenate([i, j]))
    envy = _envy(seats.sums, seats.group, seats.size)
    return Fairness(len(block) / len(seats.placed), envy)


def blocking_pairs(
    affinity: sparse.csr_array,
    labels: Labels,
    *,
    threshold: float = 0.0,
    rules: Rules | None = None,
) -> list[tuple[int, int]]:
    """Pairs of items that would both gain by swapping seats, where no rule forbids it."""
    seats = _seated(affinity, labels)
    if not len(seats.placed):
        return []
    i, j = _pairs(seats, threshold, rules)
    return list(zip(seats.placed[i].tolist(), seats.placed[j].tolist(), strict=True))


class _Seats(NamedTuple):
    """Who sits, in which group, of which size, with affinities among them and to groups."""

    placed: NDArray[np.intp]
    group: NDArray[np.intp]
    size: NDArray[np.intp]
    inner: sparse.csr_array
    sums: sparse.csr_array


def _seated(affinity: sparse.csr_array, labels: Labels) -> _Seats:
    placed = np.flatnonzero(labels >= 0)
    _, group, size = np.unique(labels[placed], return_inverse=True, return_counts=True)
    inner = affinity[placed][:, placed].tocsr()
    inner.setdiag(0.0)
    member = sparse.csr_array(
        (np.ones(len(group)), (np.arange(len(group)), group)), shape=(len(group), len(size))
    )
    return _Seats(placed, group, size, inner, sparse.csr_array(inner @ member))


def _pairs(seats: _Seats, threshold: float, rules: Rules | None) -> tuple[Pairs, Pairs]:
    i, j = _blocking(seats.inner, seats.sums, seats.group, seats.size, threshold)
    if rules is None:
        return i, j
    return _allowed(i, j, seats.placed, seats.group, seats.size, rules)


def _blocking(
    inner: sparse.csr_array,
    sums: sparse.csr_array,
    group: NDArray[np.intp],
    size: NDArray[np.intp],
    threshold: float,
) -> tuple[Pairs, Pairs]:
    """Pairs of members of different groups who both gain by swapping."""
    here = _own(sums, group) - threshold * (size[group] - 1)
    i, to, there = _wishes(sums, group, size, here, threshold, float(-inner.data.min(initial=0.0)))
    key, back = group[i] * len(size) + to, to * len(size) + group[i]
    order = np.argsort(key, kind="stable")
    start = np.searchsorted(key[order], back, side="left")
    number = np.searchsorted(key[order], back, side="right") - start
    one = np.repeat(np.arange(len(i)), number)
    step = np.arange(len(one)) - np.repeat(np.cumsum(number) - number, number)
    other = order[np.repeat(start, number) + step]
    one, other = one[i[one] < i[other]], other[i[one] < i[other]]
    if not len(one):
        return i[:0], i[:0]
    lost = np.asarray(inner[i[one], i[other]]).ravel()
    gains = (there[one] - lost > here[i[one]] + EPS) & (there[other] - lost > here[i[other]] + EPS)
    return i[one[gains]], i[other[gains]]


def _own(sums: sparse.csr_array, group: NDArray[np.intp]) -> NDArray[np.float64]:
    row = np.repeat(np.arange(len(group)), np.diff(sums.indptr))
    at = sums.indices == group[row]
    return np.bincount(row[at], sums.data[at], minlength=len(group)).astype(np.float64)


def _wishes(
    sums: sparse.csr_array,
    group: NDArray[np.intp],
    size: NDArray[np.intp],
    here: NDArray[np.float64],
    threshold: float,
    slack: float,
) -> tuple[Pairs, Pairs, NDArray[np.float64]]:
    """
    Members, groups they would rather sit in if the best seat were theirs, and its worth.

    Where nobody has an affinity to a member the seat is worth what the threshold takes:
    only members who fare worse than that need be compared with every group.
    """
    nothing = -threshold * (size - 1)
    bad = np.flatnonzero(here < nothing.max() + slack - EPS)
    row = np.repeat(np.arange(len(group)), np.diff(sums.indptr))
    worth = sums.data + nothing[sums.indices]
    wished = (worth + slack > here[row] + EPS) & (sums.indices != group[row])
    wished &= ~np.isin(row, bad)
    found = [(row[wished], sums.indices[wished].astype(np.intp), worth[wished])]
    for part in np.array_split(bad, max(1, len(bad) * len(size) // CELLS)):
        table = sums[part].toarray() + nothing
        better = table + slack > here[part][:, None] + EPS
        better[np.arange(len(part)), group[part]] = False
        at, to = np.nonzero(better)
        found.append((part[at], to, table[at, to]))
    rows, groups, values = zip(*found, strict=True)
    return np.concatenate(rows), np.concatenate(groups), np.concatenate(values)


def _allowed(
    i: Pairs,
    j: Pairs,
    placed: NDArray[np.intp],
    group: NDArray[np.intp],
    size: NDArray[np.intp],
    rules: Rules,
) -> tuple[Pairs, Pairs]:
    """Those swaps that keep the rules in both groups."""
    keep = np.ones(len(i), bool)
    if rules.units is not None:
        unit = rules.units[placed]
        width = int(unit.max()) + 1
        sits = np.unique(group * width + unit)
        for one, other in ((i, j), (j, i)):
            met = np.isin(group[other] * width + unit[one], sits)
            keep &= ~met | (unit[one] == unit[other])
    if rules.masks is not None:
        mask = rules.masks[placed]
        for one, other in ((i, j), (j, i)):
            keep &= _common(mask, group, size, one, other)
    if rules.givers is not None:
        gives = rules.givers[placed].astype(np.int64)
        number = np.bincount(group, gives, minlength=len(size))
        for one, other in ((i, j), (j, i)):
            had = number[group[other]]
            keep &= (had == 0) | (had - gives[other] + gives[one] > 0)
    return i[keep], j[keep]


def _common(
    mask: NDArray[np.int64],
    group: NDArray[np.intp],
    size: NDArray[np.intp],
    one: Pairs,
    other: Pairs,
) -> NDArray[np.bool_]:
    """Whether a group has a language in common with one in the other's seat, or had none."""
    after, before = np.zeros(len(one), bool), np.zeros(len(one), bool)
    for bit in range(int(mask.max(initial=0)).bit_length()):
        has = mask >> bit & 1
        number = np.bincount(group, has, minlength=len(size))[group[other]]
        before |= number == size[group[other]]
        after |= number - has[other] + has[one] == size[group[other]]
    return after | ~before


def _envy(sums: sparse.csr_array, group: NDArray[np.intp], size: NDArray[np.intp]) -> float:
    own = _own(sums, group) / np.maximum(size[group] - 1, 1)
    row = np.repeat(np.arange(len(group)), np.diff(sums.indptr))
    mean = np.where(sums.indices == group[row], 0.0, sums.data / size[sums.indices])
    best = np.zeros(len(group))
    np.maximum.at(best, row, mean)
    return float((best > (1 + MUCH) * own + EPS).mean())
