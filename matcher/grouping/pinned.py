"""Groups that were found elsewhere, each with those who are pinned to one slot let in."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.state import EPS
from matcher.grouping.problem import Problem

Group = tuple[int, ...]


def around_pins(problem: Problem, groups: Iterable[Group]) -> list[Group]:
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

    Returns
    -------
    list
        At most one for each group and slot with pins, rising, those already there left out.
    """
    if problem.pin is None or not (problem.pin >= 0).any():
        return []
    known = set(groups)
    free = [group for group in known if (problem.pin[list(group)] < 0).all()]
    slots = np.unique(problem.pin[problem.pin >= 0])
    made = {
        _let_in(problem, np.flatnonzero(problem.pin == s), group) for s in slots for group in free
    }
    return sorted(made - known - {()})


def _let_in(problem: Problem, pinned: NDArray[np.intp], group: Group) -> Group:
    """The group with the pinned in it; nobody where they may not be together."""
    kept = [i for i in group if not _barred(problem, i, pinned)]
    members = [*pinned.tolist(), *kept]
    if problem.mask is not None and not np.bitwise_and.reduce(problem.mask[members]):
        return ()
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
