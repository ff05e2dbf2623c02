"""Tiny problems: the best of very few, proven; of some more, answers of every shape."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.state import Task
from matcher.grouping.kernels.subsets import best_split, worths_of
from matcher.grouping.lane import Run, run_lane, settled
from matcher.grouping.packing import packed
from matcher.grouping.problem import Problem, task_of
from matcher.grouping.watch import Watch

PROVEN_UP_TO = 16
"""Items up to which every group there may be is tried: 40 ms, and thrice that for one more."""
FULL_LANES = 6
"""Lanes of a tiny problem for each number of groups that would place everybody."""
FULL_UP_TO = 4
"""Groups up to which they are run: with more, groups come and go while they cool."""


def is_loose(problem: Problem) -> bool:
    """Whether nothing ties a group to a slot: no pin, no groups from before, no number of them."""
    free = problem.pin is None or bool((problem.pin == -2).all())
    return problem.groups is None and problem.previous is None and free


def proven(problem: Problem, task: Task, slots: int) -> tuple[float, NDArray[np.int32]]:
    """
    The best partition there is, of a problem that ``is_loose``; value and labels.

    Dynamic programming over sets of items, as in Held and Karp (1962), *Journal of the Society
    for Industrial and Applied Mathematics* 10: 196-210.
    """
    full = problem.affinity.toarray().astype(np.float64)
    full -= problem.threshold * np.outer(problem.heads, problem.heads)
    label = best_split(worths_of(task, full), problem.n)
    placed = np.where(label == problem.n, -1, label).astype(np.int32)
    return settled(problem, task, slots, placed)


def everybody(
    problem: Problem, task: Task, slots: int, run: Run, scale: float, seed: int, watch: Watch
) -> list[tuple[float, NDArray[np.int32]]]:
    """
    Answers that leave nobody out, for every number of groups that allows it.

    Where groups are large for so few items, a second group is hardly ever found by moving
    one item at a time: it is below its lower bound too long.
    """
    load = float(problem.weight.sum())
    most = min(FULL_UP_TO, slots, int(load / max(problem.lower, 1e-9)))
    found = []
    for number in range(max(2, int(np.ceil(load / problem.upper - 1e-9))), most + 1):
        closed = replace(problem, groups=number)
        closed_task = task_of(closed)
        for lane in range(FULL_LANES):
            at = seed * 1_000_003 + number * 1_009 + lane
            _, label = run_lane(closed, closed_task, number, [run], scale, at, watch)
            placed = np.where(label == number, -1, label).astype(np.int32)
            found.append(settled(problem, task, slots, placed))
            if watch.pulled:
                return found
    return found


def together(
    problem: Problem, task: Task, slots: int, found: list[NDArray[np.int32]]
) -> list[tuple[float, NDArray[np.int32]]]:
    """The best that the groups of all lanes give together, settled like theirs."""
    label = packed(problem, found, slots)
    if label is None:
        return []
    return [settled(problem, task, slots, label)]
