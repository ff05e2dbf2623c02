"""
Capacitated clustering: everybody placed in so many groups, loads inside bounds.

Short annealings give a few arrangements. Then, in turn, one of them is taken as it is or
crossed with another, group matched to group; it is annealed anew from a low temperature,
polished, and takes its parent's place when it is better. See docs/decisions/0013.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.arrangements import (
    FORBIDDEN,
    Arrangement,
    crossed,
    dealt,
    dearest_load,
    field_of,
    rate_of,
    scale_of,
    seats_of,
)
from matcher.grouping.found import Found
from matcher.grouping.kernels.capacitated import Field, misses, seat_all, worth_of
from matcher.grouping.kernels.cooling import cool
from matcher.grouping.kernels.polishing import even_out, polish
from matcher.grouping.kernels.state import EPS
from matcher.grouping.problem import Problem
from matcher.grouping.whole import takes_whole

UP_TO = 1500
"""Items up to which the matrices of pairs and of gains stay small enough to be quick."""
UNEVEN_FROM = 80
"""Items from which only those of different weights are searched this way."""
KEPT = 10
"""Arrangements that are kept, annealed anew and crossed with each other."""
AT_ONCE = 2
"""Runs between two looks at the pool, whatever the number of threads."""
FRESH = 2
"""How much longer an annealing from a fresh start is than a child's."""
FIRST_HEAT = 0.6
"""First temperature from a fresh start, in units of what a place in a group is worth."""
CHILD_HEAT = (0.15, 0.3)
"""The same for a child, drawn between the two: warm enough to mend it, too cold to forget it."""
COLD = 0.12
"""Last temperature."""
CROSSED = 0.3
"""Share of children that have two parents."""
PRICES = (0.5, 0.7)
"""What a unit of load too much costs, by what one earns in the group that makes most of it."""
UNDER = 0.1
"""What a unit too little costs, as a share of that: few want to be where the load is least."""
SHARES = (0.3, 0.3)
"""Shares of insertions and of two-for-one exchanges among scans; the rest are of swaps."""
ALIKE = 0.97
"""Share of items in matched groups from which two parents are one, and a fresh start is due."""
CHILDREN, CHILDREN_OF_ALL = (32, 128), 15_360
"""
How many children the budget is for at least, and with many items fewer: a longer annealing for
each.
"""
LONG, MOST_CHILDREN = 0.12, 1_024
"""
Scans of a child, by the cube of items, from which more children come further than longer ones, and
how many there may be: 1.7 million scans, about a CPU second, of 240 items.
"""
SLICE = 1 << 15
"""Scans between two looks at the clock: about 15 ms."""


@dataclass(frozen=True)
class Job:
    """One annealing: where from, how warm, how long."""

    number: int
    label: NDArray[np.int32]
    heat: tuple[float, float]
    price: float
    scans: int
    parent: int | None
    """Place in the pool of whom it comes from; none from a fresh start."""


def is_capacitated(problem: Problem) -> bool:
    """
    Whether this search takes the problem: groups given, no rule but loads and pins.

    Many of one weight are better off with a search that never breaks a bound.
    """
    uneven = problem.n <= UNEVEN_FROM or bool(np.ptp(problem.weight))
    return (
        problem.groups is not None
        and 0 < problem.n <= UP_TO
        and (uneven or not takes_whole(problem))
        and (problem.bars is None or problem.bars.nnz == 0)
        and (problem.mask is None or bool((problem.mask == -1).all()))
        and (problem.giver is None or not problem.giver.any())
    )


def solve_capacitated(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    time_limit_s: float | None = None,
    progress: Callable[[float], None] | None = None,
) -> Found | None:
    """
    Find a good arrangement, or nothing when none was found that keeps the bounds.

    Without a time limit the budget is a number of scans and the answer depends on the
    seed alone. A time limit is used up, unless the problem is too small to need it; then
    ``stopped`` is ``"time"`` and the answer depends on the machine.

    Parameters
    ----------
    problem
        One that ``is_capacitated``.
    seed, workers, time_limit_s, progress
        As in ``matcher.form_groups``.
    """
    field = field_of(problem)
    threads = min(workers, AT_ONCE)
    course = Course(len(field.movable), time_limit_s, progress)
    if time_limit_s is not None:
        course.foresee(rate_of(field, FIRST_HEAT, SHARES) * threads * time_limit_s)
    scale = scale_of(field)
    pool: list[Arrangement] = []
    number, price = 0, FORBIDDEN
    with ThreadPoolExecutor(threads) as at_once:
        while not course.over() and (pool or number < 2 * KEPT):
            jobs = [
                job_of(problem, field, pool, price, course.child, seed, number + lane)
                for lane in range(AT_ONCE)
            ]
            runs = [partial(anneal, field, job, scale, seed, course) for job in jobs]
            found = [run() for run in runs] if threads == 1 else at_once.map(call, runs)
            for job, arrangement in zip(jobs, found, strict=True):
                keep(pool, arrangement, job.parent)
            if price == FORBIDDEN and pool:
                price = dearest_load(field, best_of(pool).label) or FORBIDDEN
            number += AT_ONCE
            course.count(sum(job.scans for job in jobs))
    if not pool:
        return None
    best = best_of(pool)
    return Found(best.label, best.value, "time" if course.late() else "budget")


