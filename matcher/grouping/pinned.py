"""Groups that were found elsewhere, each with those who are pinned to one slot let in."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.state import EPS
from matcher.grouping.problem import Problem

LET_IN = 1_000
"""Groups that are tried with somebody let in, for all slots with pins together: 50 ms."""
Group = tuple[int, ...]


def around_pins(problem: Problem, groups: Iterable[Group], most: int = LET_IN) -> list[Group]:
    """
    Make groups for who is pinned of groups in which nobody is.

    A search seldom leaves a group that grew round a pinned item nobody likes; the best place for
    it may be one seat in a good group. Whoever may not meet the pinned goes, then the weakest
    until the bound is kept.

    Parameters
    ----------
    problem
        The rules: pins, bars, languages, bounds.
    groups
        Members of each, rising.
    most
        How many are tried at most, for all slots together.

    Returns
    -------
    list
        At most one for each group and slot with pins, rising, those already there left out; of
        many the groups that like the pinned most.
    """
    if problem.pin is None or not (problem.pin >= 0).any():
        return []
    known = set(groups)
    free = sorted(group for group in known if (problem.pin[list(group)] < 0).all())
    pinned = [np.flatnonzero(problem.pin == slot) for slot in np.unique(problem.pin)]
    pinned = [ids for ids in pinned if problem.pin[ids[0]] >= 0]
    each = max(1, most // len(pinned))
    made = {
        _let_in(problem, ids, free[at])
        for ids in pinned
        for at in _nearest(problem, ids, free)[:each].tolist()
    }
    return sorted(made - known - {()})


def _nearest(problem: Problem, pinned: NDArray[np.intp], groups: list[Group]) -> NDArray[np.intp]:
    """Numbers of the groups, those first that like the pinned most."""
    toward = np.asarray(problem.affinity[:, pinned].sum(axis=1))
    likes = [toward[list(group)].sum() for group in groups]
    return np.argsort(-np.round(likes, 12), kind="stable")


def _let_in(problem: Problem, pinned: NDArray[np.intp], group: Group) -> Group:
    """The group with the pinned in it, without those who may not meet or understand them."""
    common = -1 if problem.mask is None else int(np.bitwise_and.reduce(problem.mask[pinned]))
    members = pinned.tolist()
    for i in group:
        mask = -1 if problem.mask is None else int(problem.mask[i])
        if common & mask and not _barred(problem, i, pinned):
            members.append(i)
            common &= mask
    first = len(pinned)
    while problem.weight[members].sum() > problem.upper + EPS and len(members) > first:
        inside = problem.affinity[members][:, members].sum(axis=1)[first:]
        members.pop(first + int(np.argmin(inside)))
    return tuple(sorted(members))


def _barred(problem: Problem, i: int, pinned: NDArray[np.intp]) -> bool:
    if problem.bars is None:
        return False
    row = problem.bars.indices[problem.bars.indptr[i] : problem.bars.indptr[i + 1]]
    return bool(np.isin(pinned, row).any())
