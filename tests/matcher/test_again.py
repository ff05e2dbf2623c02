"""Groups looked at again: who sat together stays, and what is parted is worth it."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pools import FOUR, case, filled
from scipy import sparse

from matcher import forming, metrics
from matcher.again import KEPT, search_again, together_of
from matcher.caps import Limits, within
from matcher.fairness import Rules, blocking_pairs
from matcher.grouping.problem import Problem
from matcher.grouping.solve import solve

N, LOWER, UPPER, THRESHOLD = 240, 4, 8, 0.3


def a_problem(seed=0, **more):
    """Items of thirty topics; near ones share more than the threshold, strangers nothing."""
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, 30, N)
    near = (topic[:, None] == topic) | (rng.random((N, N)) < 0.02)
    full = np.triu(near * rng.uniform(0.1, 0.9, (N, N)), 1)
    affinity = sparse.csr_array(full + full.T)
    rules = {"mask": rng.integers(1, 4, N), "giver": rng.integers(0, 2, N).astype(np.uint8)}
    ones = np.ones(N)
    rules |= more
    return Problem(affinity, LOWER, UPPER, ones, ones, threshold=THRESHOLD, mix=0.5, **rules)


def changed(problem, seed=0, share=0.1):
    """The same with groups from before, of whose members some are new and sit nowhere."""
    label = solve(problem, seed=seed).labels
    before = label.copy()
    before[np.random.default_rng(seed).random(N) < share] = -1
    sizes = np.bincount(before[before >= 0], minlength=before.max() + 1)
    before[(before >= 0) & (sizes[before] < LOWER)] = -1
    slots = int(before.max()) + 1
    return replace(problem, previous=before, stay=np.zeros(N), slots=slots), before


def pairs_of(label):
    groups = [np.flatnonzero(label == slot).tolist() for slot in np.unique(label[label >= 0])]
    return together_of(range(len(label)), groups)


def kept_of(before, label):
    return pairs_of(before).multiply(pairs_of(label)).nnz / max(1, pairs_of(before).nnz)


def value(problem, label):
    givers = len(set(label[(label >= 0) & (problem.giver > 0)].tolist()))
    return metrics.objective(problem.affinity, label, problem.threshold) + problem.mix * givers


THREE = FOUR.model_copy(update={"lower": 3})
FREE = Limits(np.arange(N), np.ones(N))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.sampled_from([0.05, 0.2, 0.6]))
def test_enough_pairs_stay_and_nothing_is_lost(seed, price):
    problem, before = changed(a_problem(seed), seed)
    label = search_again(problem, pairs_of(before), price, FREE, seed=seed)
    assert kept_of(before, label) >= KEPT
    now, then = value(problem, label), value(problem, before)
    assert now >= then
    sizes = np.bincount(label[label >= 0])
    assert set(sizes[sizes > 0].tolist()) <= set(range(LOWER, UPPER + 1))
    for slot in np.unique(label[label >= 0]):
        assert np.bitwise_and.reduce(problem.mask[label == slot])
    rules = Rules(units=FREE.unit, masks=problem.mask, givers=problem.giver)
    assert blocking_pairs(problem.affinity, label, threshold=THRESHOLD, rules=rules) == []


def test_a_lower_bound_of_pairs_is_kept_where_a_low_price_parts_more():
    problem, before = changed(a_problem(3), 3)
    noise = np.random.default_rng(3).uniform(0.7, 1.0, (N, N))
    other = sparse.csr_array(problem.affinity.multiply(np.maximum(noise, noise.T)))
    problem, pairs = replace(problem, affinity=other), pairs_of(before)
    free = search_again(problem, pairs, 0.01, FREE, kept=0.0)
    held = search_again(problem, pairs, 0.01, FREE, kept=0.97)
    assert kept_of(before, free) < 0.97 <= kept_of(before, held)
    assert value(problem, held) >= value(problem, before)


def test_groups_that_go_together_part_nobody():
    """Two halves of one topic become one group at the price that a pool asks for a pair."""
    n = 208
    full = np.zeros((n, n))
    full[:8, :8] = 0.9
    for at in range(8, n, 8):
        full[at : at + 8, at : at + 8] = 0.9
    np.fill_diagonal(full, 0.0)
    before = np.repeat(np.arange(-(-n // 8)), 8)[:n].astype(np.int32)
    before[4:8] = before.max() + 1
    problem = Problem(
        sparse.csr_array(full), 4, 8, np.ones(n), np.ones(n), threshold=THRESHOLD,
        previous=before, stay=np.zeros(n), slots=int(before.max()) + 1,
    )  # fmt: skip
    label = search_again(problem, pairs_of(before), 0.2, Limits(np.arange(n), np.ones(n)))
    assert len(set(label[:8].tolist())) == 1
    assert kept_of(before, label) == 1.0


def test_the_same_seed_gives_the_same_groups():
    problem, before = changed(a_problem(1), 1)
    one, other = (search_again(problem, pairs_of(before), 0.1, FREE, seed=5) for _ in range(2))
    assert one.tolist() == other.tolist()


def test_a_unit_sits_in_no_more_groups_than_it_may():
    unit = np.arange(N) // 4
    own = sparse.csr_array((unit[:, None] == unit) & ~np.eye(N, dtype=bool)).astype(float)
    problem, before = changed(a_problem(2, bars=own), 2)
    limits = Limits(unit, np.full(unit.max() + 1, 2.0))
    label = search_again(problem, pairs_of(before), 0.1, limits, kept=0.0)
    assert np.bincount(unit[label >= 0]).max() <= 2
    assert (label >= 0).sum() > N / 4


@pytest.mark.parametrize("n", [0, 1, 6])
def test_where_nobody_likes_anybody_nobody_is_placed(n):
    start = np.array([0, 0, 0, -1, -1, -1][:n], np.int32)
    problem = Problem(
        sparse.csr_array((n, n)), LOWER, UPPER, np.ones(n), np.ones(n), threshold=THRESHOLD,
        previous=start, stay=np.zeros(n), slots=1,
    )  # fmt: skip
    limits = Limits(np.arange(n), np.ones(n))
    assert (search_again(problem, together_of(range(n), []), 0.2, limits) == -1).all()


def test_one_who_may_not_sit_there_takes_the_seats_of_no_others():
    topic = np.repeat(np.arange(N // 8), 8)
    full = np.where(topic[:, None] == topic, 0.6, 0.0)
    np.fill_diagonal(full, 0.0)
    before = np.where(topic == 1, -1, topic).astype(np.int32)
    problem = Problem(
        sparse.csr_array(full), LOWER, UPPER, np.ones(N), np.ones(N), threshold=THRESHOLD,
        previous=before, stay=np.zeros(N), slots=N // 8,
    )  # fmt: skip
    room = np.ones(N)
    room[8] = 0.0
    label = search_again(problem, pairs_of(before), 0.2, Limits(np.arange(N), room))
    assert label[8] == -1
    assert len(set(label[9:16].tolist())) == 1
    assert label[9] >= 0


def test_where_caps_bind_a_look_gives_as_much_as_a_search_within_them():
    unit = np.arange(N) // 4
    own = sparse.csr_array((unit[:, None] == unit) & ~np.eye(N, dtype=bool)).astype(float)
    problem, before = changed(a_problem(2, bars=own), 2)
    limits = Limits(unit, np.full(unit.max() + 1, 2.0))
    label = search_again(problem, pairs_of(before), 0.1, limits, kept=0.0)
    anew = within(replace(problem, previous=None, stay=None, slots=0), limits, 0)
    assert value(problem, label) >= 0.95 * value(problem, anew)


@pytest.mark.parametrize("seed", range(3))
def test_who_is_pinned_stays_in_the_slot_and_meets_nobody_barred(seed):
    problem, before = changed(a_problem(seed), seed)
    pinned = np.random.default_rng(seed).choice(np.flatnonzero(before >= 0), 10, replace=False)
    stay = np.zeros(N)
    stay[pinned] = 1e3
    apart = np.zeros((N, N))
    one = int(pinned[0])
    other = next(i for i in np.flatnonzero(before == before[one]) if i != one and not stay[i])
    apart[one, other] = apart[other, one] = 1.0
    before[other] = -1
    problem = replace(problem, stay=stay, bars=sparse.csr_array(apart), previous=before)
    label = search_again(problem, pairs_of(before), 0.01, FREE, kept=0.0)
    assert label[pinned[1:]].tolist() == before[pinned[1:]].tolist()
    met = (label[:, None] == label) & (label >= 0)
    assert not (met & (apart > 0)).any()


def test_groups_keep_the_slot_of_most_of_their_members():
    problem, before = changed(a_problem(4), 4)
    label = search_again(problem, pairs_of(before), 0.1, FREE)
    groups = np.unique(label[label >= 0])
    common = np.array([[(before[label == a] == b).sum() for b in groups] for a in groups])
    own = common.diagonal()
    for at, slot in enumerate(groups):
        # Another with more of them has the slot of even more of its own.
        more = np.flatnonzero(common[:, at] > own[at])
        assert slot > before.max() or (own[more] >= common[more, at]).all()


def test_from_no_groups_it_is_a_search():
    problem = a_problem(0)
    none = sparse.csr_array((N, N))
    assert search_again(problem, none, 0.1, FREE).tolist() == solve(problem).labels.tolist()


def test_a_large_pool_keeps_together_who_was_together(monkeypatch):
    monkeypatch.setattr(forming, "WHOLE_UP_TO", 0)
    pool = filled(rules=THREE)
    pool.propose(whole=True)
    assert pool.restless
    while pool.restless:
        told = pool.propose(whole=True)
    then = [sorted(m.challenge_id for m in p.members) for p in told.proposals]
    pool.withdraw(then[0][0])
    pool.propose(whole=False)
    now = pool.propose(whole=True)
    sits = {m.challenge_id: p.id for p in now.proposals for m in p.members}
    for ids in then[1:]:
        assert len({sits.get(key) for key in ids}) == 1


def test_a_restored_pool_looks_again_from_the_same_groups(monkeypatch):
    monkeypatch.setattr(forming, "WHOLE_UP_TO", 0)
    pool = filled(rules=THREE)
    pool.propose(whole=True)
    twin = type(pool).restored(pool.snapshot())
    assert twin._forming.rest == pool._forming.rest != []
    first, other = pool.propose(whole=True), twin.propose(whole=True)
    assert first.proposals == other.proposals


def test_proposals_told_before_the_pool_was_read_are_no_change():
    pool = filled(rules=THREE)
    told = pool.propose().proposals
    again = filled(rules=THREE)
    again.restore(told)
    again.propose()
    assert again._forming.unrest == 0
    card, unit = case("path.jsonl")["path-13"]
    again.revise(card.model_copy(update={"title": "Siivous"}), unit)
    again.propose()
    assert again._forming.unrest == 1


def test_a_member_whom_nobody_likes_much_ends_no_group(monkeypatch):
    """A look at everybody searches for whoever sits somewhere, not only for who is liked."""
    pool = filled(rules=THREE)
    told = pool.propose().proposals
    round_ = pool._round()
    present = {p.id: [m.challenge_id for m in p.members] for p in told}
    monkeypatch.setattr(type(round_), "_liked", lambda *_: [])
    free = [key for ids in present.values() for key in ids]
    kept, new = round_.again(free, present, present.values(), KEPT)
    assert kept == {name: sorted(ids) for name, ids in present.items()}
    assert new == []
