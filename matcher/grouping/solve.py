"""The search as one visible course: grow, anneal, settle; several lanes, the best kept."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.few import PROVEN_UP_TO, everybody, proven, together
from matcher.grouping.kernels.state import Task
from matcher.grouping.lane import Run, run_lane, settled, start_of
from matcher.grouping.packing import may_pack
from matcher.grouping.problem import Problem, task_of
from matcher.grouping.walks import sweeps_in, walks
from matcher.grouping.watch import Progress, Watch
from matcher.grouping.whole import takes_whole, visits_in

TINY = 40
"""Items up to which a run is so short that many are made, and their groups put together."""
TINY_LANES = 40
TINY_TURNS = 60
"""Turns of each, in which everybody is held against every group."""
RATE = 2_500_000
"""Proposals a second that a time limit is turned into; a slow core makes more than this."""


@dataclass(frozen=True)
class Found:
    """What the search found: a slot for each item, -1 for none."""

    labels: NDArray[np.int32]
    value: float
    stopped: str


def proposals_for(n: int) -> int:
    """Default budget of proposals: what brought populations within 2 % of a long run."""
    return 300_000 + 1_500 * n


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
) -> Found:
    """
    Find a good partition; the same problem and seed give the same one.

    The budget is counted in proposals. A time limit sets the budget to what a slow core
    does in that time, and is a brake besides: only when it is pulled (``stopped`` is then
    ``"time"``) may the answer depend on the machine.
    """
    brake = None if time_limit_s is None else time.monotonic() + time_limit_s
    if problem.sparse:
        return _solve_sparse(problem, seed, workers, time_limit_s, brake, progress)
    task = task_of(problem)
    slots = problem.slot_count()
    if 0 < problem.n <= PROVEN_UP_TO and may_pack(problem):
        value, label = proven(problem, task, slots)
        Watch(brake, 1, progress).stop(1)
        return Found(np.where(label == slots, -1, label).astype(np.int32), value, "budget")
    budget = _budget(problem, time_limit_s)
    scale = scale_of(task)
    lanes = plan(problem, budget)
    watch = Watch(brake, sum(run.proposals for runs in lanes for run in runs), progress)

    def lane(number: int) -> tuple[float, NDArray[np.int32]]:
        return run_lane(
            problem, task, slots, lanes[number], scale, seed * 1_000_003 + number, watch
        )

    with ThreadPoolExecutor(min(workers, len(lanes))) as pool:
        results = list(pool.map(lane, range(len(lanes))))
    if problem.n <= TINY and may_pack(problem):
        results += everybody(problem, task, slots, lanes[0][0], scale, seed, watch)
        results += together(problem, task, slots, [label for _, label in results])
    if problem.previous is not None:
        results.append(settled(problem, task, slots, start_of(problem)))
    best = max(range(len(results)), key=lambda r: (round(results[r][0], 9), -r))
    label = results[best][1]
    stopped = "time" if watch.pulled else "budget"
    return Found(np.where(label == slots, -1, label).astype(np.int32), results[best][0], stopped)


def _budget(problem: Problem, time_limit_s: float | None) -> int:
    """Proposals of all lanes, or visits where everybody is held against every group."""
    if takes_whole(problem):
        return visits_in(problem, time_limit_s)
    wanted = proposals_for(problem.n) if time_limit_s is None else int(time_limit_s * RATE)
    return max(wanted, 10_000)


def _solve_sparse(
    problem: Problem,
    seed: int,
    workers: int,
    time_limit_s: float | None,
    brake: float | None,
    progress: Progress | None,
) -> Found:
    number = sweeps_in(problem, time_limit_s)
    watch = Watch(brake, number * problem.n, progress)
    value, label = walks(
        problem, start_of(problem), seed=seed, workers=workers, number=number, watch=watch
    )
    free = label == problem.slot_count()
    return Found(
        np.where(free, -1, label).astype(np.int32), value, "time" if watch.pulled else "budget"
    )


def scale_of(task: Task) -> float:
    """The problem's unit of heat: the mean affinity of items to their nearest ones."""
    k = np.minimum(task.near_n, 8)
    strengths = []
    for i in np.flatnonzero(k)[:2000]:
        near = task.near[i, : k[i]]
        if task.dense:
            strengths.append(float(task.full[i, near].mean()))
        else:
            row = slice(task.ptr[i], task.ptr[i + 1])
            at = np.searchsorted(task.idx[row], near)
            strengths.append(float(task.val[row][at].mean()))
    return float(np.mean(strengths)) if strengths else 1.0


def plan(problem: Problem, budget: int) -> list[list[Run]]:
    """Lanes and their runs: warm starts stay cool, tiny problems try many group sizes."""
    whole = takes_whole(problem)
    if problem.previous is not None and problem.stay is not None:
        part = problem.again
        return [[Run(int(budget * part), part, problem.upper, fresh=False, whole=whole)]]
    if whole:
        return [[Run(budget, 1.0, problem.upper, fresh=True, whole=True)]]
    targets = np.linspace(problem.upper, max(problem.lower, problem.upper / 2), 4)
    if problem.n <= TINY:
        each = max(TINY_TURNS * problem.n, budget // 275)
        return [
            [Run(each, 1.0 - 0.4 * (lane % 2), float(targets[lane % 4]), fresh=True, whole=True)]
            for lane in range(TINY_LANES)
        ]
    return [[Run(budget // 2, 1.0, float(targets[0]), fresh=True)] for _ in range(2)]
