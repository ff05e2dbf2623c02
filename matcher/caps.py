"""No unit in more groups than it may be: a search that takes out what is too many."""

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.problem import Problem
from matcher.grouping.solve import solve

ANEW_UP_TO = 400
"""Items up to which a search is made anew when a unit was in too many groups."""

Labels = NDArray[np.int32]
T = TypeVar("T", np.int32, np.int64, np.uint8, np.float64)


@dataclass(frozen=True)
class Limits:
    """Units of the items, and how many groups each unit may be in."""

    unit: NDArray[np.int64]
    room: NDArray[np.float64]


def within(problem: Problem, limits: Limits, seed: int, known: Labels | None = None) -> Labels:
    """
    Search until no unit is in more groups than it may be.

    What a unit has too many of is taken out, the weakest first, and what can have no seat any
    more with it. A search of few begins anew then, one of many goes on from where it was.

    ``known`` is what was found under fewer bars, -1 for nowhere: a brief search only mends it.

    Returns
    -------
    Labels
        A slot for each item, -1 for none.
    """
    here = np.arange(problem.n)
    while True:
        label = solve(problem, seed=seed, known=known).labels
        over = _over(problem, label, limits.unit[here], limits.room)
        if not over.any():
            labels = np.full(len(limits.unit), -1, np.int32)
            labels[here] = label
            return labels
        full = limits.unit[here][over]
        stays = ~(over | ((label < 0) & np.isin(limits.unit[here], full)))
        here, problem = here[stays], _without(problem, stays)
        if problem.n > ANEW_UP_TO:
            problem = _from_here(problem, label[stays])
        elif problem.brief:
            known = in_order(label[stays], problem.slots)
            # Fewer items have fewer slots, and groups that lost somebody may be more than those.
            known[known >= problem.slot_count()] = -1


def _over(
    problem: Problem, label: Labels, unit: NDArray[np.int64], room: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """The weakest of those whose units have more seats than room; the pinned stay longest."""
    placed = np.flatnonzero(label >= 0)
    row = np.repeat(np.arange(problem.n), np.diff(problem.affinity.indptr))
    inside = (label[row] == label[problem.affinity.indices]) & (label[row] >= 0)
    fit = np.bincount(row[inside], problem.affinity.data[inside], problem.n).astype(np.float64)
    if problem.stay is not None and problem.previous is not None:
        fit += np.where(label == problem.previous, problem.stay, 0.0)
    order = placed[np.lexsort((placed, -np.round(fit[placed], 9), unit[placed]))]
    first = np.searchsorted(unit[order], unit[order])
    over = np.zeros(problem.n, np.bool_)
    over[order] = np.arange(len(order)) - first >= room[unit[order]]
    return over


def _without(problem: Problem, stays: NDArray[np.bool_]) -> Problem:
    """The problem of those who stay."""
    bars = problem.bars

    def of(values: NDArray[T] | None) -> NDArray[T] | None:
        return None if values is None else values[stays]

    return replace(
        problem,
        affinity=sparse.csr_array(problem.affinity[stays][:, stays]),
        weight=problem.weight[stays],
        heads=problem.heads[stays],
        bars=None if bars is None else sparse.csr_array(bars[stays][:, stays]),
        previous=of(problem.previous),
        stay=of(problem.stay),
        mask=of(problem.mask),
        giver=of(problem.giver),
    )


def _from_here(problem: Problem, now: Labels) -> Problem:
    """The problem from groups found; who is where it was before is still paid for staying."""
    slot = in_order(now, problem.slots)
    stay = np.zeros(len(now))
    if problem.stay is not None and problem.previous is not None:
        stay = np.where(problem.previous == now, problem.stay, 0.0)
    return replace(
        problem,
        previous=slot,
        stay=stay,
        slots=max(problem.slots, int(slot.max(initial=-1)) + 1),
    )


def in_order(label: Labels, named: int) -> Labels:
    """Labels of which those without a name of old follow each other from ``named`` on."""
    fresh = np.unique(label[label >= named])
    return np.where(label >= named, np.searchsorted(fresh, label) + named, label).astype(np.int32)
