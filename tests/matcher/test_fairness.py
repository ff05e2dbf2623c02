import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import sparse

from matcher.fairness import Rules, fairness


def good(full, labels, threshold, i, group):
    """What i has of a group's members."""
    return sum(full[i, j] - threshold for j in np.flatnonzero(labels == group) if j != i)


def keeps_rules(labels, units, masks, before):
    for group in set(labels[labels >= 0].tolist()):
        at = labels == group
        if len(set(units[at].tolist())) < at.sum():
            return False
        if np.bitwise_and.reduce(masks[before == group]) and not np.bitwise_and.reduce(masks[at]):
            return False
    return True


def blocking_share(full, labels, threshold, units, masks):
    block = set()
    placed = np.flatnonzero(labels >= 0)
    for i, j in itertools.combinations(placed, 2):
        if labels[i] == labels[j]:
            continue
        after = labels.copy()
        after[i], after[j] = labels[j], labels[i]
        gains = all(
            good(full, after, threshold, k, after[k])
            > good(full, labels, threshold, k, labels[k]) + 1e-9
            for k in (i, j)
        )
        if gains and keeps_rules(after, units, masks, labels):
            block |= {i, j}
    return len(block) / len(placed) if len(placed) else 0.0


@given(st.integers(0, 100_000), st.sampled_from([0.0, 0.2, 0.6]), st.sampled_from([0.0, -0.5]))
def test_blocking_members_are_those_who_could_swap(seed, threshold, least):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 13))
    full = np.triu(rng.uniform(least, 1, (n, n)) * (rng.uniform(size=(n, n)) < 0.6), 1)
    full += full.T
    labels = rng.integers(-1, 4, n)
    units, masks = np.arange(n), rng.integers(1, 8, n)
    rows = sparse.csr_array(full)
    no_rules = np.full(n, 1)
    found = fairness(rows, labels, threshold=threshold)
    assert found.blocking == pytest.approx(blocking_share(full, labels, threshold, units, no_rules))
    held = fairness(rows, labels, threshold=threshold, rules=Rules(masks=masks))
    assert held.blocking == pytest.approx(blocking_share(full, labels, threshold, units, masks))


@given(st.integers(0, 100_000))
def test_a_swap_that_brings_a_unit_together_twice_does_not_block(seed):
    rng = np.random.default_rng(seed)
    n = 10
    full = np.triu(rng.uniform(0, 1, (n, n)), 1)
    full += full.T
    units = np.array([0, 0, 0, 1, 1, 2, 3, 4, 5, 6])
    labels = np.array([0, 1, 2, 0, 1, *rng.permutation([0, 1, 2, 2, -1])])
    assume(keeps_rules(labels, units, np.full(n, 1), labels))
    found = fairness(sparse.csr_array(full), labels, rules=Rules(units=units))
    assert found.blocking == pytest.approx(blocking_share(full, labels, 0.0, units, np.full(n, 1)))


def test_two_strangers_in_each_others_company_would_swap():
    full = np.zeros((4, 4))
    for i, j in ((0, 2), (1, 3)):
        full[i, j] = full[j, i] = 1.0
    apart, together = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    assert fairness(sparse.csr_array(full), apart).blocking == 1.0
    assert fairness(sparse.csr_array(full), together).blocking == 0.0


def test_envy_is_a_better_group_by_more_than_a_tenth():
    full = np.zeros((5, 5))
    for i, j, value in ((0, 1, 0.5), (0, 2, 0.54), (0, 3, 0.54), (2, 3, 0.9), (1, 4, 0.7)):
        full[i, j] = full[j, i] = value
    labels = np.array([0, 0, 1, 1, -1])
    assert fairness(sparse.csr_array(full), labels).envy == 0.0
    full[0, 2] = full[2, 0] = 0.6
    assert fairness(sparse.csr_array(full), labels).envy == 0.25


def test_nobody_placed_blocks_nothing():
    assert fairness(sparse.csr_array(np.ones((3, 3))), np.full(3, -1)).blocking == 0.0
