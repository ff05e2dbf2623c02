"""Capacitated clustering: so many groups, everybody placed, sums of weights inside bounds."""

from itertools import combinations

import numpy as np
import pytest
from clustering import pairs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

import matcher
from matcher.grouping import plain

SETTINGS = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


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
