"""
Small sparse pools: several searches, and the best that all their groups give together.

Where ties are many, every other search holds everybody against every group: other ways lead
to other groups, and more of them fit together. Groups seen on the way are taken in, too.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.state import EPS
from matcher.grouping.lane import Run, run_lane, start_of
from matcher.grouping.packing import groups_of, may_pack, packed
from matcher.grouping.problem import DENSE_UP_TO, Problem, task_of
from matcher.grouping.solve import Found, scale_of
from matcher.grouping.walks import settled, sweeps_in, walks
from matcher.grouping.watch import Progress, Watch
from matcher.grouping.whole import visits_in

Labels = NDArray[np.int32]
Lane = Callable[[int, Watch], tuple[float, Labels, list[Labels]]]
"""A search by seed: what it finds is worth, its labels, and labels seen on the way."""

UP_TO = 1_000
"""Items up to which several searches cost less than a long one that comes as far."""
LANES = 8
LANE_SWEEPS = 40
"""Sweeps of each search; at 408 items eight of forty come further than one of three hundred."""
LANE_TURNS = 110
"""Turns of each search that holds everybody against every group."""
LANE_HEAT = 0.7
"""Its first temperature, as a share of that of a pool which affinity fills."""
AGREED = 0.75
"""
Share of different groups among those of all searches up to which they agree on some.

In pools with topics it is a half, and hundreds of groups seen on the way are put together in
0.05 s; where it is one, in pairs drawn by lot, that takes 20 s and brings nothing.
"""
LEAST_S = 0.05
"""Time for putting groups together, when the searches have used up what there was."""


def takes_several(problem: Problem) -> bool:
    """Whether a problem is small, sparse, and free enough for groups to be put together."""
    return problem.sparse and problem.n <= UP_TO and may_pack(problem)


def holds_against_all(problem: Problem) -> bool:
    """Whether items have more ties than there are groups, so that ties spare no looks."""
    return problem.n <= DENSE_UP_TO and problem.affinity.nnz > problem.n * problem.slot_count()


def solve_several(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
) -> Found:
    """
    Find a good partition from the groups of several searches.

    Parameters
    ----------
    problem
        One that ``takes_several``.
    seed, workers, time_limit_s, progress
        As in ``matcher.form_groups``.
    """
    brake = None if time_limit_s is None else time.monotonic() + time_limit_s
    each = None if time_limit_s is None else time_limit_s / LANES
    kinds = [by_ties(problem, each)]
    if holds_against_all(problem):
        kinds.insert(0, against_all(problem, each))
    lanes = [kinds[at % len(kinds)] for at in range(LANES)]
    watch = Watch(brake, sum(steps for _, steps in lanes), progress)

    def run(at: int) -> tuple[float, Labels, list[Labels]]:
        return lanes[at][0](seed * 1_000_003 + at, watch)

    with ThreadPoolExecutor(min(workers, LANES)) as pool:
        found = list(pool.map(run, range(LANES)))
    slots = problem.slot_count()
    results = [(value, label) for value, label, _ in found]
    every = [label for _, label in results]
    if _agree(every, slots):
        every += [label for _, _, seen in found for label in seen]
    left = None if brake is None else max(LEAST_S, brake - time.monotonic())
    together = packed(problem, every, slots, left)
    if together is not None:
        results.append(settled(problem, together))
    value, label = max(results, key=lambda result: round(result[0], 9))
    free = np.where(label == slots, -1, label).astype(np.int32)
    return Found(free, value, "time" if watch.pulled else "budget")


def _agree(found: list[Labels], slots: int) -> bool:
    """Whether searches come to the same groups often enough for more of them to fit together."""
    groups = [group for label in found for group in groups_of(label, slots)]
    return len(set(groups)) <= AGREED * len(groups)


def by_ties(problem: Problem, time_limit_s: float | None) -> tuple[Lane, int]:
    """A lane of sweeps over sparse rows, and its steps."""
    number = LANE_SWEEPS if time_limit_s is None else sweeps_in(problem, time_limit_s)
    start = start_of(problem)

    def lane(seed: int, watch: Watch) -> tuple[float, Labels, list[Labels]]:
        return *walks(problem, start, seed=seed, workers=1, number=number, watch=watch), []

    return lane, number * problem.n


def against_all(problem: Problem, time_limit_s: float | None) -> tuple[Lane, int]:
    """A lane that holds everybody against every group, and its steps."""
    task, slots = task_of(problem), problem.slot_count()
    visits = LANE_TURNS * problem.n if time_limit_s is None else visits_in(problem, time_limit_s)
    run, scale = Run(visits, LANE_HEAT, problem.upper, fresh=True, whole=True), scale_of(task)

    def lane(seed: int, watch: Watch) -> tuple[float, Labels, list[Labels]]:
        seen: list[Labels] = []
        value, label = run_lane(problem, task, slots, [run], scale, seed, watch, seen)
        return value, label, [_groups_in(problem, labels, slots) for labels in seen]

    return lane, visits


def _groups_in(problem: Problem, label: Labels, slots: int) -> Labels:
    """The labels without groups that miss their bounds."""
    load = np.bincount(label, problem.weight, slots + 1)
    missed = (load < problem.lower - EPS) | (load > problem.upper + EPS)
    return np.where(missed[label], slots, label).astype(np.int32)
