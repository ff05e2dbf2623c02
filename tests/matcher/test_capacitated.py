"""Capacitated clustering: so many groups, everybody placed, sums of weights inside bounds."""

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

import matcher
from matcher.grouping import plain
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


def pairs(n: int, seed: int, share: float = 1.0) -> np.ndarray:
    """Affinities from 0 to 100, ``share`` of them not zero."""
    rng = np.random.default_rng(seed)
    full = np.triu(rng.integers(0, 101, (n, n)) * (rng.random((n, n)) < share), 1).astype(float)
    return full + full.T


def field(n: int, m: int, seed: int, lower: float, upper: float, fixed: int = 0) -> Field:
    weight = np.random.default_rng(seed + 1).integers(0, 11, n).astype(float)
    held = np.zeros(n, np.uint8)
    held[:fixed] = 1
    own = np.random.default_rng(seed + 2).integers(0, 5, (m, n)).astype(float)
    movable = np.flatnonzero(held == 0).astype(np.int32)
    return Field(pairs(n, seed), own, weight, movable, held, lower, upper)


def worth(t: Field, label: np.ndarray) -> float:
    """The objective in plain numpy."""
    return plain.score(t.full, label, 0.0) + float(t.own[label, np.arange(len(label))].sum())


def proven(
    full: np.ndarray, weight: np.ndarray, groups: int, lower: int, upper: int
) -> tuple[float, bool]:
    """The best sum of pairs inside groups, and whether it is proven."""
    n = len(full)
    model = cp_model.CpModel()
    at = [[model.new_bool_var("") for _ in range(groups)] for _ in range(n)]
    for row in at:
        model.add_exactly_one(row)
    for g in range(groups):
        load = sum(int(weight[i]) * at[i][g] for i in range(n))
        model.add_linear_constraint(load, lower, upper)
    gains = []
    for i, j in combinations(range(n), 2):
        for g in range(groups):
            both = model.new_bool_var("")
            model.add_implication(both, at[i][g])
            model.add_implication(both, at[j][g])
            gains.append(int(full[i, j]) * both)
    model.maximize(sum(gains))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 20
    solver.parameters.num_workers = 1
    status = solver.solve(model)
    return solver.objective_value, status == cp_model.OPTIMAL


@pytest.mark.parametrize(("groups", "lower", "upper"), [(3, 10, 30), (2, 0, 35), (4, 11, 18)])
@pytest.mark.parametrize("seed", [0, 1])
def test_small_ones_reach_the_proven_optimum(groups, lower, upper, seed):
    n = 11
    full = pairs(n, seed, 0.6)
    weight = np.random.default_rng(seed).integers(1, 10, n)
    found = matcher.form_groups(
        full, lower=lower, upper=upper, groups=groups, node_weights=weight, seed=seed
    )
    best, optimal = proven(full, weight, groups, lower, upper)
    assert optimal
    assert found.score == pytest.approx(best)


def test_the_smallest_cut_is_the_largest_inside():
    full = pairs(20, 4, 0.3)
    weight = np.random.default_rng(4).uniform(5, 45, 20)
    upper = weight.sum() / 5 * 1.2
    labels = {
        seed: matcher.form_groups(
            full, lower=0, upper=upper, groups=5, node_weights=weight, seed=seed
        ).labels
        for seed in range(3)
    }
    cuts = {
        seed: round(full[label[:, None] != label[None, :]].sum(), 6)
        for seed, label in labels.items()
    }
    assert len(set(cuts.values())) == 1
    inside = plain.score(full, labels[0], 0.0)
    assert full.sum() / 2 - inside == pytest.approx(cuts[0] / 2)


@st.composite
def capacitated(draw):
    """An instance that has an answer, for it is made from one."""
    n = draw(st.integers(2, 25))
    groups = draw(st.integers(1, min(5, n)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    whole = draw(st.booleans())
    weight = rng.integers(0, 11, n).astype(float) if whole else rng.uniform(0.0, 10.0, n)
    hidden = rng.integers(0, groups, n)
    load = np.bincount(hidden, weights=weight, minlength=groups)
    upper = max(float(load.max()), 1.0) * draw(st.sampled_from([1.0, 1.2]))
    lower = float(load.min()) * draw(st.sampled_from([0.0, 0.8]))
    return pairs(n, int(rng.integers(1000)), draw(st.sampled_from([0.2, 1.0]))), {
        "lower": lower,
        "upper": upper,
        "groups": groups,
        "node_weights": weight,
        "threshold": draw(st.sampled_from([0.0, 30.0])),
    }


@SETTINGS
@given(capacitated())
def test_every_bound_is_kept_and_everybody_placed_or_it_is_said(case):
    full, rules = case
    try:
        found = matcher.form_groups(full, **rules)
    except ValueError as refused:
        # Bounds as tight as a packing puzzle: nothing found is an answer, a broken bound is not.
        if "no arrangement was found" not in str(refused):
            raise
        return
    load = np.bincount(found.labels, weights=rules["node_weights"], minlength=rules["groups"])
    assert (found.labels >= 0).all()
    assert load.min() >= rules["lower"] - 1e-9
    assert load.max() <= rules["upper"] + 1e-9
    assert found.score == pytest.approx(plain.score(full, found.labels, rules["threshold"]))


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_the_seed_decides_and_the_number_of_workers_does_not(workers):
    full = pairs(40, 8)
    weight = np.random.default_rng(8).integers(0, 11, 40)
    rules = {"lower": 20, "upper": 70, "groups": 4, "node_weights": weight, "seed": 5}
    one = matcher.form_groups(full, **rules)
    again = matcher.form_groups(full, **rules, workers=workers)
    assert np.array_equal(one.labels, again.labels)
    assert one.stopped == "budget"


def test_a_time_limit_that_is_used_up_is_told():
    full = pairs(150, 1)
    weight = np.random.default_rng(1).integers(1, 11, 150)
    found = matcher.form_groups(
        full, lower=50, upper=150, groups=8, node_weights=weight, time_limit_s=0.05
    )
    assert found.stopped == "time"
    assert all(50 <= load <= 150 for load in np.bincount(found.labels, weights=weight))


def test_pins_must_links_and_previous_groups_hold():
    full = pairs(30, 3)
    before = np.arange(30) % 3
    found = matcher.form_groups(
        full,
        lower=8,
        upper=12,
        groups=3,
        pinned={0: 2, 1: 2, 2: 0},
        must_link=[(3, 4), (4, 5)],
        previous=before,
        move_penalty=1e6,
    )
    assert found.labels[[0, 1, 2]].tolist() == [2, 2, 0]
    assert len(set(found.labels[[3, 4, 5]].tolist())) == 1
    free = np.setdiff1d(np.arange(30), [0, 1, 2, 3, 4, 5])
    assert np.array_equal(found.labels[free], before[free])


def test_items_without_weight_cost_nothing():
    weight = np.array([5.0, 5.0, 0.0, 0.0, 0.0, 0.0])
    full = np.zeros((6, 6))
    full[0, 2:] = full[2:, 0] = 1.0
    found = matcher.form_groups(full, lower=0, upper=5, groups=2, node_weights=weight)
    assert (found.labels[2:] == found.labels[0]).all()
    assert found.labels[1] != found.labels[0]


def test_a_search_that_finds_no_arrangement_says_so():
    with pytest.raises(ValueError, match="no arrangement was found"):
        matcher.form_groups(pairs(3, 0), lower=0, upper=8, groups=2, node_weights=[5, 5, 5])


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
