"""Members who would both gain by changing places do so."""

import numpy as np
from numpy.typing import NDArray

from matcher.caps import Labels
from matcher.fairness import Rules, blocking_pairs
from matcher.grouping.problem import Problem

TURNS = 20
"""Looks for pairs who would both gain by changing places."""


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
