"""The search as one visible course: grow, anneal, settle; several lanes, the best kept."""

import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.few import PROVEN_UP_TO, everybody, is_loose, proven, together
from matcher.grouping.found import Found, best_of
from matcher.grouping.lane import Run, is_warm, run_lane, scale_of, settled, start_of
from matcher.grouping.packing import may_pack
from matcher.grouping.problem import GAINS_UP_TO, Problem, task_of
from matcher.grouping.several import solve_several, takes_several
from matcher.grouping.walks import sweeps_in, walks
from matcher.grouping.watch import Progress, Watch
from matcher.grouping.whole import takes_whole, visits_in

TINY = 40
"""Items up to which a run is so short that many are made, whatever ties a group to a slot."""
TINY_LANES = 40
TINY_TURNS = 60
"""Turns of each, in which everybody is held against every group."""
RATE = 2_500_000
"""Proposals a second that a time limit is turned into; a slow core makes more than this."""


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
    known: NDArray[np.int32] | None = None,
) -> Found:
    """
    Find a good partition; the same problem and seed give the same one.

    ``known`` is the answer to nearly the same problem, -1 for none: where one of so many items
    takes several searches, it is only mended.

    The budget is counted in proposals. A time limit sets the budget to what a slow core
    does in that time, and is a brake besides: only when it is pulled (``stopped`` is then
    ``"time"``) may the answer depend on the machine.
    """
    if problem.n <= GAINS_UP_TO and takes_several(problem):
        return solve_several(
            problem,
            seed=seed,
            workers=workers,
            time_limit_s=time_limit_s,
            progress=progress,
            known=known,
        )
    brake = None if time_limit_s is None else time.monotonic() + time_limit_s
    if problem.sparse:
        return _solve_sparse(problem, seed, workers, time_limit_s, brake, progress)
    task = task_of(problem)
    slots = problem.slot_count()
    if 0 < problem.n <= PROVEN_UP_TO and is_loose(problem):
        Watch(brake, 1, progress).stop(1)
        return best_of([proven(problem, task, slots)], slots, pulled=False)
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
    if problem.previous is not None:
        results.append(settled(problem, task, slots, start_of(problem)))
    if problem.n <= TINY and may_pack(problem):
        if is_loose(problem):
            results += everybody(problem, task, slots, lanes[0][0], scale, seed, watch)
        results += together(problem, task, slots, [label for _, label in results])
    return best_of(results, slots, pulled=watch.pulled)


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
    return best_of([(value, label)], problem.slot_count(), pulled=watch.pulled)


def plan(problem: Problem, budget: int) -> list[list[Run]]:
    """Lanes and their runs: warm starts stay cool, tiny problems try many group sizes."""
    whole, warm = takes_whole(problem), is_warm(problem)
    if problem.n <= TINY:
        targets = np.linspace(problem.upper, max(problem.lower, problem.upper / 2), 4)
        each = max(TINY_TURNS * problem.n, budget // 275)
        heats = (1.0, problem.again if warm else 0.6)
        return [
            [Run(each, heats[lane % 2], float(targets[lane % 4]), fresh=True, whole=True)]
            for lane in range(TINY_LANES)
        ]
    if warm:
        part = problem.again
        return [[Run(int(budget * part), part, problem.upper, fresh=False, whole=whole)]]
    if whole:
        return [[Run(budget, 1.0, problem.upper, fresh=True, whole=True)]]
    return [[Run(budget // 2, 1.0, problem.upper, fresh=True)] for _ in range(2)]
