"""
Groups looked at again after changes: who sat together stays, unless more is gained elsewhere.

Every pair that is parted has a price, which pairs that move together do not pay. Several
searches from the present groups, each with another price, part different ones; the groups of
all, and the present ones, are then put together so that what is gained is worth the pairs it
costs: a choice as of a budget, made where it pays most.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.fairness import Rules, blocking_pairs
from matcher.grouping.packing import choose
from matcher.grouping.problem import Problem
from matcher.grouping.solve import solve

PRICES = (0.0, 0.5, 1.0, 1.5)
"""What the searches ask for a pair, as shares of its price."""
REACH = 0.8
"""Heat and proposals of each search, as a share of those of a search from nothing."""
KEPT = 0.972
"""Share of the pairs that one look keeps at least: the price rises until it does."""
CHEAPEST = 0.5
"""How far the price falls as long as enough are kept."""
DEAREST = 2.0
"""How far it rises for that, in units of affinity: no pair gains as much."""
HALVINGS = 6
"""How closely the price is found that is just high enough."""
TURNS = 20
"""Looks for pairs who would both gain by changing places."""
REPEATS = 4
"""Choices, each keeping more, when such pairs parted too many."""

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Limits:
    """Units of the items, and how many groups each unit may be in."""

    unit: NDArray[np.int64]
    room: NDArray[np.float64]


@dataclass(frozen=True)
class _Some:
    """Groups to choose from: members, slot that a pin gives them or -1, worth, pairs kept."""

    groups: list[tuple[int, ...]]
    slot: NDArray[np.int64]
    worth: NDArray[np.float64]
    kept: NDArray[np.float64]
    holds: list[list[int]]
    room: NDArray[np.float64]


def search_again(
    problem: Problem,
    together: sparse.csr_array,
    price: float,
    limits: Limits,
    *,
    seed: int = 0,
    kept: float = KEPT,
) -> Labels:
    """
    Improve groups from where they are.

    Parameters
    ----------
    problem
        With ``previous`` groups; ``stay`` is what pins are worth, 0 for who has none.
    together
        1 for each pair that sat together when groups were looked at last, ``(n, n)``.
    price
        What a pair that is parted costs, in units of affinity; 0: nothing has to be kept.
    kept
        Share of those pairs to keep at least, as far as the present groups do.

    Returns
    -------
    Labels
        A slot for each item, -1 for none; present groups keep theirs.
    """
    start = problem.previous
    if start is None:
        return solve(problem, seed=seed).labels
    found = [start]
    for turn, share in enumerate(PRICES):
        dear = sparse.csr_array(problem.affinity + share * price * together)
        warm = replace(problem, affinity=dear, again=REACH)
        label = solve(warm, seed=seed + turn).labels
        found += [label, swapped(problem, limits.unit, label)]
    some = _some(problem, together, found, limits)
    most = float(together.nnz) / 2 * (price > 0)

    def chosen(price: float) -> list[int] | None:
        values = some.worth + price * some.kept
        return choose(some.holds, values, some.room, len(some.groups))

    least = kept * most
    label = start
    for _ in range(REPEATS if price > 0 else 1):
        best = _just_enough(chosen, CHEAPEST * price, some.kept, least)
        if best is None:
            break
        label = swapped(problem, limits.unit, _named(some, best, start))
        short = kept * most - _sums(together, label).sum()
        if short <= 0:
            break
        least += short
    return label


def swapped(problem: Problem, unit: NDArray[np.int64], label: Labels) -> Labels:
    """The groups, after pairs who both gain by it have changed places, whatever that parts."""
    label = label.copy()
    rules = Rules(units=unit, masks=problem.mask, givers=problem.giver if problem.mix else None)
    for _ in range(TURNS):
        pairs = blocking_pairs(
            problem.affinity, label.astype(np.int64), threshold=problem.threshold, rules=rules
        )
        used: set[int] = set()
        for i, j in pairs:
            seats = int(label[i]), int(label[j])
            if used.isdisjoint(seats) and _may_swap(problem, label, i, j):
                used.update(seats)
                label[i], label[j] = seats[1], seats[0]
        if not used:
            break
    return label


def _may_swap(problem: Problem, label: Labels, i: int, j: int) -> bool:
    """Whether nobody of two is pinned or meets one whom it may not."""
    if problem.stay is not None and problem.stay[[i, j]].any():
        return False
    if problem.bars is None:
        return True
    for one, other in ((i, j), (j, i)):
        barred = problem.bars.indices[problem.bars.indptr[one] : problem.bars.indptr[one + 1]]
        if ((label[barred] == label[other]) & (barred != other)).any():
            return False
    return True


def _just_enough(
    chosen: Callable[[float], list[int] | None],
    cheapest: float,
    kept: NDArray[np.float64],
    least: float,
) -> list[int] | None:
    """The choice at the lowest price that keeps enough; at the dearest if none does."""
    low, high = cheapest, DEAREST
    best = chosen(low)
    if best is None or kept[best].sum() >= least:
        return best
    best = chosen(high)
    if best is None or kept[best].sum() < least:
        return best
    for _ in range(HALVINGS):
        middle = float(np.sqrt(low * high))
        other = chosen(middle)
        if other is not None and kept[other].sum() >= least:
            best, high = other, middle
        else:
            low = middle
    return best


def _some(
    problem: Problem, together: sparse.csr_array, found: Sequence[Labels], limits: Limits
) -> _Some:
    """All groups of some answers, each once."""
    known: dict[tuple[tuple[int, ...], int], tuple[float, float]] = {}
    for label in found:
        slots, groups = groups_of(label)
        worth, kept = _worths(problem, label), _sums(together, label)
        for at, members in zip(slots.tolist(), groups, strict=True):
            known[members, _wanted(problem, members, at)] = worth[at], kept[at]
    keys = sorted(known)
    pins = {slot: len(limits.room) + at for at, slot in enumerate(sorted({s for _, s in keys}))}
    n = problem.n
    holds = [
        [*members, *(n + u for u in limits.unit[list(members)].tolist())]
        + [n + pins[slot]] * (slot >= 0)
        for members, slot in keys
    ]
    values = np.array([known[key] for key in keys], np.float64).reshape(len(keys), 2)
    return _Some(
        groups=[members for members, _ in keys],
        slot=np.array([slot for _, slot in keys], np.int64),
        worth=values[:, 0],
        kept=values[:, 1],
        holds=holds,
        room=np.concatenate([np.ones(n), limits.room, np.ones(len(pins))]),
    )


def _wanted(problem: Problem, members: tuple[int, ...], slot: int) -> int:
    """The slot, when a member is pinned to it; else -1: the group may get any."""
    ids = list(members)
    if problem.stay is None or problem.previous is None:
        return -1
    pinned = (problem.stay[ids] > 0) & (problem.previous[ids] == slot)
    return slot if pinned.any() else -1


def _worths(problem: Problem, label: Labels) -> NDArray[np.float64]:
    """What the group in each slot is worth: affinities above the threshold, giver and pins."""
    inside = label >= 0
    size = np.bincount(label[inside], minlength=1)
    worth = _sums(problem.affinity, label) - problem.threshold * size * (size - 1) / 2
    if problem.giver is not None:
        gives = np.bincount(label[inside], problem.giver[inside], minlength=1) > 0
        worth += problem.mix * gives
    if problem.stay is not None and problem.previous is not None:
        stays = inside & (label == problem.previous)
        worth += np.bincount(label[stays], problem.stay[stays], minlength=len(size))
    return worth


def _sums(pairs: sparse.csr_array, label: Labels) -> NDArray[np.float64]:
    """Sum over the pairs of the group in each slot."""
    row = np.repeat(np.arange(len(label)), np.diff(pairs.indptr))
    mine = label[row]
    same = (mine == label[pairs.indices]) & (mine >= 0) & (row < pairs.indices)
    most = int(label.max(initial=0)) + 1
    return np.bincount(mine[same], pairs.data[same], minlength=most).astype(np.float64)


def together_of(keys: Sequence[str], groups: Iterable[Sequence[str]]) -> sparse.csr_array:
    """1 for each pair of keys that shares one of the groups, ``(n, n)``; a key is in one."""
    number = {key: at for at, key in enumerate(keys)}
    here = [np.array([number[key] for key in ids if key in number], np.int64) for ids in groups]
    row = np.concatenate([np.zeros(0, np.int64), *(np.repeat(ids, len(ids)) for ids in here)])
    column = np.concatenate([np.zeros(0, np.int64), *(np.tile(ids, len(ids)) for ids in here)])
    other = row != column
    pairs = np.ones(int(other.sum())), (row[other], column[other])
    return sparse.csr_array(pairs, shape=(len(keys), len(keys)))


def groups_of(label: Labels) -> tuple[NDArray[np.int32], list[tuple[int, ...]]]:
    """Slots in use, rising, and the members of each."""
    order = np.argsort(label, kind="stable")
    order = order[label[order] >= 0]
    slots, first = np.unique(label[order], return_index=True)
    parts = np.split(order, first[1:]) if len(slots) else []
    return slots, [tuple(part.tolist()) for part in parts]


def _named(some: _Some, chosen: Sequence[int], start: Labels) -> Labels:
    """Labels of the groups chosen: the slot that most members were in, each slot once."""
    label = np.full(len(start), -1, np.int32)
    name = {int(some.slot[at]): at for at in chosen if some.slot[at] >= 0}
    ranked = []
    for at in chosen:
        slots, common = np.unique(start[list(some.groups[at])], return_counts=True)
        ranked += [
            (-number, slot, at)
            for slot, number in zip(slots.tolist(), common.tolist(), strict=True)
            if slot >= 0 and some.slot[at] < 0
        ]
    done = set(name.values())
    for _, slot, at in sorted(ranked):
        if slot not in name and at not in done:
            name[slot] = at
            done.add(at)
    fresh = count(int(start.max(initial=-1)) + 1)
    for at in chosen:
        if at not in done:
            name[next(fresh)] = at
    for slot, at in name.items():
        label[list(some.groups[at])] = slot
    return label
