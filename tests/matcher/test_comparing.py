"""Texts compared all at once are as alike as when they are compared one by one."""

import sys

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher
from pools import filled
from scipy import sparse

from matcher import comparing
from matcher.affinity import fits, traits_of
from matcher.comparing import likest, lists_of, products
from matcher.neighbours import NEAREST, Neighbours, nearest
from matcher.params import AffinityWeights
from matcher.places import distance_km, distances_km
from matcher.pool import Pool
from matcher.warm import warm
from tests.bench.groups.live import invented


def texts(n, seed=0):
    """Vectors, and sparse rows with some columns that many hold and most that few do."""
    rng = np.random.default_rng(seed)
    share = np.concatenate([np.full(3, 0.5), np.full(60, 0.05)])
    rows = sparse.csr_array((rng.random((n, 63)) * (rng.random((n, 63)) < share)).astype("f4"))
    return rng.random((n, 4), dtype=np.float32) / 4, rows


@pytest.mark.parametrize(("n", "most"), [(1, 4), (5, 4), (300, 8), (300, 200)])
def test_the_likest_of_each_are_those_of_the_full_table(n, most):
    vectors, rows = texts(n)
    full = vectors @ vectors.T + (rows @ rows.T).toarray()
    np.fill_diagonal(full, -1)
    item, score = likest(vectors, rows, most)
    for i in range(n):
        found = item[i][item[i] >= 0]
        assert np.all(np.diff(found) > 0)
        assert len(found) >= min(most, n - 1)
        assert score[i][: len(found)] == pytest.approx(full[i][found], abs=1e-5)
        wanted = np.sort(full[i])[::-1][: min(most, n - 1)]
        assert np.sort(score[i])[::-1][: len(wanted)] == pytest.approx(wanted, abs=1e-5)


def test_no_more_columns_are_laid_out_than_allowed_and_the_likest_are_the_same(monkeypatch):
    vectors, rows = texts(200)
    parts = (vectors, rows, 8)
    before = likest(*parts)
    wide, rest = comparing._common_apart(vectors, rows)
    assert wide.shape[1] == vectors.shape[1] + 3
    monkeypatch.setattr(comparing, "MOST_COMMON", 2)
    narrow, more = comparing._common_apart(vectors, rows)
    assert narrow.shape[1] == vectors.shape[1] + 2
    held = np.diff(rows.tocsc().indptr)
    assert more.nnz == rest.nnz + min(held[:3])  # the columns that most hold went first
    after = likest(*parts)
    assert np.array_equal(before[0], after[0])
    assert before[1] == pytest.approx(after[1], abs=1e-5)


def test_of_equals_as_many_are_kept_as_there_is_room_for():
    item, score = likest(np.ones((40, 1), np.float32), sparse.csr_array((40, 2), dtype="f4"), 4)
    assert (np.sort(score, axis=1)[:, -4:] == 1).all()
    assert all(i not in row for i, row in enumerate(item.tolist()))


def test_lists_tell_who_holds_a_column():
    lists = lists_of(sparse.csr_array(np.array([[0, 2], [3, 4]], np.float32)))
    assert lists.begin.tolist() == [0, 1, 3]
    assert lists.item.tolist() == [1, 0, 1]
    assert lists.weight.tolist() == [3, 2, 4]


def test_products_are_those_of_the_rows_and_nothing_where_there_is_none():
    _, rows = texts(20)
    i, j = np.array([3, 0, -1, 3, 4]), np.array([5, 1, 2, 3, -1])
    full = (rows @ rows.T).toarray()
    found = products(rows, rows, i, j)
    assert found[[0, 1, 3]] == pytest.approx(full[i[[0, 1, 3]], j[[0, 1, 3]]], abs=1e-5)
    assert np.isnan(found[[2, 4]]).all()


def test_affinities_of_a_round_are_the_same_from_the_table_and_one_by_one():
    pool = filled()
    pool.peers("path-01")
    near = pool._neighbours
    near.settle(pool._entries, anew=True)
    some = sorted(pool)[1::2]
    table = near.matrix(some)
    near.near = {key: dict(ids) for key, ids in near.near.items()}
    near._table = None
    assert (table != near.matrix(some)).nnz == 0
    assert table.nnz > 0
    near.settle(pool._entries, anew=True)
    gone = some.pop()
    near.remove(gone)
    assert near.matrix(some).nnz == table[:-1][:, :-1].nnz
    near.change(some[0])
    near.settle(pool._entries)
    assert near.matrix(some).toarray() == pytest.approx(table[:-1][:, :-1].toarray(), abs=1e-5)


def test_everybody_linked_at_once_is_near_the_same_as_one_by_one():
    pool = filled()
    pool.peers("path-01")
    at_once = pool._neighbours
    at_once.settle(pool._entries, anew=True)
    single = Neighbours(pool.rules.affinity)
    single._refresh(pool._entries)
    for key in sorted(pool):
        single._link(pool._entries, key)
    assert {key: set(near) for key, near in at_once.near.items()} == {
        key: set(near) for key, near in single.near.items()
    }
    for key, near in at_once.near.items():
        assert near == pytest.approx({k: single.near[key][k] for k in near}, abs=1e-5)
        assert all(at_once.near[other][key] == value for other, value in near.items())


def test_nobody_has_more_nearest_than_are_kept_for_it_and_for_others():
    pool = Pool()
    for card, unit in invented(150):
        pool.add(card, unit)
    pool.peers("c000000")
    pairs = sum(map(len, pool._neighbours.near.values())) / 2
    assert 0 < pairs <= 150 * NEAREST


def test_distances_of_many_are_those_of_each():
    here, there = np.array([[60.1, 24.9], [60.1, 24.9]]), np.array([[61.5, 23.8], [np.nan, 0]])
    km = distances_km(here, there)
    assert km[0] == pytest.approx(distance_km((60.1, 24.9), (61.5, 23.8)))
    assert np.isnan(km[1])


def test_a_place_that_is_not_known_costs_nothing():
    entries = list(filled()._entries.values())[:2]
    for entry in entries:
        entry.on_site = True
    i, j = np.array([0]), np.array([1])
    known = fits(traits_of(entries), i, j, AffinityWeights())
    entries[0].point = None
    assert fits(traits_of(entries), i, j, AffinityWeights()) >= known


def test_a_round_compiles_nothing_that_was_not_compiled_when_it_was_warm():
    warm()
    pool = Pool()
    for card, unit in invented(260):
        pool.add(card, unit)
    before = {name: len(loop.signatures) for name, loop in loops()}
    pool.propose(whole=True)
    pool.propose(whole=True)
    assert {name: len(loop.signatures) for name, loop in loops()} == before


def loops():
    for module in [m for name, m in sys.modules.items() if name.startswith("matcher.")]:
        for name, loop in vars(module).items():
            if isinstance(loop, CPUDispatcher):
                yield f"{module.__name__}.{name}", loop


def test_the_loops_that_compare_are_among_those():
    assert {f"matcher.comparing.{name}" for name in ("compare", "add_shared", "multiply")} <= {
        name for name, _ in loops()
    }
    assert comparing.warm() is None


def test_of_many_equal_texts_the_same_are_nearest_whatever_the_order_of_arrival():
    keys = [f"ch-{number:03}" for number in range(300)]
    scores = np.full(300, 0.5, np.float32)
    scores[::2] += np.float32(1e-7)  # as rounding has it
    rising = [keys[at] for at in nearest(keys, scores)]
    falling = [keys[::-1][at] for at in nearest(keys[::-1], scores)]
    assert rising == falling == keys[:NEAREST]
