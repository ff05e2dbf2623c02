"""The best partition that can be put together from groups that several runs found."""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.choice import choose
from matcher.grouping.kernels.state import EPS
from matcher.grouping.pinned import LET_IN, around_pins
from matcher.grouping.problem import Problem

Labels = NDArray[np.int32]
HOMES = 3
"""Slots that a group may have for those who stay there; a fourth is paid for by few of twelve."""


PAIRS = 1 << 20
"""Pairs of members whose affinities are looked up at a time: 8 MB."""
Group = tuple[int, ...]


class Column(NamedTuple):
    """A group as it may be chosen: its members, and the named slot it would have; -1 for none."""

    members: Group
    slot: int


def may_pack(problem: Problem) -> bool:
    """Whether groups of several answers may be put together: nobody has to be placed."""
    return problem.groups is None


def packed(
    problem: Problem,
    found: list[Labels],
    slots: int,
    time_limit_s: float | None = None,
    let_in: int = LET_IN,
    known: float | None = None,
) -> Labels | None:
    """
    Choose among the groups of several answers those that are worth most together.

    Set packing: no item and no named slot twice, whoever is pinned in its slot, the sum of
    worths as large as it gets, or as large as was found when the branches allowed are used up.
    A group may take the slot that a member sat in before, for what it is worth that it stays.
    None when nothing was found by then, when no choice seats all who are pinned, or when ``known``
    says that nothing would come of it.

    Parameters
    ----------
    problem
        One that ``may_pack``.
    found
        Labels of each answer, ``slots`` for an item left out.
    slots
        How many groups there may be.
    time_limit_s
        A brake, for the choice can take long where answers are all different.
    let_in
        How many groups at most are offered with somebody who is pinned let in.
    known
        What the best of the answers is worth, as for ``choose``.
    """
    groups = sorted(set(groups_of(found, slots)))
    groups += around_pins(problem, groups, let_in)
    columns = _columns(problem, _within_bounds(problem, groups))
    if not columns:
        return None
    n, named = problem.n, sorted({column.slot for column in columns if column.slot >= 0})
    number = {slot: n + at for at, slot in enumerate(named)}
    holds = [[*of.members, *([number[of.slot]] if of.slot >= 0 else [])] for of in columns]
    least = np.zeros(n + len(named))
    if problem.pin is not None:
        least[:n] = problem.pin >= 0
    worth = _worths(problem, columns)
    chosen = choose(holds, worth, np.ones(len(least)), slots, time_limit_s, least, known)
    if chosen is None:
        return None
    label = np.full(n, slots, np.int32)
    used = {columns[at].slot for at in chosen}
    fresh = (slot for slot in _by_newness(problem, slots) if slot not in used)
    for at in chosen:
        members, slot = columns[at]
        label[list(members)] = slot if slot >= 0 else next(fresh)
    return label


def _within_bounds(problem: Problem, groups: list[Group]) -> list[Group]:
    load = np.append(problem.weight, 0.0)[_seats(groups, problem.n)].sum(axis=1)
    keeps = (problem.lower - EPS <= load) & (load <= problem.upper + EPS)
    return [group for group, kept in zip(groups, keeps.tolist(), strict=True) if kept]


def _columns(problem: Problem, groups: list[Group]) -> list[Column]:
    """Each group in the slot of its pins, else in a fresh one and in those it may stay in."""
    pin = [-2] * problem.n if problem.pin is None else problem.pin.tolist()
    held = set(pin) - {-1, -2}
    columns = []
    for group in groups:
        at = list(group)
        pins = {pin[i] for i in group} & held
        if pins:
            columns += [Column(group, pins.pop())] if len(pins) == 1 else []
            continue
        columns.append(Column(group, -1))
        columns += [Column(group, slot) for slot in _homes(problem, at, held)]
    return columns


def _homes(problem: Problem, group: list[int], held: set[int]) -> list[int]:
    """The slots, rising, that most of a group is paid for staying in."""
    if problem.previous is None or problem.stay is None:
        return []
    slots, which = np.unique(problem.previous[group], return_inverse=True)
    paid = np.bincount(which.ravel(), problem.stay[group])
    paid[(slots < 0) | np.isin(slots, list(held))] = 0.0
    first = np.lexsort((slots, -paid))[:HOMES]
    return sorted(slots[first][paid[first] > 0.0].tolist())


def _by_newness(problem: Problem, slots: int) -> list[int]:
    """Slots for groups without a name, those first that nothing named before."""
    return [*range(problem.slots, slots), *range(problem.slots)]


def groups_of(found: Sequence[Labels], slots: int) -> list[Group]:
    """Members of each group of every answer, rising; ``slots`` or less than 0 is left out."""
    if not found:
        return []
    labels = np.stack(found)
    order = np.argsort(labels, axis=1, kind="stable")
    seated = np.take_along_axis(labels, order, axis=1)
    first = np.ones(seated.shape, np.bool_)
    first[:, 1:] = seated[:, 1:] != seated[:, :-1]
    starts = np.flatnonzero(first)
    slot = seated.ravel()[starts]
    kept = (slot >= 0) & (slot < slots)
    ends = np.append(starts[1:], seated.size)
    members = order.ravel().tolist()
    parts = zip(starts[kept].tolist(), ends[kept].tolist(), strict=True)
    return [tuple(members[start:end]) for start, end in parts]


def _seats(groups: Sequence[Group], n: int) -> NDArray[np.int64]:
    """Members of each group in a row of its own, filled up with ``n``."""
    sizes = np.array([len(group) for group in groups], np.int64)
    seats = np.full((len(groups), int(sizes.max(initial=0))), n, np.int64)
    taken = np.arange(seats.shape[1]) < sizes[:, np.newaxis]
    seats[taken] = np.fromiter(chain.from_iterable(groups), np.int64)
    return seats


def _worths(problem: Problem, columns: list[Column]) -> NDArray[np.float64]:
    """What each group adds to the objective, in its slot."""
    seats = _seats([of.members for of in columns], problem.n)
    worth = _inside(problem, seats)
    if problem.seat is not None:
        worth += np.append(problem.seat, 0.0)[seats].sum(axis=1)
    if problem.giver is not None and problem.mix:
        worth += problem.mix * np.append(problem.giver, 0)[seats].astype(np.bool_).any(axis=1)
    if problem.previous is not None and problem.stay is not None:
        slot = np.array([[of.slot] for of in columns])
        here = (np.append(problem.previous, -1)[seats] == slot) & (slot >= 0)
        worth += (np.append(problem.stay, 0.0)[seats] * here).sum(axis=1)
    return worth


def _inside(problem: Problem, seats: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum of affinity above the threshold over the pairs of each group."""
    full = problem.affinity.toarray().astype(np.float64)
    full -= problem.threshold * np.outer(problem.heads, problem.heads)
    np.fill_diagonal(full, 0.0)
    full = np.pad(full, (0, 1))
    sizes = (seats < problem.n).sum(axis=1)
    order, worth, done = np.argsort(sizes, kind="stable"), np.zeros(len(seats)), 0
    while done < len(order):  # the largest of those left, and as many with it as may be looked up
        width = int(sizes[order[len(order) - 1 - done]])
        step = max(1, PAIRS // max(1, width**2))
        some = order[max(0, len(order) - done - step) : len(order) - done]
        ids = seats[some, :width]
        pairs = full[ids[:, :, np.newaxis], ids[:, np.newaxis, :]]
        worth[some] = pairs.sum(axis=(1, 2)) / 2
        done += step
    return worth
