"""The best partition that can be put together from groups that several runs found."""

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


class Column(NamedTuple):
    """A group as it may be chosen: its members, and the named slot it would have; -1 for none."""

    members: tuple[int, ...]
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
    None when nothing was found by then, or no choice seats all who are pinned.

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
    groups = sorted({group for label in found for group in groups_of(label, slots)})
    groups += around_pins(problem, groups, let_in)
    columns = _columns(problem, [group for group in groups if _keeps_bounds(problem, group)])
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


def _keeps_bounds(problem: Problem, group: tuple[int, ...]) -> bool:
    load = problem.weight[list(group)].sum()
    return bool(problem.lower - EPS <= load <= problem.upper + EPS)


def _columns(problem: Problem, groups: list[tuple[int, ...]]) -> list[Column]:
    """Each group in the slot of its pins, else in a fresh one and in those it may stay in."""
    pin = np.full(problem.n, -2) if problem.pin is None else problem.pin
    held = set(pin[pin >= 0].tolist())
    columns = []
    for group in groups:
        at = list(group)
        pins = set(pin[at][pin[at] >= 0].tolist())
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


def groups_of(label: Labels, slots: int) -> list[tuple[int, ...]]:
    """Members of each group of an answer."""
    order = np.argsort(label, kind="stable")
    ends = np.flatnonzero(np.diff(label[order], prepend=-1, append=slots))
    parts = zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)
    return [tuple(order[start:end].tolist()) for start, end in parts]


def _worths(problem: Problem, columns: list[Column]) -> NDArray[np.float64]:
    """What each group adds to the objective, in its slot."""
    full = problem.affinity.toarray().astype(np.float64)
    full -= problem.threshold * np.outer(problem.heads, problem.heads)
    np.fill_diagonal(full, 0.0)
    inside = {of.members: full[np.ix_(of.members, of.members)].sum() / 2 for of in columns}
    worth = np.array([inside[of.members] for of in columns])
    if problem.seat is not None:
        worth += np.array([problem.seat[list(of.members)].sum() for of in columns])
    if problem.giver is not None and problem.mix:
        gives = [bool(problem.giver[list(of.members)].any()) for of in columns]
        worth += problem.mix * np.array(gives)
    if problem.previous is not None and problem.stay is not None:
        stay = np.where(problem.previous >= 0, problem.stay, 0.0)
        for at, (members, slot) in enumerate(columns):
            here = list(members)
            worth[at] += stay[here][problem.previous[here] == slot].sum() if slot >= 0 else 0.0
    return worth
