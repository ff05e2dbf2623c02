"""
The search over sparse rows: grow, sweep block by block while it cools, settle.

Memory is the rows and a few numbers an item, so that a million items are as well as a
thousand. Large problems are cut into blocks of whole groups near each other; every stage
of cooling cuts anew. Threads own blocks, and nothing a block does is seen by another
before the stage is over, so that their number changes nothing.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.blocks import cut_groups, cut_items
from matcher.grouping.kernels.gather import gather, give_up
from matcher.grouping.kernels.prepare import strongest
from matcher.grouping.kernels.rows import Seats, reseat, value_of_seats
from matcher.grouping.kernels.settle import improve
from matcher.grouping.kernels.state import Task
from matcher.grouping.kernels.sweep import Reach, sweeps
from matcher.grouping.problem import Problem, rows_task, seats_of, seed_of
from matcher.grouping.watch import Watch

ONE_BLOCK = 12_000
"""Items up to which there is one block: its rows still lie in the caches."""
BLOCK = 4_000
"""Items a block grows to."""
STAGES = 12
"""Cuts while a large problem cools."""
SWEEPS, SWEEPS_OF_ONE_BLOCK = 60, 80
"""Times that everybody is tried everywhere; twenty times as many bring 0.4 to 0.6 % more."""
RATE, BARE_RATE = 20_000_000, 45_000_000
"""Entries of rows that a slow core sweeps in a second, and where affinity is all that counts."""
SLICE = 40_000
"""Items swept between two looks at the brake: about 40 ms."""
HEAT = (0.65, 0.2)
"""First and last temperature, in units of the mean affinity to the nearest items."""
LACK = 1.0
"""Price of a missing member while it is hot, in the same unit."""
FIRST_LOAD = 5 / 6 - 1e-9
"""Share of the upper bound that groups grow to first: full ones would have to break up."""
FORBIDDEN = 1e9

Labels = NDArray[np.int32]


def sweeps_in(problem: Problem, time_limit_s: float | None) -> int:
    """How many sweeps there are, or a slow core makes in the time."""
    if time_limit_s is None:
        return SWEEPS_OF_ONE_BLOCK if problem.n <= ONE_BLOCK else SWEEPS
    return max(1, int(time_limit_s * sweeps_a_second(problem)))


def sweeps_a_second(problem: Problem) -> float:
    """How often a slow core tries everybody everywhere in a second."""
    more = [of for of in (problem.stay, problem.seat) if of is not None and of.any()]
    bare = problem.threshold == problem.mix == 0.0 and not more
    return (BARE_RATE if bare else RATE) / max(problem.affinity.nnz + 20 * problem.n, 1)


def walks(
    problem: Problem, start: Labels, *, seed: int, workers: int, number: int, watch: Watch
) -> tuple[float, Labels]:
    """Value and slots (``m`` for the pool) of a good partition, from labels to start with."""
    task = rows_task(problem)
    scale = scale_of_rows(task)
    seats = seats_of(task, problem.slot_count(), start, seed)
    rng = np.random.default_rng((seed, 11))
    _grow(task, seats, rng, max(problem.lower, FIRST_LOAD * problem.upper))
    warm = problem.previous is not None and problem.stay is not None
    part = problem.again if warm else 1.0
    hot, cold = (HEAT[1] + part * (HEAT[0] - HEAT[1])) * scale, HEAT[1] * scale
    number = max(1, int(number * part))
    share = problem.n / max(float(problem.weight.sum()), 1e-12)
    soft = task._replace(lack_price=LACK * scale * share)
    if problem.n <= ONE_BLOCK:
        _sweep_whole(soft, seats, hot, cold, number, watch)
    else:
        _sweep_blocks(soft, seats, rng, hot, cold, number, workers, watch)
    return _finished(problem, task, seats)


def settled(problem: Problem, label: Labels) -> tuple[float, Labels]:
    """What a partition becomes by improving moves alone; slots, ``m`` for the pool."""
    task, slots = rows_task(problem), problem.slot_count()
    start = np.where(label == slots, -1, label).astype(np.int32)
    return _finished(problem, task, seats_of(task, slots, start, 0))


def _finished(problem: Problem, task: Task, seats: Seats) -> tuple[float, Labels]:
    hard = task._replace(lack_price=FORBIDDEN)
    held = _worth_filling(problem, task, seats)
    if held.any():
        _settle(hard._replace(held=task.held | held), seats, problem.upper)
    _settle(hard, seats, problem.upper)
    reseat(hard, seats)
    return float(value_of_seats(hard, seats)), seats.label


def _worth_filling(problem: Problem, task: Task, seats: Seats) -> NDArray[np.uint8]:
    """Slots that have become too small, whose members stay for more than filling them may cost."""
    slots = len(seats.members)
    here = (seats.label == task.previous) & (seats.label < slots)
    stays = np.bincount(seats.label[here], task.stay[here], slots)
    missing = np.maximum(problem.lower - seats.load[:slots], 0.0)
    costs = missing * problem.upper * scale_of_rows(task)
    return ((missing > 0) & (stays > costs)).astype(np.uint8)


def reach_of(task: Task) -> Reach:
    """What a sweep has to know of all items at once."""
    gives = abs(task.mix) if task.giver.any() else 0.0
    stays = float(task.stay.max(initial=0.0))
    seats = float(np.abs(task.seat).max(initial=0.0))
    lowest = max(0.0, -float(task.val.min(initial=0.0)))
    return Reach(
        longest=int(np.diff(task.ptr).max(initial=0)),
        slack=stays + 2.0 * seats + gives + 2.0 * lowest,
        heaviest=float(task.heads.max(initial=1.0)),
        bare=task.threshold == stays == seats == gives == lowest == 0.0,
    )


def scale_of_rows(task: Task) -> float:
    """The problem's unit of heat: the mean affinity of items to their nearest eight."""
    filled = np.flatnonzero(np.diff(task.ptr))
    some = filled[:: max(1, len(filled) // 2000)]
    top = np.maximum(strongest(task.ptr, task.val, some, 8), 0.0)
    counted = (top > 0).sum(axis=0)
    means = top.sum(axis=0)[counted > 0] / counted[counted > 0]
    return float(means.mean()) if len(means) else 1.0


def _grow(task: Task, seats: Seats, rng: np.random.Generator, target: float) -> None:
    n = len(seats.label)
    filled = np.diff(task.ptr) > 0
    strength = np.zeros(n)
    strength[filled] = np.add.reduceat(task.val, task.ptr[:-1][filled], dtype=np.float64)
    order = np.argsort(-strength * rng.uniform(0.8, 1.25, n), kind="stable")
    gather(task, seats, order.astype(np.int32), target)


def _sweep_whole(
    task: Task, seats: Seats, hot: float, cold: float, number: int, watch: Watch
) -> None:
    slots, reach, n = len(seats.members), reach_of(task), max(1, len(seats.label))
    block, all_slots = np.zeros(slots + 1, np.int32), np.arange(slots, dtype=np.int32)
    block[slots] = -1
    done = 0
    while done < number:
        some = min(max(1, SLICE // n), number - done)
        sweeps(task, seats, reach, task.movable, all_slots, block, 0, hot, cold, done, some, number)
        done += some
        if watch.stop(some * n):
            break


def _sweep_blocks(
    task: Task,
    seats: Seats,
    rng: np.random.Generator,
    hot: float,
    cold: float,
    number: int,
    workers: int,
    watch: Watch,
) -> None:
    """Sweep all blocks of a cut, then of the next; the last sweeps of all are the coldest."""
    reach = reach_of(task)
    ends = np.linspace(0, number, min(STAGES, number) + 1).round().astype(int).tolist()
    with ThreadPoolExecutor(workers) as pool:
        for done, end in pairwise(ends):
            parts = _cut(task, seats, rng)
            span = Span(hot, cold, done, end - done, number)
            work = partial(_sweep_block, task, seats, reach, parts, span, watch)
            for _ in pool.map(work, range(parts.number), rng.integers(0, 2**62, parts.number)):
                pass
            if watch.pulled:
                return


class Span(NamedTuple):
    """A part of a course of sweeps."""

    hot: float
    cold: float
    done: int
    number: int
    of_sweeps: int


def _sweep_block(
    task: Task,
    seats: Seats,
    reach: Reach,
    parts: "Parts",
    span: Span,
    watch: Watch,
    b: int,
    seed: int,
) -> None:
    if watch.pulled:
        return
    mine = seats._replace(rng=np.array([seed_of(int(seed))], np.uint64))
    sweeps(task, mine, reach, parts.items[b], parts.slots[b], parts.block, b, *span)
    watch.stop(span.number * len(parts.items[b]))


class Parts:
    """Blocks as the loops want them: items and slots of each, each slot's block (-1: pool)."""

    def __init__(
        self, items: NDArray[np.int32], block: NDArray[np.int32], movable: Labels, blocks: int
    ) -> None:
        self.block, self.number = np.append(block, np.int32(-1)), blocks
        self.items = _by_block(movable, items[movable], blocks)
        self.slots = _by_block(np.arange(len(block), dtype=np.int32), block, blocks)


def _by_block(values: Labels, block: NDArray[np.int32], blocks: int) -> list[NDArray[Any]]:
    order = np.argsort(block, kind="stable")
    ends = np.searchsorted(block[order], np.arange(blocks + 1))
    return [values[order[ends[b] : ends[b + 1]]] for b in range(blocks)]


def _cut(task: Task, seats: Seats, rng: np.random.Generator) -> Parts:
    slots = len(seats.members)
    block, blocks = cut_groups(task, seats, rng.permutation(slots).astype(np.int32), BLOCK)
    blocks = max(blocks, 1)
    empty = np.flatnonzero(block < 0)
    block[empty] = np.arange(len(empty)) % blocks
    return Parts(cut_items(task, seats, block, blocks), block, task.movable, blocks)


def _settle(task: Task, seats: Seats, upper: float) -> None:
    """Give up what is no group, grow anew from the pool, and take every improving move."""
    slots = len(seats.members)
    changed, turn = np.zeros(slots + 1, np.int64), 0
    for _ in range(6):
        before = seats.label.copy()
        moves = give_up(task, seats)
        pool = np.flatnonzero(seats.label == slots).astype(np.int32)
        moves += gather(task, seats, pool, upper)
        other = before != seats.label
        changed[before[other]] = changed[seats.label[other]] = turn
        turn, improved = improve(task, seats, changed, turn, 30)
        if moves + improved == 0:
            return
