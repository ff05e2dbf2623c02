"""Forming groups from affinities: worked cases, refusals, rules."""

import numpy as np
import pytest
from scipy import sparse

import matcher
from matcher.grouping import plain


def blocks(*sizes: int, inside: float = 1.0, between: float = 0.0) -> np.ndarray:
    """Affinity of clear clusters."""
    of = np.repeat(np.arange(len(sizes)), sizes)
    full = np.where(of[:, None] == of[None, :], inside, between).astype(float)
    np.fill_diagonal(full, 0.0)
    return full


def random_affinity(n: int, seed: int = 0, share: float = 0.4) -> np.ndarray:
    rng = np.random.default_rng(seed)
    full = np.triu(rng.random((n, n)) * (rng.random((n, n)) < share), 1)
    return full + full.T


def parts(labels: np.ndarray) -> set[frozenset[int]]:
    return {frozenset(np.flatnonzero(labels == g).tolist()) for g in set(labels) - {-1}}


def test_it_finds_clear_clusters():
    found = matcher.form_groups(blocks(5, 7, 6), lower=5, upper=8)
    assert parts(found.labels) == {
        frozenset(range(5)),
        frozenset(range(5, 12)),
        frozenset(range(12, 18)),
    }
    assert found.score == pytest.approx(10 + 21 + 15)
    assert found.score <= found.bound
    assert found.stopped == "budget"
    assert found.unassigned_reasons == {}


def test_labels_are_numbered_by_first_member():
    labels = matcher.form_groups(blocks(5, 5), lower=5, upper=5).labels
    assert labels.tolist() == [0] * 5 + [1] * 5


def test_sparse_and_dense_affinity_give_the_same():
    full = random_affinity(60)
    dense = matcher.form_groups(full, lower=4, upper=8)
    for kind in (sparse.csr_array, sparse.coo_array, sparse.csc_matrix):
        assert np.array_equal(
            matcher.form_groups(kind(full), lower=4, upper=8).labels, dense.labels
        )


def test_an_outlier_is_left_out_with_its_reason():
    full = np.zeros((13, 13))
    full[:12, :12] = blocks(6, 6)
    full[12, 0] = full[0, 12] = 0.2
    found = matcher.form_groups(full, lower=5, upper=8, threshold=0.3)
    assert found.labels[12] == -1
    assert found.unassigned_reasons == {12: "below-threshold"}


@pytest.mark.parametrize(
    ("full", "kw", "reason"),
    [
        (np.zeros((3, 3)), {}, "no-affinity"),
        (blocks(3), {"lower": 4}, "too-few"),
        (blocks(13), {"lower": 6, "upper": 6}, "groups-full"),
        (blocks(5), {"pinned": {0: -1}}, "kept-out"),
        (blocks(5), {"cannot_link": [(0, j) for j in range(1, 5)]}, "no-permitted"),
        (blocks(4), {"node_weights": [9, 1, 1, 1]}, "too-heavy"),
    ],
)
def test_reasons_say_why_an_item_is_left_out(full, kw, reason):
    found = matcher.form_groups(full, **({"lower": 2, "upper": 6} | kw))
    assert reason in found.unassigned_reasons.values()
    assert set(found.unassigned_reasons) == set(np.flatnonzero(found.labels < 0).tolist())


def test_must_links_hold_over_affinity():
    found = matcher.form_groups(blocks(6, 6), lower=4, upper=8, must_link=[(0, 6), (6, 1)])
    assert found.labels[0] == found.labels[6] == found.labels[1]


def test_cannot_links_hold_over_affinity():
    found = matcher.form_groups(blocks(10), lower=4, upper=6, cannot_link=[(0, 1), (2, 3)])
    assert found.labels[0] != found.labels[1]
    assert found.labels[2] != found.labels[3]


def test_pins_name_the_group():
    found = matcher.form_groups(blocks(5, 5), lower=4, upper=6, pinned={0: 7, 5: 3})
    assert found.labels.tolist() == [7] * 5 + [3] * 5


