"""What no grouping is worth more than, worked out closely where there are few pairs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matcher import form_groups
from matcher.grouping import clique_bound as shares
from matcher.grouping.bound import degree_bound
from matcher.grouping.clique_bound import clique_bound
from tests.bench.groups.graph import graph
from tests.bench.groups.populations import population


def symmetric(full):
    upper = np.triu(full, 1)
    return sparse.csr_array(upper + upper.T)


def bound(affinity, *, threshold=0.0, upper=12.0, weight=None, apart=None):
    weight = np.ones(affinity.shape[0]) if weight is None else weight
    return clique_bound(affinity, threshold, upper, weight, apart)


def best(worth, weight, upper):
    """The best partition by trying all: every set of the rest with the first of it."""

    def of(left):
        if not left:
            return 0.0
        first, rest = left[0], left[1:]
        found = []
        for code in range(1 << len(rest)):
            group = [first, *(j for at, j in enumerate(rest) if code >> at & 1)]
            if weight[group].sum() <= upper or len(group) == 1:
                inside = worth[np.ix_(group, group)].sum() / 2
                others = [j for at, j in enumerate(rest) if not code >> at & 1]
                found.append(inside + of(others))
        return max(found)

    return of(list(range(len(worth))))


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 7),
    seed=st.integers(0, 10_000),
    threshold=st.sampled_from([0.0, 0.3, 0.6]),
    upper=st.sampled_from([2.0, 3.5, 6.0]),
)
def test_no_partition_is_worth_more(n, seed, threshold, upper):
    rng = np.random.default_rng(seed)
    affinity = symmetric(rng.random((n, n)) * (rng.random((n, n)) < 0.7))
    weight = rng.choice([1.0, 1.5, 2.0], n)
    apart = np.triu(rng.random((n, n)) < 0.2, 1)
    apart |= apart.T
    worth = affinity.toarray() - threshold
    np.fill_diagonal(worth, 0.0)
    worth[apart] = -1e6
    found = bound(affinity, threshold=threshold, upper=upper, weight=weight, apart=apart)
    assert found >= best(worth, weight, upper) - 1e-9


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 40), seed=st.integers(0, 10_000), threshold=st.sampled_from([0.0, 0.3]))
def test_it_is_no_looser_than_that_of_the_best_neighbours(n, seed, threshold):
    rng = np.random.default_rng(seed)
    affinity = symmetric(rng.random((n, n)) * (rng.random((n, n)) < 0.3))
    loose = degree_bound(affinity, threshold, 6.0, np.ones(n))
    assert bound(affinity, threshold=threshold, upper=6.0) <= loose * (1 + 1e-5) + 1e-9


def test_where_topics_are_apart_it_is_what_the_groups_are_worth():
    """Two groups of four, and one strong pair between them that no group can have as well."""
    full = np.zeros((8, 8))
    full[:4, :4] = full[4:, 4:] = 0.8
    full[3, 4] = 0.7
    found = bound(symmetric(full), threshold=0.3, upper=6.0)
    assert found == pytest.approx(12 * 0.5, abs=1e-4)
    assert degree_bound(symmetric(full), 0.3, 6.0, np.ones(8)) > 6.3


def test_a_chain_is_no_group():
    """Neighbours alone would give each of the inner ones two pairs; a group pays for the rest."""
    full = np.zeros((5, 5))
    for i in range(4):
        full[i, i + 1] = 1.0
    assert bound(symmetric(full), threshold=0.5) == pytest.approx(1.0, abs=1e-4)


def test_who_is_apart_is_worth_nothing_together():
    full = np.full((3, 3), 0.9)
    apart = np.zeros((3, 3), np.bool_)
    apart[0, 1] = apart[1, 0] = True
    assert bound(symmetric(full)) == pytest.approx(2.7, abs=1e-4)
    assert bound(symmetric(full), apart=apart) == pytest.approx(0.9, abs=1e-4)


def test_whoever_is_too_heavy_for_any_group_is_worth_nothing():
    full = np.full((3, 3), 0.9)
    found = bound(symmetric(full), upper=2.0, weight=np.array([1.0, 1.0, 5.0]))
    assert found == pytest.approx(0.9, abs=1e-4)


@pytest.mark.parametrize("n", [0, 1])
def test_nobody_and_one_are_worth_nothing(n):
    assert bound(sparse.csr_array((n, n))) == 0.0


def test_too_many_pairs_or_items_are_left_to_the_plain_bound(monkeypatch):
    full = symmetric(np.full((6, 6), 0.9))
    monkeypatch.setattr(shares, "PAIRS_UP_TO", 14)
    assert bound(full) is None
    assert bound(full, threshold=0.95) == 0.0
    monkeypatch.setattr(shares, "ITEMS_UP_TO", 5)
    assert bound(full, threshold=0.95) is None


def test_it_says_how_near_a_pool_with_topics_is_to_the_best():
    affinity = graph(population(40))
    n = affinity.shape[0]
    score = form_groups(affinity, lower=5, upper=12, threshold=0.28, seed=0).score
    close, loose = bound(affinity, threshold=0.28), degree_bound(affinity, 0.28, 12.0, np.ones(n))
    assert score <= close
    assert score / close > 0.95
    assert score / loose < 0.8
