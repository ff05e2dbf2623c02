"""The best partition that can be put together from groups that several runs found."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from matcher.grouping.problem import Problem

Labels = NDArray[np.int32]
LOOKED_AT = 100_000
"""
Groups times branches that a choice among groups may take.

Nearly always the first look decides, in hundredths of a second; a choice among hundreds of
groups drawn at random, of which none stands out, took five seconds. Branches are counted and
not seconds, so that the answer is the same on every machine.
"""
NEVER_S = 1e9


def may_pack(problem: Problem) -> bool:
    """Whether a group is worth the same in whatever slot, and nobody must be placed."""
    free = problem.pin is None or bool((problem.pin == -2).all())
    return problem.groups is None and problem.previous is None and free


def packed(
    problem: Problem, found: list[Labels], slots: int, time_limit_s: float | None = None
) -> Labels | None:
    """
    Choose among the groups of several answers those that are worth most together.

    Set packing: no item twice, the sum of worths as large as it gets, or as large as was found
    when the branches allowed are used up. None when nothing was found by then.

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
    """
    groups = sorted({group for label in found for group in groups_of(label, slots)})
    if not groups:
        return None
    worth = _worths(problem, groups)
    chosen = choose(groups, worth, np.ones(problem.n), slots, time_limit_s)
    if chosen is None:
        return None
    label = np.full(problem.n, slots, np.int32)
    for slot, at in enumerate(chosen):
        label[list(groups[at])] = slot
    return label


def choose(
    holds: Sequence[Sequence[int]],
    worth: NDArray[np.float64],
    room: NDArray[np.float64],
    most: int,
    time_limit_s: float | None = None,
) -> list[int] | None:
    """
    Choose what is worth most together.

    Parameters
    ----------
    holds
        What each choice takes, by number: the members of a group, and whatever else is scarce.
    room
        How often each number may be taken.
    most
        How many may be chosen.
    time_limit_s
        A brake; with none the choice is the same on every machine.
    """
    rows = np.concatenate([np.array(each, np.int64) for each in holds])
    ends = np.cumsum([0, *(len(each) for each in holds)])
    taken = sparse.csc_array((np.ones(len(rows)), rows, ends), shape=(len(room), len(holds)))
    taken.sum_duplicates()
    number = sparse.csr_array(np.ones((1, len(holds))))
    solved = milp(
        -worth,
        constraints=[LinearConstraint(taken, ub=room), LinearConstraint(number, ub=most)],
        integrality=np.ones(len(holds), np.int64),
        bounds=Bounds(0.0, 1.0),
        options={
            "mip_rel_gap": 0.0,
            "node_limit": branches(len(holds)),
            "time_limit": NEVER_S if time_limit_s is None else time_limit_s,
        },
    )
    return None if solved.x is None else np.flatnonzero(solved.x > 0.5).tolist()


def branches(groups: int) -> int:
    """How many branches a choice among so many groups may take."""
    return max(20, LOOKED_AT // max(1, groups))


def groups_of(label: Labels, slots: int) -> list[tuple[int, ...]]:
    """Members of each group of an answer."""
    used = np.unique(label[label < slots])
    return [tuple(np.flatnonzero(label == slot).tolist()) for slot in used]


def _worths(problem: Problem, groups: list[tuple[int, ...]]) -> NDArray[np.float64]:
    """What each group adds to the objective."""
    full = problem.affinity.toarray().astype(np.float64)
    full -= problem.threshold * np.outer(problem.heads, problem.heads)
    np.fill_diagonal(full, 0.0)
    worth = np.array([full[np.ix_(group, group)].sum() / 2 for group in groups])
    if problem.seat is not None:
        worth += np.array([problem.seat[list(group)].sum() for group in groups])
    if problem.giver is not None and problem.mix:
        gives = [bool(problem.giver[list(group)].any()) for group in groups]
        worth += problem.mix * np.array(gives)
    return worth