def test_a_pin_pulls_others_into_its_group():
    found = matcher.form_groups(blocks(6, 6), lower=5, upper=7, pinned={0: 1, 6: 1})
    assert found.labels[0] == found.labels[6] == 1
    assert 5 <= (found.labels == 1).sum() <= 7


def test_exactly_so_many_groups_and_everybody_placed():
    found = matcher.form_groups(random_affinity(30, 3), lower=4, upper=8, groups=5)
    assert sorted(set(found.labels)) == [0, 1, 2, 3, 4]
    assert all(4 <= size <= 8 for size in found.sizes)


def test_node_weights_bound_the_sum():
    rng = np.random.default_rng(1)
    weight = rng.uniform(0, 10, 40)
    found = matcher.form_groups(
        random_affinity(40, 2, 1.0), lower=30, upper=60, groups=4, node_weights=weight
    )
    loads = np.bincount(found.labels, weights=weight)
    assert (loads >= 30).all()
    assert (loads <= 60).all()


def test_a_dear_move_keeps_everybody():
    full = random_affinity(50, 5)
    before = matcher.form_groups(full, lower=4, upper=8).labels
    noisy = full + np.abs(random_affinity(50, 6)) * 0.05
    kept = matcher.form_groups(noisy, lower=4, upper=8, previous=before, move_penalty=50.0)
    assert kept.moved == ()
    assert np.array_equal(kept.labels[before >= 0], before[before >= 0])


def test_it_says_who_moved():
    before = np.array([0] * 5 + [1] * 5)
    before[4], before[5] = 1, 0
    found = matcher.form_groups(blocks(5, 5), lower=4, upper=6, previous=before, move_penalty=0.1)
    assert found.moved == (4, 5)


def test_the_score_is_the_plain_sum():
    full = random_affinity(80, 9)
    found = matcher.form_groups(full, lower=5, upper=9, threshold=0.1)
    assert found.score == pytest.approx(plain.score(full, found.labels, 0.1), abs=1e-9)


def test_no_single_move_is_left_that_would_improve():
    full = random_affinity(60, 4)
    labels = matcher.form_groups(full, lower=4, upper=7, threshold=0.1).labels
    assert plain.improving_moves(full, labels, lower=4, upper=7, threshold=0.1) == []


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_number_of_workers_changes_nothing(workers):
    full = random_affinity(90, 11)
    one = matcher.form_groups(full, lower=5, upper=9, seed=3)
    assert np.array_equal(
        matcher.form_groups(full, lower=5, upper=9, seed=3, workers=workers).labels, one.labels
    )


def test_a_pulled_brake_is_told_and_the_answer_keeps_the_rules():
    found = matcher.form_groups(random_affinity(300, 1), lower=5, upper=9, time_limit_s=0.0)
    assert found.stopped == "time"
    assert all(5 <= size <= 9 for size in found.sizes)


@pytest.mark.parametrize(
    ("full", "said"),
    [
        ([[0, np.nan], [np.nan, 0]], r"affinity\[0, 1\] is nan"),
        ([[0, np.inf], [np.inf, 0]], r"affinity\[0, 1\] is inf"),
        ([[0, 1], [2, 0]], r"affinity\[0, 1\] = 1.0 and affinity\[1, 0\] = 2.0"),
        ([[0, 1, 2], [1, 0, 3]], r"\(2, 3\)"),
        ([1, 2], r"\(2,\)"),
        ([["a"]], "square matrix of numbers"),
        (sparse.csr_array([[0, np.nan], [np.nan, 0]]), r"affinity\[0, 1\] is nan"),
    ],
)
def test_it_refuses_a_bad_affinity_with_the_value(full, said):
    with pytest.raises(ValueError, match=said):
        matcher.form_groups(full, lower=2, upper=3)


