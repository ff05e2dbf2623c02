"""What holds of every partition, whatever the affinity and the rules."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model
from scipy import sparse

import matcher
from matcher.grouping import plain
from matcher.grouping.kernels.moves import anneal, move_change
from matcher.grouping.kernels.state import rebuild
from matcher.grouping.problem import Problem, state_of, task_of

SETTINGS = settings(max_examples=20, deadline=None)


@st.composite
def pools(draw, most: int = 30):
    n = draw(st.integers(0, most))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share = draw(st.sampled_from([0.1, 0.4, 1.0]))
    full = np.triu(rng.random((n, n)) * (rng.random((n, n)) < share), 1)
    lower = draw(st.integers(2, 5))
    rules = {
        "lower": lower,
        "upper": lower + draw(st.integers(0, 5)),
        "threshold": draw(st.sampled_from([0.0, 0.2, 0.5])),
        "seed": draw(st.integers(0, 3)),
    }
    pairs = [(i, j) for i, j in combinations(range(n), 2)]
    if pairs:
        rules["cannot_link"] = draw(st.lists(st.sampled_from(pairs), max_size=8))
    return full + full.T, rules


def parts(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == g).tolist()) for g in set(labels.tolist()) - {-1}}


def told(part: Iterable[int], alike: list[tuple[float, ...]]) -> tuple[tuple[float, ...], ...]:
    """A group by what its members are like."""
    return tuple(sorted(alike[i] for i in part))


@SETTINGS
@given(pools())
def test_every_rule_is_kept_and_everybody_left_out_has_a_reason(pool):
    full, rules = pool
    found = matcher.form_groups(full, **rules)
    assert all(rules["lower"] <= size <= rules["upper"] for size in found.sizes)
    for i, j in rules.get("cannot_link", ()):
        assert found.labels[i] < 0 or found.labels[i] != found.labels[j]
    assert set(found.unassigned_reasons) == set(np.flatnonzero(found.labels < 0).tolist())
    assert found.score == pytest.approx(plain.score(full, found.labels, rules["threshold"]))
    assert found.score <= found.bound + 1e-9


@SETTINGS
@given(pools())
def test_the_same_again_is_the_same_and_workers_change_nothing(pool):
    full, rules = pool
    one = matcher.form_groups(full, **rules)
    assert np.array_equal(one.labels, matcher.form_groups(full, **rules, workers=3).labels)


@SETTINGS
@given(pools(), st.randoms(use_true_random=False))
def test_a_permutation_changes_nothing_but_numbers(pool, random):
    full, rules = pool
    n = len(full)
    order = list(range(n))
    random.shuffle(order)
    number = {old: new for new, old in enumerate(order)}
    cannot = [(number[i], number[j]) for i, j in rules.get("cannot_link", ())]
    there = matcher.form_groups(full, **rules)
    back = matcher.form_groups(full[np.ix_(order, order)], **rules | {"cannot_link": cannot})
    alike = [tuple(np.sort(row)[::-1][:3]) for row in full]  # a tie: who is who is not told
    now = Counter(told([order[i] for i in part], alike) for part in parts(back.labels))
    assert now == Counter(told(part, alike) for part in parts(there.labels))
    assert back.score == pytest.approx(there.score)


@SETTINGS
@given(pools())
def test_an_irrelevant_item_changes_nobody(pool):
    full, rules = pool
    more = np.pad(full, ((0, 1), (0, 1)))
    there, back = matcher.form_groups(full, **rules), matcher.form_groups(more, **rules)
    assert np.array_equal(back.labels[:-1], there.labels)
    assert back.labels[-1] == -1


def best_of_all(full: np.ndarray, lower: int, upper: int, threshold: float) -> float:
    """The best score by looking at every partition: a set at a time, its first item first."""
    n = len(full)
    best = {0: 0.0}
    worth = np.zeros(1 << n)
    for bits in range(1, 1 << n):
        first = (bits & -bits).bit_length() - 1
        rest = bits & (bits - 1)
        worth[bits] = worth[rest] + sum(
            full[first, j] - threshold for j in range(n) if rest >> j & 1
        )
    for bits in range(1, 1 << n):
        rest = bits & (bits - 1)
        value = best[rest]
        part = bits
        while part:
            if part & bits & -bits and lower <= part.bit_count() <= upper:
                value = max(value, worth[part] + best[bits ^ part])
            part = (part - 1) & bits
        best[bits] = value
    return best[(1 << n) - 1]


def test_tiny_pools_are_solved_to_the_optimum_nearly_always():
    hits = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        full = np.triu(rng.random((9, 9)), 1)
        full += full.T
        threshold = [0.0, 0.3, 0.5][seed % 3]
        best = best_of_all(full, 3, 5, threshold)
        found = matcher.form_groups(full, lower=3, upper=5, threshold=threshold).score
        assert found <= best + 1e-9
        hits += found >= best - 1e-9
    assert hits >= 38


def test_twenty_items_reach_the_proven_optimum():
    rng = np.random.default_rng(7)
    n, lower, upper = 20, 4, 6
    full = np.triu(rng.integers(0, 100, (n, n)), 1)
    full += full.T
    model = cp_model.CpModel()
    at = [[model.new_bool_var("") for _ in range(4)] for _ in range(n)]
    for row in at:
        model.add_exactly_one(row)
    for g in range(4):
        model.add_linear_constraint(sum(row[g] for row in at), lower, upper)
    gains = []
    for i, j in combinations(range(n), 2):
        for g in range(4):
            both = model.new_bool_var("")
            model.add_implication(both, at[i][g])
            model.add_implication(both, at[j][g])
            gains.append(int(full[i, j]) * both)
    model.maximize(sum(gains))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = 20
    solver.parameters.num_workers = 1
    solver.solve(model)
    found = matcher.form_groups(full, lower=lower, upper=upper, groups=4)
    assert found.score >= solver.objective_value


@SETTINGS
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_the_loops_agree_with_plain_numpy(seed, dense):
    rng = np.random.default_rng(seed)
    n, slots, threshold = 24, 5, 0.2
    full = np.triu(rng.random((n, n)) * (rng.random((n, n)) < 0.5), 1)
    full += full.T
    problem = Problem(sparse.csr_array(full), 3, 8, np.ones(n), np.ones(n), threshold=threshold)
    task = task_of(problem)
    if not dense:
        task = task._replace(dense=False, full=np.zeros((0, 0)))
    labels = rng.integers(0, slots, n).astype(np.int32)
    state = state_of(task, slots, labels, seed)._replace(members=np.zeros((slots, n + 1), np.int32))
    rebuild(task, state)
    i, v = 0, int(rng.integers(1, n))
    f, g = int(labels[i]), int(labels[v])
    if f != g:
        assert move_change(task, state, i, f, g, v) == pytest.approx(
            plain.move_change(full, labels.astype(np.int64), threshold, i, g, v)
        )
        assert move_change(task, state, i, f, g, -1) == pytest.approx(
            plain.move_change(full, labels.astype(np.int64), threshold, i, g)
        )
    anneal(task, state, 0.9, 0.5, 0.05, 0, 3000, 3000)
    placed = np.where(state.label == slots, -1, state.label).astype(np.int64)
    assert np.allclose(state.gain, plain.gains(full, placed, slots))
    rebuild(task, state)
    assert np.allclose(state.gain, plain.gains(full, placed, slots))
