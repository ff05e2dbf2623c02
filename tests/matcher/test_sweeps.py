"""Sweeps over sparse rows: what a move is taken to bring is what it brings, whatever counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import matcher
from matcher.grouping.kernels.rows import reseat, value_of_seats
from matcher.grouping.kernels.sums import add_row, clear
from matcher.grouping.kernels.sweep import sweeps
from matcher.grouping.lane import start_of
from matcher.grouping.problem import Problem, rows_task, seats_of
from matcher.grouping.several import solve_several, takes_several
from matcher.grouping.walks import reach_of, walks
from matcher.grouping.watch import Watch
from matcher.grouping.ways import LANE_SWEEPS
from tests.bench.groups.populations import affinity, population


def problem(seed: int, n: int = 240) -> Problem:
    """Items of one or two nodes with all that may count: threshold, stays, seats, givers."""
    rng = np.random.default_rng(seed)
    full = np.triu(rng.normal(0.4, 0.4, (n, n)) * (rng.random((n, n)) < 0.08), 1)
    apart = np.triu(rng.random((n, n)) < 0.02, 1)
    heads = rng.choice([1.0, 2.0], n, p=[0.9, 0.1])
    return Problem(
        affinity=sparse.csr_array(full + full.T),
        lower=3.0,
        upper=6.0,
        weight=heads.copy(),
        heads=heads,
        bars=sparse.csr_array((apart + apart.T).astype(np.float32)),
        previous=rng.integers(-1, 20, n).astype(np.int32),
        stay=rng.random(n),
        threshold=float(rng.choice([-0.05, 0.0, 0.2])),
        mask=rng.integers(1, 8, n),
        giver=(rng.random(n) < 0.2).astype(np.uint8),
        seat=np.where(heads > 1, rng.normal(0.0, 0.3, n), 0.0),
        mix=0.5,
        slots=20,
    )


def swept(given: Problem, seed: int, heat: float, number: int):
    """Seats before any move, what they are worth, and a function that sweeps them."""
    task = rows_task(given)._replace(lack_price=0.7)
    slots = given.slot_count()
    seats = seats_of(task, slots, np.full(given.n, -1, np.int32), seed)
    block = np.append(np.zeros(slots, np.int32), np.int32(-1))
    every, reach = np.arange(slots, dtype=np.int32), reach_of(task)

    def sweep() -> int:
        return sweeps(
            task, seats, reach, task.movable, every, block, 0, heat, heat, 0, number, number
        )

    return task, seats, sweep


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_without_heat_no_sweep_loses_anything(seed):
    given_ = problem(seed)
    assert given_.sparse
    task, seats, sweep = swept(given_, seed, 1e-9, 1)
    value, moved = value_of_seats(task, seats), 0
    for _ in range(30):
        made = sweep()
        now = value_of_seats(task, seats)
        assert now >= value - 1e-4
        moved, rises, value = moved + made, now > value + 1e-6, now
        if not rises:
            break
    assert moved > given_.n / 2
    # Those who are worth the same may change places for ever.
    assert not rises


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_heat_breaks_no_rule_and_loses_no_count(seed):
    given_ = problem(seed)
    task, seats, sweep = swept(given_, seed, 0.5, 5)
    assert sweep()
    slots, bars = given_.slot_count(), given_.bars.tocoo()
    placed = seats.label < slots
    assert not (placed[bars.row] & (seats.label[bars.row] == seats.label[bars.col])).any()
    assert (seats.load[:slots] <= given_.upper + 1e-9).all()
    for slot in range(slots):
        here = given_.mask[seats.label == slot]
        assert len(here) == 0 or np.bitwise_and.reduce(here)
    kept = {name: getattr(seats, name).copy() for name in ("own", "load", "heads", "givers")}
    reseat(task, seats)
    for name, before in kept.items():
        assert np.allclose(before[:slots], getattr(seats, name)[:slots], atol=1e-4), name


def test_sums_are_those_of_plain_numpy_and_leave_nothing_behind():
    rows = problem(3).affinity
    n, sums = rows.shape[0], np.zeros(rows.shape[0])
    touched, number = np.empty(n + int(np.diff(rows.indptr).max()), np.int32), 0
    for turn in range(40):  # more than there is room for, were nobody struck out
        item, sign = turn // 2 % 5, 1.0 - 2.0 * (turn % 2)
        number = add_row(rows.indptr, rows.indices, rows.data, item, sign, sums, touched, number)
    number = add_row(rows.indptr, rows.indices, rows.data, 7, 1.0, sums, touched, number)
    assert np.allclose(sums, rows[[7]].toarray().ravel())
    clear(sums, touched, number)
    assert not sums.any()


@pytest.fixture(scope="module")
def graph():
    return affinity(population(150), 16)


def test_one_sweep_begins_many_groups(graph):
    n = graph.shape[0]
    given_ = Problem(graph, 4.0, 8.0, np.ones(n), np.ones(n))
    slots = given_.slot_count()
    task = rows_task(given_)
    seats = seats_of(task, slots, np.full(n, -1, np.int32), 0)
    block = np.append(np.zeros(slots, np.int32), np.int32(-1))
    every, reach = np.arange(slots, dtype=np.int32), reach_of(task)
    assert sweeps(task, seats, reach, task.movable, every, block, 0, 0.1, 0.1, 0, 1, 1)
    assert (seats.size[:slots] > 0).sum() > slots / 4


def test_several_searches_together_are_worth_no_less_than_each(graph):
    n = graph.shape[0]
    given_ = Problem(graph, 4.0, 8.0, np.ones(n), np.ones(n))
    assert takes_several(given_)
    together = solve_several(given_, seed=2).value
    watch = Watch(None, 1, None)
    for lane in range(3):
        alone, _ = walks(
            given_, start_of(given_), seed=2_000_006 + lane, workers=1, number=LANE_SWEEPS,
            watch=watch,
        )  # fmt: skip
        assert together >= alone - 1e-9


def test_several_searches_are_the_same_whatever_the_number_of_workers(graph):
    one = matcher.form_groups(graph, lower=4, upper=8, seed=5)
    assert np.array_equal(
        one.labels, matcher.form_groups(graph, lower=4, upper=8, seed=5, workers=3).labels
    )


def test_several_searches_tell_that_the_time_was_over(graph):
    found = matcher.form_groups(graph, lower=4, upper=8, time_limit_s=0.0)
    assert found.stopped == "time"
    assert all(4 <= size <= 8 for size in found.sizes)
