"""Groups of several searches put together: the best of each, with just enough pairs kept."""

import numpy as np
import pytest
from scipy import sparse

from matcher.again import together_of
from matcher.caps import Limits
from matcher.grouping.problem import Problem
from matcher.patchwork import Patchwork, members_of

N, ROOMY = 24, 99.0


def a_work(value, before=None, least=0.0, unit=None, room=ROOMY, stay=None):
    """Groups of three or four; ``value`` has the affinity of each pair."""
    full = np.triu(value, 1)
    before = np.full(N, -1) if before is None else before
    groups = [np.flatnonzero(before == slot).tolist() for slot in np.unique(before[before >= 0])]
    problem = Problem(
        sparse.csr_array(full + full.T), 3, 4, np.ones(N), np.ones(N),
        previous=before.astype(np.int32), stay=np.zeros(N) if stay is None else stay,
        slots=int(before.max()) + 1,
    )  # fmt: skip
    unit = np.arange(N) if unit is None else unit
    limits = Limits(unit, np.full(int(unit.max()) + 1, room))
    return Patchwork(problem, together_of(range(N), groups), limits, least, cheapest=0.0)


def affinities(*groups):
    """0.9 between members of each group, little else."""
    value = np.full((N, N), 0.01)
    for ids in groups:
        value[np.ix_(ids, ids)] = 0.9
    return value


def in_threes(*others):
    """Triples by number, but that the members of ``others`` sit with each other."""
    label = np.arange(N) // 3
    for slot, ids in enumerate(others, N):
        label[list(ids)] = slot
    return label.astype(np.int32)


def groups_in(label):
    return set(members_of(label))


FIRST, SECOND = (0, 4, 8), (12, 16, 20)
REST = {FIRST: ((3, 1, 5), (6, 7, 2)), SECOND: ((15, 13, 17), (18, 19, 14))}


def test_the_best_of_each_is_taken():
    work = a_work(affinities(FIRST, SECOND))
    work.take(in_threes(FIRST, *REST[FIRST]))
    work.take(in_threes(SECOND, *REST[SECOND]))
    work.put_together(0.01, 2.0)
    assert {FIRST, SECOND} <= groups_in(work.best)


@pytest.mark.parametrize(("parted", "groups"), [(18, {FIRST, SECOND}), (9, {SECOND}), (0, set())])
def test_as_many_pairs_stay_as_have_to(parted, groups):
    value = affinities(FIRST, SECOND)
    value[np.ix_(SECOND, SECOND)] = 1.2
    before = in_threes()
    work = a_work(value, before, least=24 - parted)
    work.take(before)
    for chosen in (FIRST, SECOND):
        work.take(in_threes(chosen, *REST[chosen]))
    work.put_together(0.01, 4.0)
    assert {FIRST, SECOND} & groups_in(work.best) == groups
    assert work.most[0] == 0.0


@pytest.mark.parametrize(("room", "least"), [(1.0, 0.0), (2.0, 0.0), (1.0, 1.0)])
def test_a_unit_is_in_no_more_groups_than_it_may(room, least):
    unit = np.arange(N)
    unit[12] = unit[0]
    before = np.full(N, -1)
    before[[21, 22, 23]] = 0
    work = a_work(affinities(FIRST, SECOND), before, least, unit, room)
    for ids in (FIRST, SECOND):
        label = np.full(N, -1, np.int32)
        label[list(ids)], label[[21, 22, 23]] = 1, 0
        work.take(label)
    work.put_together(0.01, 2.0)
    assert len({FIRST, SECOND} & groups_in(work.best)) == room


def test_who_is_pinned_to_one_slot_sits_in_one_group():
    before, stay, third = np.full(N, -1), np.zeros(N), (5, 6, 7)
    before[[0, 12]], stay[[0, 12]] = 0, 1e3
    work = a_work(affinities(FIRST, SECOND, third), before, least=1.0, stay=stay)
    for groups in ([(0, 12, 1)], [FIRST, third], [SECOND, third]):
        label = np.full(N, -1, np.int32)
        for slot, ids in enumerate(groups):
            label[list(ids)] = slot
        work.take(label)
    work.put_together(0.01, 2.0)
    assert groups_in(work.best) == {(0, 1, 12), third}
    assert work.best[[0, 12]].tolist() == [0, 0]


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_worse_than_the_best_that_was_found(seed):
    rng = np.random.default_rng(seed)
    before = in_threes()
    work = a_work(rng.random((N, N)), before, least=12.0)
    found = [rng.permutation(before).astype(np.int32) for _ in range(5)]
    for label in [before, *found]:
        work.take(label)
    most = work.most
    work.put_together(0.01, 4.0)
    assert work.most >= most
    sizes = np.bincount(work.best[work.best >= 0])
    assert set(sizes.tolist()) <= {0, 3, 4}


def test_members_of_no_groups_are_nobody():
    assert members_of(np.full(4, -1)) == []
    assert members_of(np.array([2, -1, 0, 2])) == [(2,), (0, 3)]
