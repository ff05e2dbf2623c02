"""Small sparse pools: several searches, and the best that all their groups give together."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.lane import start_of
from matcher.grouping.packing import may_pack, packed
from matcher.grouping.problem import Problem
from matcher.grouping.solve import Found
from matcher.grouping.walks import settled, sweeps_in, walks
from matcher.grouping.watch import Progress, Watch

UP_TO = 1_000
"""Items up to which several searches cost less than a long one that comes as far."""
LANES = 8
LANE_SWEEPS = 40
"""Sweeps of each search; at 408 items eight of forty come further than one of three hundred."""


def takes_several(problem: Problem) -> bool:
    """Whether a problem is small, sparse, and free enough for groups to be put together."""
    return problem.sparse and problem.n <= UP_TO and may_pack(problem)


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
    number = LANE_SWEEPS
    brake = None if time_limit_s is None else time.monotonic() + time_limit_s
    if time_limit_s is not None:
        number = sweeps_in(problem, time_limit_s / LANES)
    watch = Watch(brake, LANES * number * problem.n, progress)

    def lane(at: int) -> tuple[float, NDArray[np.int32]]:
        return walks(
            problem, start_of(problem), seed=seed * 1_000_003 + at, workers=1, number=number,
            watch=watch,
        )  # fmt: skip

    with ThreadPoolExecutor(min(workers, LANES)) as pool:
        results = list(pool.map(lane, range(LANES)))
    slots = problem.slot_count()
    together = packed(problem, [label for _, label in results], slots)
    if together is not None:
        results.append(settled(problem, together))
    value, label = max(results, key=lambda result: round(result[0], 9))
    free = np.where(label == slots, -1, label).astype(np.int32)
    return Found(free, value, "time" if watch.pulled else "budget")
