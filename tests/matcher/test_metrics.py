import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from matcher import metrics
from matcher.cohesion import cohesion, member_fits
from matcher.places import distance_km

AFFINITY = np.array(
    [
        [0.0, 0.9, 0.7, 0.0, 0.0, 0.1],
        [0.9, 0.0, 0.8, 0.0, 0.0, 0.0],
        [0.7, 0.8, 0.0, 0.2, 0.0, 0.0],
        [0.0, 0.0, 0.2, 0.0, 0.5, 0.3],
        [0.0, 0.0, 0.0, 0.5, 0.0, 0.0],
        [0.1, 0.0, 0.0, 0.3, 0.0, 0.0],
    ]
)
LABELS = np.array([0, 0, 0, 4, 4, -1])


@st.composite
def partitions(draw):
    n = draw(st.integers(1, 14))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    full = np.triu(rng.uniform(0, 1, (n, n)) * (rng.uniform(size=(n, n)) < 0.6), 1)
    return full + full.T, rng.integers(-1, 4, n)


def test_the_numbers_of_a_small_partition():
    rows = sparse.csr_array(AFFINITY)
    held = metrics.cohesions(rows, LABELS)
    assert metrics.coverage(LABELS) == pytest.approx(5 / 6)
    assert metrics.sizes(LABELS).tolist() == [3, 2]
    assert metrics.objective(rows, LABELS) == pytest.approx(2.9)
    assert metrics.objective(rows, LABELS, 0.3) == pytest.approx(2.9 - 4 * 0.3)
    assert metrics.group_means(rows, LABELS) == pytest.approx([0.8, 0.5])
    assert held.mean == pytest.approx(2.9 / 4)
    assert held.worst_group == pytest.approx(0.5)
    assert held.tenth == pytest.approx(0.53)
    assert held.worst_member == pytest.approx(0.5)


@given(partitions())
def test_they_agree_with_the_cohesion_of_each_group(drawn):
    full, labels = drawn
    rows = sparse.csr_array(full)
    fits = metrics.member_means(rows, labels)
    used = np.unique(labels[labels >= 0])
    for mean, group in zip(metrics.group_means(rows, labels), used, strict=True):
        members = np.flatnonzero(labels == group)
        inside = full[np.ix_(members, members)]
        assert fits[members] == pytest.approx(member_fits(inside))
        if len(members) > 1:
            assert mean == pytest.approx(cohesion(inside))
    assert np.isnan(fits[labels < 0]).all()


@given(partitions())
def test_every_pair_inside_a_group_is_met_once(drawn):
    _, labels = drawn
    one, other = metrics.pairs_inside(labels)
    met = {frozenset(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)}
    assert met == {
        frozenset((i, j))
        for i, j in itertools.combinations(range(len(labels)), 2)
        if labels[i] == labels[j] >= 0
    }
    assert len(met) == len(one)


def test_reach_is_the_median_distance_of_two_members():
    helsinki, tampere, oulu = (60.17, 24.94), (61.50, 23.76), (65.01, 25.47)
    degrees = np.array([helsinki, tampere, oulu, helsinki, (np.nan, np.nan), tampere])
    expected = distance_km(tampere, oulu)
    others = [distance_km(helsinki, tampere), distance_km(helsinki, oulu)]
    assert min(others) < expected < max(others)
    assert metrics.reach_km(LABELS, degrees) == pytest.approx(expected)
    assert np.isnan(metrics.reach_km(np.array([0, 1, 2, 3, 4, -1]), degrees))


def test_a_language_is_common_when_every_member_has_it():
    masks = np.array([0b011, 0b001, 0b101, 0b010, 0b100, 0b111])
    assert metrics.common_language_share(LABELS, masks) == 0.5
    assert metrics.common_language_share(np.full(6, -1), masks) == 1.0


def test_a_mixed_group_has_a_master_and_two_novices():
    assert metrics.mixed_share(LABELS, np.array([4, 2, 1, 5, 1, 1])) == 0.5
    assert metrics.mixed_share(LABELS, np.array([3, 2, 1, 5, 1, 1])) == 0.0


def test_stability_counts_the_pairs_of_those_who_stayed():
    before = np.array([0, 0, 0, 1, 1, -1])
    after = np.array([7, 7, 3, 3, -1, 3])
    unchanged = np.array([True, True, False, True, True, True])
    assert metrics.stability(before, after) == pytest.approx(1 / 4)
    assert metrics.stability(before, after, unchanged) == pytest.approx(1 / 2)
    assert metrics.stability(before, before) == 1.0
    assert metrics.stability(np.full(6, -1), after) == 1.0


def test_the_gap_is_a_share_of_the_bound():
    assert metrics.gap(9.0, 10.0) == pytest.approx(0.1)
    assert metrics.gap(0.0, 0.0) == 0.0


def test_nobody_placed_is_no_accident():
    rows, nobody = sparse.csr_array(AFFINITY), np.full(6, -1)
    assert metrics.coverage(nobody) == 0.0
    assert metrics.coverage(nobody[:0]) == 1.0
    assert metrics.cohesions(rows, nobody) == metrics.Cohesions(0.0, 0.0, 0.0, 0.0)
    assert metrics.objective(rows, nobody) == 0.0
