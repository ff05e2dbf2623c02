"""The parts of capacitated clustering, each beside its twin in plain numpy."""

from itertools import combinations, product
from types import SimpleNamespace

import numpy as np
import pytest
from clustering import field, worth
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.grouping import capacitated, plain
from matcher.grouping.arrangements import (
    FORBIDDEN,
    LUCK,
    Arrangement,
    crossed,
    dealt,
    dearest_load,
    luck_for,
    scale_of,
    seats_of,
)
from matcher.grouping.capacitated import ALIKE, KEPT, keep
from matcher.grouping.kernels.capacitated import (
    Field,
    cost_change,
    costs,
    exchange_change,
    insertion_change,
    misses,
    swap_change,
    trade,
    worth_of,
)
from matcher.grouping.kernels.cooling import cool, promising
from matcher.grouping.kernels.polishing import even_out, polish

SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


@SETTINGS
@given(st.integers(0, 2**32 - 1))
def test_changes_of_moves_agree_with_plain_numpy(seed):
    rng = np.random.default_rng(seed)
    t = field(15, 4, seed % 1000, 0.0, 1e9)
    label = rng.integers(0, 4, 15).astype(np.int32)
    gain = seats_of(t, label, 0).gain
    assert worth_of(t.own, label, gain) == pytest.approx(worth(t, label))
    i, j, k = rng.permutation(15)[:3]
    f, g = label[i], label[j]
    if f == g:
        return
    moved = label.copy()
    moved[i] = g
    there = worth(t, label)
    assert insertion_change(gain, f, g, i) == pytest.approx(worth(t, moved) - there)
    moved[j] = f
    assert swap_change(t.full, gain, f, g, i, j) == pytest.approx(worth(t, moved) - there)
    if label[k] == g:
        moved[k] = f
        change = exchange_change(t.full, gain, f, g, i, j, k)
        assert change == pytest.approx(worth(t, moved) - there)


@SETTINGS
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 2.0, 40.0]))
def test_promising_partners_are_those_of_plain_numpy(seed, heat):
    rng = np.random.default_rng(seed)
    n, m = 23, 4
    t = field(n, m, seed % 1000, 0.0, 1e9)
    s = seats_of(t, rng.integers(0, m, n).astype(np.int32), 0)
    i, at, first = int(rng.integers(n)), int(rng.integers(LUCK)), int(rng.integers(n))
    f = int(s.label[i])
    toward = s.gain[:, i] - s.gain[f, i]
    toward[f] = -np.inf
    here = s.gain[s.label, np.arange(n)]
    which = np.empty(n + 1, np.int32)
    found = promising(toward, s.label, s.gain[f], here, t.full[i], s.luck, at, heat, first, which)
    change = plain.swap_changes(t.full, s.gain, s.label, i)
    taken = change + heat * s.luck[at : at + n] > 0.0
    assert which[:found].tolist() == [j for j in np.flatnonzero(taken) if j >= first]