def best_of(pool: list[Arrangement]) -> Arrangement:
    """The best arrangement, the first of equals."""
    return max(pool, key=lambda arrangement: round(arrangement.value, 9))


class Course:
    """How much may be done and how much is: in scans, and in time when it is limited."""

    def __init__(
        self, n: int, time_limit_s: float | None, progress: Callable[[float], None] | None
    ) -> None:
        self.least = int(np.clip(CHILDREN_OF_ALL // max(n, 1), *CHILDREN))
        self.long = max(1, int(LONG * n**3))
        self.most = 30_000 + 60 * n**3
        self.budget = min(self.most, 120_000 + 6_000 * min(n, 300))
        self.limit, self.progress = time_limit_s, progress
        self.begun = time.monotonic()
        self.end = None if time_limit_s is None else self.begun + time_limit_s
        self.done = 0

    def foresee(self, scans: float) -> None:
        """Plan for what the time limit will allow; the clock decides in the end."""
        self.budget = min(self.most, max(1, int(scans)))

    @property
    def child(self) -> int:
        """Scans of one child."""
        children = min(max(self.least, self.budget // self.long), MOST_CHILDREN)
        return max(600, self.budget // children)

    def late(self) -> bool:
        """Whether the time is over."""
        return self.end is not None and time.monotonic() >= self.end

    def over(self) -> bool:
        """Whether nothing more is to be begun; one batch always is."""
        most = self.budget if self.end is None else self.most
        return self.done > 0 and (self.late() or self.done >= most)

    def count(self, scans: int) -> None:
        """Count what was done, foresee the rest by how quick it was, and tell the share of it."""
        self.done += scans
        if self.limit is not None and (spent := time.monotonic() - self.begun) > 0.0:
            self.foresee(self.done / spent * self.limit)
        if self.progress is not None:
            self.progress(min(1.0, self.done / self.budget))


def call(run: Callable[[], Arrangement]) -> Arrangement:
    """Carry out one run of a batch."""
    return run()


def job_of(
    problem: Problem,
    field: Field,
    pool: list[Arrangement],
    price: float,
    child: int,
    seed: int,
    number: int,
) -> Job:
    """The next annealing: from a fresh start while the pool is small, else from the pool."""
    rng = np.random.default_rng([seed, number])
    first = price == FORBIDDEN
    price *= 1.0 if first else PRICES[number // AT_ONCE % len(PRICES)]
    if number >= KEPT + AT_ONCE and len(pool) > 1:
        parent = int(rng.integers(len(pool)))
        label, alike = pool[parent].label, 0.0
        if rng.random() < CROSSED:
            other = (parent + 1 + int(rng.integers(len(pool) - 1))) % len(pool)
            label, alike = crossed(label, pool[other].label, len(field.own), rng)
        if alike < ALIKE:
            heat = float(rng.uniform(*CHILD_HEAT)), COLD
            return Job(number, label, heat, price, child, parent)
    start = dealt(field, rng, problem.pin)
    scans = child if first else FRESH * child
    return Job(number, start, (FIRST_HEAT, COLD), price, scans, None)


def anneal(field: Field, job: Job, scale: float, seed: int, course: Course) -> Arrangement:
    """Anneal and polish one arrangement."""
    seats = seats_of(field, job.label, seed * 1_000_003 + job.number)
    if job.parent is None:
        even_out(field, seats, float(field.weight.mean()), 100 * len(job.label) ** 2)
    hot, cold = job.heat[0] * scale, job.heat[1] * scale
    best, done = -np.inf, 0
    while done < job.scans and not course.late():
        steps = min(SLICE, job.scans - done)
        best = cool(
            field, seats, hot, cold, *SHARES,
            job.price, UNDER * job.price, done, steps, job.scans, best,
        )  # fmt: skip
        done += steps
    if best > -np.inf:
        seats.label[:] = seats.best
        seat_all(field, seats)
    else:
        even_out(field, seats, float(field.weight.mean()), 100 * len(job.label) ** 2)
    polish(field, seats, 100)
    seat_all(field, seats)
    if misses(seats.load, field.lower, field.upper) > EPS:
        return Arrangement(-np.inf, seats.label)
    return Arrangement(float(worth_of(field.own, seats.label, seats.gain)), seats.label)


def keep(pool: list[Arrangement], new: Arrangement, parent: int | None) -> None:
    """Take a new arrangement into the pool: its parent's place if it is better."""
    if new.value == -np.inf or any(abs(new.value - old.value) <= 1e-9 for old in pool):
        return
    if len(pool) < KEPT:
        pool.append(new)
    elif parent is None:
        pool[min(range(len(pool)), key=lambda r: pool[r].value)] = new
    elif new.value > pool[parent].value:
        pool[parent] = new
