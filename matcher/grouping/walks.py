"""
The search over sparse rows: grow, anneal block by block while it cools, settle.

Memory is the rows and a few numbers an item, so that a million items are as well as a
thousand. Large problems are cut into blocks of whole groups near each other; every stage
of cooling cuts anew. Threads own blocks, and nothing a block does is seen by another
before the stage is over, so that their number changes nothing.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.blocks import cut_groups, cut_items
from matcher.grouping.kernels.gather import gather, give_up
from matcher.grouping.kernels.prepare import strongest
from matcher.grouping.kernels.rows import Seats, reseat, value_of_seats
from matcher.grouping.kernels.settle import improve
from matcher.grouping.kernels.state import Task
from matcher.grouping.kernels.walk import cool
from matcher.grouping.problem import Problem, rows_task, seats_of, seed_of
from matcher.grouping.watch import Watch

ONE_BLOCK = 12_000
"""Items up to which there is one block: its rows still lie in the caches."""
BLOCK = 4_000
"""Items a block grows to."""
STAGES = 12
"""Cuts while a large problem cools."""
SLICE = 1 << 18
"""Proposals of a small problem between two looks at the brake."""
HEAT = (1.2, 0.15)
"""First and last temperature, in units of the mean affinity to the nearest items."""
NEAR_SHARE = 0.95
LACK = 0.75
"""Price of a missing member while it is hot, in the same unit."""
FORBIDDEN = 1e9

Labels = NDArray[np.int32]


def walk_proposals(n: int) -> int:
    """Default budget: what brought populations within 1 % of a run twenty times as long."""
    return max(1_400_000, 400_000 + 200 * n)


def walks(
    problem: Problem, start: Labels, *, seed: int, workers: int, budget: int, watch: Watch
) -> tuple[float, Labels]:
    """Value and slots (``m`` for the pool) of a good partition, from labels to start with."""
    task = rows_task(problem)
    scale = scale_of_rows(task)
    seats = seats_of(task, problem.slot_count(), start, seed)
    rng = np.random.default_rng((seed, 11))
    _grow(task, seats, rng, problem.upper)
    warm = problem.previous is not None and problem.stay is not None
    hot, cold = HEAT[0] * scale * (0.25 if warm else 1.0), HEAT[1] * scale
    if warm:
        budget //= 4
    share = problem.n / max(float(problem.weight.sum()), 1e-12)
    soft = task._replace(lack_price=LACK * scale * share)
    if problem.n <= ONE_BLOCK:
        _cool_whole(soft, seats, hot, cold, budget, watch)
    else:
        _cool_blocks(soft, seats, rng, hot, cold, budget, workers, watch)
    hard = task._replace(lack_price=FORBIDDEN)
    _settle(hard, seats, problem.upper)
    reseat(hard, seats)
    return float(value_of_seats(hard, seats)), seats.label


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


def _cool_whole(
    task: Task, seats: Seats, hot: float, cold: float, budget: int, watch: Watch
) -> None:
    slots = len(seats.members)
    block, all_slots = np.zeros(slots + 1, np.int32), np.arange(slots, dtype=np.int32)
    block[slots] = -1
    done = 0
    while done < budget:
        steps = min(SLICE, budget - done)
        cool(
            task, seats, task.movable, all_slots, block, 0, NEAR_SHARE, hot, cold,
            done, steps, budget,
        )  # fmt: skip
        done += steps
        if watch.stop(steps):
            break


def _cool_blocks(
    task: Task,
    seats: Seats,
    rng: np.random.Generator,
    hot: float,
    cold: float,
    budget: int,
    workers: int,
    watch: Watch,
) -> None:
    each = budget / len(seats.label) / STAGES
    fall = (cold / hot) ** (1 / STAGES)
    with ThreadPoolExecutor(workers) as pool:
        for stage in range(STAGES):
            parts = _cut(task, seats, rng)
            warmest = hot * fall**stage
            work = partial(_cool_block, task, seats, parts, each, warmest, warmest * fall, watch)
            for _ in pool.map(work, range(parts.number), rng.integers(0, 2**62, parts.number)):
                pass
            if watch.pulled:
                return


def _cool_block(
    task: Task,
    seats: Seats,
    parts: "Parts",
    each: float,
    hot: float,
    cold: float,
    watch: Watch,
    b: int,
    seed: int,
) -> None:
    if watch.pulled:
        return
    mine = seats._replace(rng=np.array([seed_of(int(seed))], np.uint64))
    steps = int(each * len(parts.items[b]))
    cool(
        task, mine, parts.items[b], parts.slots[b], parts.block, b, NEAR_SHARE, hot, cold,
        0, steps, max(1, steps),
    )  # fmt: skip
    watch.stop(steps)


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
