"""Arrangements of everybody in so many groups: how one is begun, measured and crossed."""

import time
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from matcher.grouping.kernels.capacitated import Field, Seats, seat_all
from matcher.grouping.kernels.cooling import cool
from matcher.grouping.problem import Problem, seed_of

FORBIDDEN = 1e9
"""Price of a missing unit of load, before anything is known: no bound is missed further."""
PROBE = 1 << 13
"""Scans that the speed of the machine is measured by: about 5 ms."""
LUCK = 1 << 13
"""Exponential numbers that chances are drawn from."""


@dataclass(frozen=True)
class Arrangement:
    """Everybody's group, and what it is worth; ``-inf`` when a bound is not kept."""

    value: float
    label: NDArray[np.int32]


def field_of(problem: Problem) -> Field:
    """The problem as the loops read it: thresholds inside the pairs, stays as own worth."""
    n, m = problem.n, problem.slot_count()
    full = problem.affinity.toarray().astype(np.float64)
    full -= problem.threshold * np.outer(problem.heads, problem.heads)
    np.fill_diagonal(full, 0.0)
    own = np.zeros((m, n))
    if problem.previous is not None and problem.stay is not None:
        sat = np.flatnonzero(problem.previous >= 0)
        own[problem.previous[sat], sat] = problem.stay[sat]
    pin = problem.pin if problem.pin is not None else np.full(n, -2, np.int32)
    return Field(
        full=full,
        own=own,
        weight=problem.weight.astype(np.float64),
        movable=np.flatnonzero(pin == -2).astype(np.int32),
        fixed=(pin != -2).astype(np.uint8),
        lower=float(problem.lower),
        upper=float(problem.upper),
    )


def seats_of(field: Field, label: NDArray[np.int32], seed: int) -> Seats:
    """Everybody in the groups given."""
    m, n = field.own.shape
    seats = Seats(
        label=label.astype(np.int32),
        members=np.zeros((m, n), np.int32),
        place=np.zeros(n, np.int32),
        size=np.zeros(m, np.int32),
        load=np.zeros(m),
        gain=np.zeros((m, n)),
        best=label.astype(np.int32),
        rng=np.array([seed_of(seed)], np.uint64),
        luck=luck_for(n),
    )
    seat_all(field, seats)
    return seats


@lru_cache(maxsize=8)
def luck_for(n: int) -> NDArray[np.float64]:
    """
    Numbers of the exponential distribution in no order, ``(LUCK + n,)``, the end like the start.

    They are its quantiles, so that a stretch begun anywhere is as good as drawn.
    """
    even = (np.random.default_rng(0).permutation(LUCK) + 0.5) / LUCK
    return np.resize(-np.log(even), LUCK + n)


def scale_of(field: Field) -> float:
    """What a place in a group is worth, give or take: the spread of a sum of its pairs."""
    m, n = field.own.shape
    pairs = field.full[~np.eye(n, dtype=bool)]
    spread = float(pairs.std()) if n > 1 else 0.0
    return (spread or float(np.abs(pairs).max(initial=0.0)) or 1.0) * float(np.sqrt(n / m))


def dearest_load(field: Field, label: NDArray[np.int32]) -> float:
    """What a unit of load earns in the group that makes most of it."""
    seats = seats_of(field, label, 0)
    earned = np.zeros(len(seats.load))
    np.add.at(earned, label, seats.gain[label, np.arange(len(label))])
    some = seats.load > 0
    return float((earned[some] / seats.load[some]).max(initial=0.0))


def rate_of(field: Field, heat: float, shares: tuple[float, float]) -> float:
    """Scans a second on this machine, from a short probe."""
    seats = seats_of(field, dealt(field, np.random.default_rng(0), None), 0)
    hot = heat * scale_of(field)
    cool(field, seats, hot, hot, *shares, FORBIDDEN, FORBIDDEN, 0, 1, 1, -np.inf)
    begun = time.perf_counter()
    cool(field, seats, hot, hot, *shares, FORBIDDEN, FORBIDDEN, 0, PROBE, PROBE, -np.inf)
    return float(PROBE / max(time.perf_counter() - begun, 1e-6))


def dealt(
    field: Field, rng: np.random.Generator, pin: NDArray[np.int32] | None
) -> NDArray[np.int32]:
    """Deal everybody out, heavy ones first, each to the lightest group."""
    m, n = field.own.shape
    label = np.zeros(n, np.int32)
    load = np.zeros(m)
    if pin is not None:
        held = np.flatnonzero(pin >= 0)
        label[held] = pin[held]
        np.add.at(load, pin[held], field.weight[held])
    order = field.movable[
        np.argsort(-field.weight[field.movable] * rng.uniform(0.5, 1.0, len(field.movable)))
    ]
    for i in order:
        label[i] = int(load.argmin())
        load[label[i]] += field.weight[i]
    return label


def crossed(
    one: NDArray[np.int32], other: NDArray[np.int32], m: int, rng: np.random.Generator
) -> tuple[NDArray[np.int32], float]:
    """
    A child of two arrangements, and how alike they are, in [0, 1].

    Groups are matched so that most items are in matched ones; an item whose groups match
    stays, any other follows one parent or the other.
    """
    common = np.zeros((m, m))
    np.add.at(common, (one, other), 1.0)
    _, match = linear_sum_assignment(common, maximize=True)
    called = np.empty(m, np.int32)
    called[match] = np.arange(m)
    renamed = called[other]
    same = one == renamed
    return np.where(same | (rng.random(len(one)) < 0.5), one, renamed), float(same.mean())
