"""The search as one visible course: grow, anneal, settle; several lanes, the best kept."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.grow import dissolve, grow, spread
from matcher.grouping.kernels.moves import anneal, descend
from matcher.grouping.kernels.state import State, Task, rebuild, total
from matcher.grouping.packing import may_pack, packed
from matcher.grouping.problem import ALL_SLOTS_UP_TO, Problem, state_of, task_of
from matcher.grouping.walks import walk_proposals, walks
from matcher.grouping.watch import Progress, Watch

SLICE = 1 << 18
"""Proposals between two looks at the brake: about 40 ms."""
TINY = 40
"""Items up to which a run is so short that many are made, and their groups put together."""
TINY_LANES = 40
NEAR_SHARE = 0.9
FORBIDDEN = 1e9
"""Price of a missing unit of load that no affinity outweighs."""
HEAT = (1.2, 0.03)
"""First and last temperature, in units of the mean affinity to the nearest items."""
HEAT_WITHOUT_SHAPE = (3.1, 0.31)
"""The same where nearly every pair counts: near items say little about good groups."""
RATE = 2_500_000
"""Proposals a second that a time limit is turned into; a slow core makes more than this."""


@dataclass(frozen=True)
class Found:
    """What the search found: a slot for each item, -1 for none."""

    labels: NDArray[np.int32]
    value: float
    stopped: str


@dataclass(frozen=True)
class Run:
    """One run of a lane: its proposals, its heat, the load its first groups grow to."""

    proposals: int
    heat: float
    target: float
    fresh: bool


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
    budget = proposals_for(problem.n) if time_limit_s is None else int(time_limit_s * RATE)
    scale = scale_of(task)
    lanes = plan(problem, max(budget, 10_000))
    watch = Watch(brake, sum(run.proposals for runs in lanes for run in runs), progress)

    def lane(number: int) -> tuple[float, NDArray[np.int32]]:
        return _lane(problem, task, slots, lanes[number], scale, seed * 1_000_003 + number, watch)

    with ThreadPoolExecutor(min(workers, len(lanes))) as pool:
        results = list(pool.map(lane, range(len(lanes))))
    if problem.n <= TINY and may_pack(problem):
        results += _together(problem, task, slots, [label for _, label in results])
    if problem.previous is not None:
        results.append(_settled(problem, task, slots, _start(problem)))
    best = max(range(len(results)), key=lambda r: (round(results[r][0], 9), -r))
    label = results[best][1]
    stopped = "time" if watch.pulled else "budget"
    return Found(np.where(label == slots, -1, label).astype(np.int32), results[best][0], stopped)


def _solve_sparse(
    problem: Problem,
    seed: int,
    workers: int,
    time_limit_s: float | None,
    brake: float | None,
    progress: Progress | None,
) -> Found:
    default = walk_proposals(problem.n)
    budget = default if time_limit_s is None else max(10_000, int(time_limit_s * RATE))
    watch = Watch(brake, budget, progress)
    value, label = walks(
        problem, _start(problem), seed=seed, workers=workers, budget=budget, watch=watch
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
    if problem.previous is not None and problem.stay is not None:
        return [[Run(budget // 4, 0.25, problem.upper, fresh=False)]]
    targets = np.linspace(problem.upper, max(problem.lower, problem.upper / 2), 4)
    if problem.n <= TINY:
        each = max(5 * problem.n**2, budget // 110)
        return [
            [Run(each, 1.0 - 0.4 * (lane % 2), float(targets[lane % 4]), fresh=True)]
            for lane in range(TINY_LANES)
        ]
    return [[Run(budget // 2, 1.0, float(targets[0]), fresh=True)] for _ in range(2)]


def _lane(
    problem: Problem,
    task: Task,
    slots: int,
    runs: list[Run],
    scale: float,
    seed: int,
    watch: Watch,
) -> tuple[float, NDArray[np.int32]]:
    """Carry out the runs of one lane, each from the best so far; value and labels."""
    rng = np.random.default_rng(seed)
    start = _start(problem)
    best: tuple[float, NDArray[np.int32]] | None = None
    for number, run in enumerate(runs):
        label = start if run.fresh or best is None else best[1]
        state = state_of(task, slots, label, seed + number)
        _seat_first(task, state, run, rng)
        soft = task._replace(lack_price=_price(problem, scale))
        _anneal(soft, state, run, scale, watch)
        hard = task._replace(lack_price=FORBIDDEN)
        _settle(hard, state, problem)
        rebuild(hard, state)
        value = float(total(hard, state))
        if best is None or value > best[0]:
            best = value, state.label.copy()
        if watch.pulled:
            break
    if best is None:
        raise AssertionError("a lane has at least one run")
    return best


def _together(
    problem: Problem, task: Task, slots: int, found: list[NDArray[np.int32]]
) -> list[tuple[float, NDArray[np.int32]]]:
    """The best that the groups of all lanes give together, settled like theirs."""
    label = packed(problem, found, slots)
    if label is None:
        return []
    return [_settled(problem, task, slots, label)]


def _settled(
    problem: Problem, task: Task, slots: int, label: NDArray[np.int32]
) -> tuple[float, NDArray[np.int32]]:
    """What a partition becomes by improving moves alone; of a start what no heat has parted."""
    hard = task._replace(lack_price=FORBIDDEN)
    state = state_of(hard, slots, label, 0)
    _settle(hard, state, problem)
    return float(total(hard, state)), state.label


def _start(problem: Problem) -> NDArray[np.int32]:
    """Where everybody sits before the search: pins, previous groups, else the pool."""
    label = np.full(problem.n, -1, np.int32)
    if problem.previous is not None:
        label = problem.previous.astype(np.int32).copy()
    if problem.pin is not None:
        label = np.where(problem.pin >= -1, problem.pin, label).astype(np.int32)
    return label


def _price(problem: Problem, scale: float) -> float:
    """What a missing unit of load costs while the search is hot: about one near member."""
    if problem.groups is not None:
        return FORBIDDEN
    return 0.75 * scale * problem.n / max(float(problem.weight.sum()), 1e-12)


def _seat_first(task: Task, state: State, run: Run, rng: np.random.Generator) -> None:
    """Seat the unplaced: grow groups, then spread where everybody must sit."""
    n = task.weight.shape[0]
    strength = np.array([_strength(task, i) for i in range(n)]) * rng.uniform(0.8, 1.25, n)
    grow(task, state, np.argsort(-strength, kind="stable").astype(np.int32), run.target)
    if task.closed:
        order = np.argsort(-task.weight * rng.uniform(0.9, 1.1, n), kind="stable")
        spread(task, state, order.astype(np.int32))


def _strength(task: Task, i: int) -> float:
    if task.dense:
        return float(task.full[i].sum())
    return float(task.val[task.ptr[i] : task.ptr[i + 1]].sum())


def _anneal(task: Task, state: State, run: Run, scale: float, watch: Watch) -> None:
    n = task.weight.shape[0]
    shapeless = len(task.val) > 0.5 * n * n
    hot, cold = HEAT_WITHOUT_SHAPE if shapeless else HEAT
    hot, cold = hot * run.heat * scale, cold * scale
    done = 0
    while done < run.proposals:
        steps = min(SLICE, run.proposals - done)
        anneal(task, state, NEAR_SHARE, hot, cold, done, steps, run.proposals)
        done += steps
        if watch.stop(steps):
            break


def _settle(task: Task, state: State, problem: Problem) -> None:
    """Give up what is no group, grow anew from the pool, and take every improving move."""
    slots = state.gain.shape[0]
    for _ in range(6):
        rebuild(task, state)
        changed = 0
        if not task.closed:
            changed += dissolve(task, state)
            pool = np.flatnonzero(state.label == slots).astype(np.int32)
            changed += grow(task, state, pool, problem.upper)
        short = bool((task.held * (state.load[:-1] < task.lower - 1e-9)).any())
        changed += descend(task, state, short or problem.n <= ALL_SLOTS_UP_TO, 30)
        if changed == 0:
            return
