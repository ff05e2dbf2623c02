"""One lane of the search over a matrix of gains: grow, anneal, settle."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.descent import descend
from matcher.grouping.kernels.grow import dissolve, grow, spread
from matcher.grouping.kernels.moves import anneal
from matcher.grouping.kernels.prepare import hold_to_rules
from matcher.grouping.kernels.state import State, Task, rebuild, total
from matcher.grouping.problem import ALL_SLOTS_UP_TO, Problem, rules_of, state_of
from matcher.grouping.watch import Watch
from matcher.grouping.whole import cool_whole

SLICE = 1 << 18
"""Proposals between two looks at the brake: about 40 ms."""
NEAR_SHARE = 0.9
FORBIDDEN = 1e9
"""Price of a missing unit of load that no affinity outweighs."""
NEAREST, SOME = 8, 2_000
"""How many nearest of how many items at most say what the unit of heat is."""
HEAT = (1.2, 0.03)
"""First and last temperature, in units of the mean affinity to the nearest items."""


@dataclass(frozen=True)
class Run:
    """
    One run of a lane: its proposals, its heat, the load its first groups grow to.

    Of a ``whole`` one a proposal is to hold an item against every group.
    """

    proposals: int
    heat: float
    target: float
    fresh: bool
    whole: bool = False


def run_lane(
    problem: Problem,
    task: Task,
    slots: int,
    runs: list[Run],
    scale: float,
    seed: int,
    watch: Watch,
    seen: list[NDArray[np.int32]] | None = None,
    start: NDArray[np.int32] | None = None,
) -> tuple[float, NDArray[np.int32]]:
    """
    Carry out the runs of one lane, each from the best so far; value and labels.

    ``seen``, when there is such a list, is given labels on the way of a ``whole`` run; some of
    their groups may miss bounds. ``start`` is where everybody sits at first, -1 for nowhere;
    without it they sit where pins and previous groups put them.
    """
    rng = np.random.default_rng(seed)
    start = start_of(problem) if start is None else start
    best: tuple[float, NDArray[np.int32]] | None = None
    for number, run in enumerate(runs):
        label = start if run.fresh or best is None else best[1]
        state = state_of(task, slots, label, seed + number)
        _seat_first(task, state, run, rng)
        soft = task._replace(lack_price=_price(problem, scale))
        _anneal(soft, state, run, scale, watch, seen)
        hard = task._replace(lack_price=FORBIDDEN)
        settle(hard, state, problem)
        rebuild(hard, state)
        value = float(total(hard, state))
        if best is None or value > best[0]:
            best = value, state.label.copy()
        if watch.pulled:
            break
    if best is None:
        raise AssertionError("a lane has at least one run")
    return best


def is_warm(problem: Problem) -> bool:
    """Whether there are groups to begin with, and a price for who leaves them."""
    return problem.previous is not None and problem.stay is not None


def scale_of(task: Task) -> float:
    """The problem's unit of heat: the mean affinity of items to their nearest ones."""
    k = np.minimum(task.near_n, NEAREST)
    rows = np.flatnonzero(k)[:SOME]
    if not len(rows):
        return 1.0
    strengths = np.zeros(len(rows))
    for number in np.unique(k[rows]).tolist():  # as many as each has
        those = np.flatnonzero(k[rows] == number)
        ids = rows[those]
        strengths[those] = _to(task, ids, task.near[ids, :number]).mean(axis=1)
    return float(strengths.mean())


def _to(task: Task, ids: NDArray[np.intp], near: NDArray[np.int32]) -> NDArray[np.float64]:
    """Affinity of each item to some of its nearest, ``(items, near)``."""
    if task.dense:
        return np.asarray(task.full[ids[:, np.newaxis], near])
    found = np.zeros(near.shape)
    for at, i in enumerate(ids.tolist()):
        row = slice(task.ptr[i], task.ptr[i + 1])
        found[at] = task.val[row][np.searchsorted(task.idx[row], near[at])]
    return found


def start_of(problem: Problem) -> NDArray[np.int32]:
    """
    Where everybody sits before the search: pins, previous groups, else the pool.

    Of previous groups that break the rules of one, as many as it lets in.
    """
    label = np.full(problem.n, -1, np.int32)
    if problem.previous is not None:
        label = problem.previous.astype(np.int32).copy()
    if problem.pin is not None:
        label = np.where(problem.pin >= -1, problem.pin, label).astype(np.int32)
    if problem.previous is not None:
        rules = rules_of(problem)
        hold_to_rules(
            label, len(rules.held), rules.fixed, rules.weight, rules.upper, rules.mask,
            rules.bar_ptr, rules.bar_idx,
        )  # fmt: skip
    return label


def _price(problem: Problem, scale: float) -> float:
    """What a missing unit of load costs while the search is hot: about one near member."""
    if problem.groups is not None:
        return FORBIDDEN
    return 0.75 * scale * problem.n / max(float(problem.weight.sum()), 1e-12)


def _seat_first(task: Task, state: State, run: Run, rng: np.random.Generator) -> None:
    """Seat the unplaced: grow groups, then spread where everybody must sit."""
    n = task.weight.shape[0]
    strength = _strengths(task) * rng.uniform(0.8, 1.25, n)
    grow(task, state, np.argsort(-strength, kind="stable").astype(np.int32), run.target)
    if task.closed:
        order = np.argsort(-task.weight * rng.uniform(0.9, 1.1, n), kind="stable")
        spread(task, state, order.astype(np.int32))


def _strengths(task: Task) -> NDArray[np.float64]:
    """Sum of each item's affinities."""
    if task.dense:
        return np.asarray(task.full.sum(axis=1))
    sums = np.concatenate([[0.0], np.cumsum(task.val)])
    return np.asarray(sums[task.ptr[1:]] - sums[task.ptr[:-1]])


def _anneal(
    task: Task,
    state: State,
    run: Run,
    scale: float,
    watch: Watch,
    seen: list[NDArray[np.int32]] | None,
) -> None:
    if run.whole:
        cool_whole(task, state, run.heat, run.proposals, watch, seen)
        return
    hot, cold = HEAT[0] * run.heat * scale, HEAT[1] * scale
    done = 0
    while done < run.proposals:
        steps = min(SLICE, run.proposals - done)
        anneal(task, state, NEAR_SHARE, hot, cold, done, steps, run.proposals)
        done += steps
        if watch.stop(steps):
            break


def settled(
    problem: Problem, task: Task, slots: int, label: NDArray[np.int32]
) -> tuple[float, NDArray[np.int32]]:
    """
    What a partition becomes by improving moves alone; of a start what no heat has parted.

    A group that has become too small is filled up where that may be, before it is given up.
    """
    hard = task._replace(lack_price=FORBIDDEN)
    state = state_of(hard, slots, label, 0)
    descend(hard, state, True, 30)
    settle(hard, state, problem)
    return float(total(hard, state)), state.label


def settle(task: Task, state: State, problem: Problem) -> None:
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
