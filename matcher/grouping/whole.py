"""The annealing of pools that affinity fills: what it begins with, how long it takes."""

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.arrangements import luck_for
from matcher.grouping.kernels.state import State, Task
from matcher.grouping.kernels.whole import Whole, look, turns
from matcher.grouping.problem import Problem
from matcher.grouping.watch import Watch

FROM, UP_TO = 41, 5_000
"""Items from which and up to which every pair is looked at; fewer are proven by other means."""
SHARE = 0.5
"""Share of nonzero pairs from which near items say little about good groups."""
VISITS = 1_200_000
"""Times that somebody is held against all groups; twice as many bring 0.1 % more at 600."""
VISITS_OF_FREE = 300_000, 1_500
"""Most where groups come and go, and more for each item: rounds search often."""
TURNS = 6_000
"""Most turns of all: few settle long before."""
RATE = 120_000_000
"""Looks a second that a time limit is turned into; a slow core makes more than this."""
BESIDES = 60
"""What a visit takes besides a look at every group, in looks."""
SLICE = 10_000_000
"""Looks between two looks at the brake: about 50 ms."""
LAST, COLDEST = 3, 1e-6
"""Turns at the end that take what is better only, and their temperature, in the unit of HEAT."""
SEEN = 12
"""Arrangements on the way whose groups are looked at, too."""
HEAT = (1.0, 0.08)
"""First and last temperature, in units of what a place in a group is worth, give or take."""


def takes_whole(problem: Problem) -> bool:
    """Whether affinity fills the pool, and the pool is neither tiny nor large."""
    filled = int(problem.affinity.nnz) > SHARE * problem.n**2
    return FROM <= problem.n <= UP_TO and filled


def visits_in(problem: Problem, time_limit_s: float | None) -> int:
    """How many visits there are, or a slow core makes in the time."""
    if time_limit_s is None:
        free = VISITS_OF_FREE[0] + VISITS_OF_FREE[1] * problem.n
        return min(VISITS if problem.groups else free, VISITS, TURNS * problem.n)
    return max(problem.n, int(time_limit_s * visits_a_second(problem.slot_count(), RATE)))


def visits_a_second(slots: int, looks: float) -> float:
    """How often somebody is held against so many slots in a second, by looks a second."""
    return looks / _looks(slots)


def cool_whole(
    task: Task,
    state: State,
    heat: float,
    visits: int,
    watch: Watch,
    seen: list[NDArray[np.int32]] | None = None,
) -> None:
    """
    Anneal the state, its gains apart.

    Parameters
    ----------
    task, state
        Of a problem that ``takes_whole``; ``rebuild`` makes the gains anew.
    heat
        First temperature, as a share of that of a search from nothing.
    visits
        How often somebody is held against all groups.
    watch
        The brake, looked at between slices.
    seen
        Is given the labels on the way, in the colder half, where there is such a list.
    """
    m, n = state.gain.shape
    if n == 0:
        return
    whole = whole_of(task, state)
    unit = _spread(task.full) * float(np.sqrt(_members(task, m)))
    hot, cold = max(heat * HEAT[0], HEAT[1]) * unit, HEAT[1] * unit
    number = max(1, visits // n)
    some = max(1, SLICE // (n * _looks(m)))
    if seen is not None:
        some = min(some, max(1, number // (2 * SEEN)))
    done = 0
    while done < number:
        part = min(some, number - done)
        if done:
            look(whole, state.label)
        turns(task, state, whole, hot, cold, done, part, number)
        done += part
        if seen is not None and 2 * done > number:
            seen.append(state.label.copy())
        if watch.stop(part * n):
            return
    look(whole, state.label)
    turns(task, state, whole, COLDEST * unit, COLDEST * unit, 0, LAST, LAST)


def whole_of(task: Task, state: State) -> Whole:
    """How everybody likes every group, as the state is."""
    m, n = state.gain.shape
    full = task.full.astype(np.float32)
    if task.threshold != 0.0:
        full -= (task.threshold * np.outer(task.heads, task.heads)).astype(np.float32)
    np.fill_diagonal(full, 0.0)
    alone = np.tile(task.seat.astype(np.float32), (m + 1, 1))
    alone[m] = 0.0
    sat = np.flatnonzero(task.previous >= 0)
    alone[task.previous[sat], sat] += task.stay[sat].astype(np.float32)
    whole = Whole(
        full=full,
        alone=alone,
        gain=np.zeros((m + 1, n), np.float32),
        own=np.zeros(n, np.float32),
        luck=luck_for(n + 1).astype(np.float32),
    )
    look(whole, state.label)
    return whole


def _looks(slots: int) -> int:
    return BESIDES + 2 * slots


def _members(task: Task, slots: int) -> float:
    """How many a group has: as many as fit, or as there are for each."""
    n = len(task.weight)
    fit = task.upper * n / max(float(task.weight.sum()), 1e-12)
    return max(1.0, min(fit, n / slots) if task.closed else fit)


def _spread(full: NDArray[np.float64]) -> float:
    """What a pair is worth, give or take."""
    n = full.shape[0]
    if n < 2:
        return 1.0
    mean = float(full.sum()) / (n * (n - 1))
    square = float(np.square(full).sum()) / (n * (n - 1))
    spread = float(np.sqrt(max(square - mean * mean, 0.0)))
    # Where all pairs are alike what they are worth is the only measure.
    return spread if spread > 1e-6 * abs(mean) else abs(mean) or 1.0