@pytest.mark.parametrize(
    ("kw", "said"),
    [
        ({"lower": 0}, "lower is at least 1, got 0"),
        ({"lower": 4, "upper": 3}, "upper is at least lower = 4 .* got 3"),
        ({"lower": 2.5}, "lower is a whole number .* got 2.5"),
        ({"upper": float("nan")}, "upper is a finite number, got nan"),
        ({"groups": 0}, "groups is a whole number from 1, got 0"),
        ({"node_weights": [1.0]}, r"node_weights has shape \(6,\), got \(1,\)"),
        ({"node_weights": [1, 1, -2, 1, 1, 1]}, r"node_weights\[2\] is -2.0"),
        ({"must_link": [(0, 9)]}, "must_link names items 0 … 5, got 9"),
        ({"cannot_link": [(1, 1)]}, r"pairs of different items, got \[1, 1\]"),
        ({"pinned": {0: -2}}, r"pinned\[0\] is a whole number from -1, got -2"),
        ({"previous": [0, 1]}, "previous holds 6 whole numbers"),
        ({"previous": [-3, 0, 0, 0, 0, 0]}, r"previous\[0\] is -1 or a group, got -3"),
        ({"move_penalty": -1}, "move_penalty is at least 0, got -1"),
        ({"threshold": float("inf")}, "threshold is a finite number, got inf"),
        ({"seed": -1}, "seed is a whole number from 0, got -1"),
        ({"workers": 0}, "workers is a whole number from 1, got 0"),
    ],
)
def test_it_refuses_a_bad_argument_with_the_value(kw, said):
    with pytest.raises(ValueError, match=said):
        matcher.form_groups(blocks(6), **({"lower": 2, "upper": 4} | kw))


@pytest.mark.parametrize(
    ("kw", "said"),
    [
        (
            {"must_link": [(0, 1), (1, 2), (2, 3), (1, 3)], "cannot_link": [(0, 3)]},
            r"must-link \[0, 1\] and must-link \[1, 3\] against cannot-link \[0, 3\]",
        ),
        (
            {"must_link": [(0, 1)], "pinned": {0: 0, 1: 1}},
            r"must-link \[0, 1\] against item 0 pinned to 0 and item 1 pinned to 1",
        ),
        (
            {"cannot_link": [(0, 1)], "pinned": {0: 2, 1: 2}},
            r"cannot-link \[0, 1\] against items 0 and 1 both pinned to group 2",
        ),
        ({"must_link": [(i, i + 1) for i in range(5)]}, r"\[0, 1, 2, 3, 4, 5\] together"),
        ({"pinned": dict.fromkeys(range(5), 0)}, "pinned to group 0, .* sum to 5"),
        ({"groups": 4}, "4 groups of at least 2 need 8, there is 6"),
        ({"groups": 1}, "1 groups of at most 4 hold 4, there is 6"),
    ],
)
def test_rules_that_clash_are_named(kw, said):
    with pytest.raises(ValueError, match=said):
        matcher.form_groups(blocks(6), **({"lower": 2, "upper": 4} | kw))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_tiny_pool_gives_a_result(n):
    found = matcher.form_groups(np.zeros((n, n)), lower=3, upper=5)
    assert found.labels.tolist() == [-1] * n
    assert found.score == 0.0


def test_everybody_forbids_everybody():
    pairs = [(i, j) for i in range(20) for j in range(i)]
    found = matcher.form_groups(blocks(20), lower=3, upper=5, cannot_link=pairs)
    assert (found.labels == -1).all()
    assert set(found.unassigned_reasons.values()) == {"no-permitted"}


def test_all_alike_fill_groups():
    found = matcher.form_groups(blocks(40), lower=5, upper=8)
    assert (found.labels >= 0).all()


def test_negative_affinity_keeps_apart():
    full = blocks(5, 5, between=-1.0)
    found = matcher.form_groups(full, lower=5, upper=10)
    assert parts(found.labels) == {frozenset(range(5)), frozenset(range(5, 10))}
