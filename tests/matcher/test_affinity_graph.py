"""Affinities from features: the lists against plain numpy, order and budget."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from matcher.grouping.graph import Features, affinity_graph
from matcher.grouping.recall import plain_affinities, recall


def some(n: int, seed: int = 0) -> Features:
    rng = np.random.default_rng(seed)
    held = rng.random((n, 60)) ** 3 * (rng.random((n, 60)) < 0.1)
    held[:, 0] += 0.1
    held /= np.linalg.norm(held, axis=1, keepdims=True)
    return Features(
        concepts=sparse.csr_array(held.astype(np.float32)),
        languages=rng.integers(1, 8, n),
        place=rng.uniform((60, 20), (70, 30), (n, 2)),
        maturity=rng.integers(1, 6, n).astype(np.int8),
        unit=rng.integers(0, n, n),
        language=rng.integers(0, 3, n).astype(np.int8),
    )


def test_all_neighbours_of_a_small_pool_are_the_plain_affinities():
    features = some(80)
    graph = affinity_graph(features, k=79).toarray()
    assert np.allclose(graph, plain_affinities(features, np.arange(80)), atol=1e-6)


def test_the_graph_is_symmetric_and_holds_the_nearest_of_each():
    features = some(300)
    graph = affinity_graph(features, k=10, budget=None)
    assert (graph != graph.T).nnz == 0
    full = plain_affinities(features, np.arange(300))
    found = graph.toarray()
    for i in range(300):
        weakest = np.sort(full[i])[-10]
        near = full[i] > weakest + 1e-6
        # Twice as many as wanted are compared in full; distance may lift one from beyond.
        assert (found[i][near] > 0).mean() > 0.7
    assert recall(graph, features, k=10).items > 0.9
    assert recall(graph, features, k=10).weight > 0.98


def test_workers_change_nothing():
    features = some(5_000)
    one = affinity_graph(features, k=8, budget=300)
    other = affinity_graph(features, k=8, budget=300, workers=3)
    assert np.array_equal(one.indices, other.indices)
    assert np.array_equal(one.data, other.data)


def test_a_larger_budget_finds_more():
    features = some(5_000)
    little, more = (recall(affinity_graph(features, k=16, budget=b), features) for b in (100, 2000))
    assert little.items < more.items
    assert more.items > 0.6


def test_a_permutation_of_the_items_permutes_the_graph():
    features = some(200)
    order = np.random.default_rng(1).permutation(200)
    moved = Features(
        concepts=features.concepts[order],
        **{
            name: getattr(features, name)[order]
            for name in ("languages", "place", "maturity", "unit", "language")
        },
    )
    there = affinity_graph(features, k=199).toarray()
    assert np.allclose(affinity_graph(moved, k=199).toarray(), there[np.ix_(order, order)])


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_tiny_pool_has_its_graph(n):
    assert affinity_graph(some(n)).shape == (n, n)


def test_it_refuses_bad_arguments_with_the_value():
    features = some(5)
    with pytest.raises(ValueError, match="k is at least 1, got 0"):
        affinity_graph(features, k=0)
    with pytest.raises(ValueError, match="budget is at least 1, got -1"):
        affinity_graph(features, budget=-1)
    with pytest.raises(ValueError, match="unit has 5 rows, got 4"):
        replace(features, unit=np.arange(4))