def test_chances_follow_the_exponential_distribution():
    luck = luck_for(50)
    assert len(luck) == LUCK + 50
    assert np.array_equal(luck[LUCK:], luck[:50])
    for limit in (0.1, 1.0, 3.0):
        assert (luck[:LUCK] > limit).mean() == pytest.approx(np.exp(-limit), abs=2 / LUCK)
    halves = luck[: LUCK // 2].mean(), luck[LUCK // 2 : LUCK].mean()
    assert halves == pytest.approx((1.0, 1.0), abs=0.05)


@SETTINGS
@given(st.integers(0, 2**32 - 1))
def test_two_who_change_places_leave_what_two_moves_leave(seed):
    rng = np.random.default_rng(seed)
    t = field(15, 4, seed % 1000, 0.0, 1e9)
    label = rng.integers(0, 4, 15).astype(np.int32)
    i, j = rng.permutation(15)[:2]
    if label[i] == label[j]:
        return
    s = seats_of(t, label, 0)
    trade(t.full, t.weight, s.label, s.members, s.place, s.load, s.gain, i, j)
    label[[i, j]] = label[[j, i]]
    assert np.array_equal(s.label, label)
    assert np.allclose(s.gain, plain.gains(t.full, label, 4) + t.own)
    assert np.allclose(s.load, np.bincount(label, weights=t.weight, minlength=4))
    for item in range(15):
        assert s.members[s.label[item], s.place[item]] == item


def test_annealing_at_a_heat_visits_arrangements_as_often_as_boltzmann_has_it():
    """Four items in two groups of any size, by swaps and insertions."""
    n, m, heat = 4, 2, 120.0
    t = field(n, m, 5, 0.0, 1e9)
    every = np.array(list(product(range(m), repeat=n)), np.int32)
    value = np.array([worth(t, label) for label in every])
    chance = np.exp((value - value.max()) / heat)
    chance /= chance.sum()
    s = seats_of(t, every[0], 1)
    seen = np.zeros(len(every))
    for _ in range(40_000):
        cool(t, s, heat, heat, 0.5, 0.0, 0.0, 0.0, 0, 1, 1, -np.inf)
        seen[int((s.label * m ** np.arange(n - 1, -1, -1)).sum())] += 1
    assert seen / seen.sum() == pytest.approx(chance, abs=0.02)


@SETTINGS
@given(st.integers(0, 2**32 - 1))
def test_annealing_and_polishing_keep_the_books_the_bounds_and_the_fixed(seed):
    t = field(20, 4, seed % 1000, 12.0, 40.0, fixed=3)
    s = seats_of(t, dealt(t, np.random.default_rng(seed), np.where(t.fixed, 1, -2)), seed)
    even_out(t, s, 5.0, 20_000)
    missed = misses(s.load, t.lower, t.upper)
    heat = scale_of(t)
    best = cool(t, s, heat, 0.2 * heat, 0.2, 0.4, FORBIDDEN, FORBIDDEN, 0, 4000, 4000, -np.inf)
    assert misses(s.load, t.lower, t.upper) <= missed + 1e-9
    if best > -np.inf:
        assert best == pytest.approx(worth(t, s.best))
    polish(t, s, 100)
    assert np.allclose(s.gain, plain.gains(t.full, s.label, 4) + t.own)
    assert np.allclose(s.load, np.bincount(s.label, weights=t.weight, minlength=4))
    assert all(
        sorted(s.members[g, : s.size[g]]) == np.flatnonzero(s.label == g).tolist() for g in range(4)
    )
    assert (s.label[:3] == 1).all()


@SETTINGS
@given(st.integers(0, 2**32 - 1))
def test_at_a_price_bounds_are_missed_and_what_is_kept_misses_none(seed):
    t = field(20, 4, seed % 1000, 15.0, 30.0)
    s = seats_of(t, dealt(t, np.random.default_rng(seed), None), seed)
    heat = scale_of(t)
    best = cool(t, s, heat, 0.2 * heat, 0.2, 0.4, 0.1 * heat, 0.02 * heat, 0, 4000, 4000, -np.inf)
    assert np.allclose(s.gain, plain.gains(t.full, s.label, 4) + t.own)
    assert np.allclose(s.load, np.bincount(s.label, weights=t.weight, minlength=4))
    if best > -np.inf:
        load = np.bincount(s.best, weights=t.weight, minlength=4)
        assert misses(load, t.lower, t.upper) <= 1e-9
        assert best == pytest.approx(worth(t, s.best))


@SETTINGS
@given(st.integers(0, 2**32 - 1))
def test_a_move_changes_what_missed_bounds_cost_by_what_is_worked_out(seed):
    rng = np.random.default_rng(seed)
    load = rng.integers(0, 30, 4).astype(float)
    over, under = rng.uniform(0.1, 9.0, 2)

    def plainly(loads: np.ndarray) -> float:
        return float(
            over * np.maximum(loads - 20.0, 0.0).sum() + under * np.maximum(9.0 - loads, 0.0).sum()
        )

    f, g = rng.permutation(4)[:2]
    step = float(rng.integers(-12, 13))
    after = load.copy()
    after[f] -= step
    after[g] += step
    assert costs(load, 9.0, 20.0, over, under) == pytest.approx(plainly(load))
    change = cost_change(load, 9.0, 20.0, over, under, f, g, step)
    assert change == pytest.approx(plainly(after) - plainly(load))


def test_a_child_takes_its_parents_place_and_only_when_it_is_better():
    pool: list[Arrangement] = []
    for value in range(KEPT):
        keep(pool, Arrangement(float(value), np.zeros(1, np.int32)), None)
    values = [arrangement.value for arrangement in pool]
    keep(pool, Arrangement(2.5, np.zeros(1, np.int32)), 3)
    keep(pool, Arrangement(float(values[4]), np.zeros(1, np.int32)), 0)
    keep(pool, Arrangement(-np.inf, np.zeros(1, np.int32)), 0)
    assert [arrangement.value for arrangement in pool] == values
    keep(pool, Arrangement(3.5, np.zeros(1, np.int32)), 3)
    assert [arrangement.value for arrangement in pool] == [*values[:3], 3.5, *values[4:]]
    keep(pool, Arrangement(0.5, np.zeros(1, np.int32)), None)
    assert pool[0].value == 0.5


def test_the_dearest_load_is_what_a_unit_earns_at_most():
    full = np.zeros((5, 5))
    full[0, 1] = full[1, 0] = 6.0
    full[2, 3] = full[3, 2] = 10.0
    weight = np.array([1.0, 2.0, 5.0, 5.0, 0.0])
    t = Field(full, np.zeros((3, 5)), weight, np.arange(5, dtype=np.int32),
              np.zeros(5, np.uint8), 0.0, 10.0)  # fmt: skip
    assert dearest_load(t, np.array([0, 0, 1, 1, 2], np.int32)) == pytest.approx(12.0 / 3.0)


def neighbours(t: Field, label: np.ndarray):
    """Every arrangement one insertion, swap or two-for-one exchange away."""
    n = len(label)
    for i in range(n):
        for g in set(range(len(t.own))) - {int(label[i])}:
            members = np.flatnonzero(label == g).tolist()
            for number in range(3):
                for out in combinations(members, number):
                    after = label.copy()
                    after[i], after[list(out)] = g, label[i]
                    yield after


def test_nothing_is_left_to_polish():
    t = field(18, 4, 3, 10.0, 60.0)
    s = seats_of(t, dealt(t, np.random.default_rng(0), None), 0)
    polish(t, s, 100)
    there = worth(t, s.label)
    for after in neighbours(t, s.label):
        load = np.bincount(after, weights=t.weight, minlength=4)
        if load.min() >= t.lower and load.max() <= t.upper:
            assert worth(t, after) <= there + 1e-6


def test_a_child_keeps_what_its_parents_share():
    rng = np.random.default_rng(0)
    one = rng.integers(0, 5, 60).astype(np.int32)
    renamed = ((one + 2) % 5).astype(np.int32)
    child, alike = crossed(one, renamed, 5, rng)
    assert np.array_equal(child, one)
    assert alike == 1.0 > ALIKE
    other = renamed.copy()
    other[:12] = rng.integers(0, 5, 12)
    child, alike = crossed(one, other, 5, rng)
    assert np.array_equal(child[12:], one[12:])
    assert 0.8 <= alike < 1.0


def test_with_a_time_limit_the_length_of_runs_follows_how_quick_they_are(monkeypatch):
    """Hot searches, by which the machine is probed, are slow: cold ones get what they can do."""
    now = [100.0]
    monkeypatch.setattr(capacitated, "time", SimpleNamespace(monotonic=lambda: now[0]))
    course = capacitated.Course(480, 10.0, None)
    course.foresee(1_000_000)
    assert course.child == 1_000_000 // 32
    now[0] += 2.0
    course.count(6_000_000)
    assert course.child == 30_000_000 // 32
    assert not course.late()
    counted = capacitated.Course(480, None, None)
    before = counted.child
    counted.count(6_000_000)
    assert counted.child == before


@pytest.mark.parametrize(
    ("n", "scans", "children"),
    [(82, 3_000_000, 128), (240, 30_000_000, 64), (240, 420_000_000, 253), (240, 10**12, 500)],
)
def test_what_is_long_enough_for_a_child_makes_more_children_of_more_time(n, scans, children):
    course = capacitated.Course(n, 240.0, None)
    course.foresee(scans)
    assert course.budget // course.child == children
