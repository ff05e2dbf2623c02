"""Groups that several runs found, put together."""

from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import matcher
from matcher.grouping import choice, packing, plain
from matcher.grouping.choice import branches
from matcher.grouping.packing import groups_of, may_pack, packed
from matcher.grouping.pinned import around_pins
from matcher.grouping.problem import Problem


def affinities(n: int, seed: int, share: float = 0.6) -> np.ndarray:
    """Affinities in [0, 1], ``share`` of them not zero."""
    rng = np.random.default_rng(seed)
    full = np.triu(rng.random((n, n)) * (rng.random((n, n)) < share), 1)
    return full + full.T


def problem(full: np.ndarray, **rules) -> Problem:
    n = len(full)
    given = {"lower": 2, "upper": 4, "weight": np.ones(n), "heads": np.ones(n)} | rules
    return Problem(affinity=sparse.csr_array(full), **given)


def best_choice(
    given_: Problem, full: np.ndarray, found: list[np.ndarray], slots: int
) -> float | None:
    """The best sum over disjoint groups in slots of their own, by trying every choice."""
    groups = {
        tuple(np.flatnonzero(label == g)) for label in found for g in range(slots) if g in label
    }
    groups |= set(around_pins(given_, sorted(groups)))
    groups = {group for group in groups if 2 <= len(group) <= 4}
    pin = given_.pin if given_.pin is not None else np.full(given_.n, -2)
    must = set(np.flatnonzero(pin >= 0).tolist())
    best = None
    for number in range(slots + 1):
        for chosen in combinations(sorted(groups), number):
            members = [i for group in chosen for i in group]
            if len(members) != len(set(members)) or not must <= set(members):
                continue
            value = sum(
                full[i, j] - given_.threshold for g in chosen for i, j in combinations(g, 2)
            )
            stays = max(
                (
                    _stays(given_, pin, chosen, order)
                    for order in permutations(range(slots), number)
                ),
                default=0.0,
            )
            if stays > -np.inf:
                best = value + stays if best is None else max(best, value + stays)
    return best


def _stays(given_: Problem, pin: np.ndarray, chosen: tuple, order: tuple[int, ...]) -> float:
    """What it is worth that members stay in these slots; -inf where a pin says another."""
    worth = 0.0
    for group, slot in zip(chosen, order, strict=True):
        at = list(group)
        if ((pin[at] >= 0) & (pin[at] != slot)).any():
            return -np.inf
        if given_.previous is not None:
            worth += given_.stay[at][given_.previous[at] == slot].sum()
    return worth


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.3]), st.booleans(), st.booleans())
def test_no_choice_of_the_groups_is_worth_more(seed, threshold, pinned, warm):
    """Neither with pins nor with a price for who leaves its slot."""
    rng = np.random.default_rng(seed)
    full, slots = affinities(9, seed), 4
    rules = {"threshold": threshold}
    if pinned:
        rules["pin"] = np.array([0, -2, -2, 1, 0, -2, -2, -2, -2], np.int32)
    if warm:
        rules["previous"] = rng.integers(-1, 3, 9).astype(np.int32)
        rules["stay"] = rng.choice([0.0, 0.4, 1.0], 9)
    if pinned or warm:
        rules["slots"] = 3
    given_ = problem(full, **rules)
    found = [rng.integers(0, slots + 1, 9).astype(np.int32) for _ in range(3)]
    for label in found:
        if pinned:
            label[[0, 3, 4]] = 0, 1, 0
    label = packed(given_, found, slots)
    best = best_choice(given_, full, found, slots)
    if label is None:
        assert best is None or best == 0.0
        return
    chosen = np.where(label == slots, -1, label)
    value = plain.score(full, chosen, threshold)
    if warm:
        value += rules["stay"][(label == rules["previous"]) & (label < slots)].sum()
    if pinned:
        assert label[[0, 3, 4]].tolist() == [0, 1, 0]
    assert value == pytest.approx(best)


def test_a_choice_that_takes_too_long_ends_with_what_was_found(monkeypatch):
    """Odd rings of equal pairs: the bound says little, and every branch looks alike."""
    n, slots = 30, 15
    full = np.zeros((n, n))
    found = []
    for first in range(0, n, 5):
        ring = range(first, first + 5)
        for i, j in combinations(ring, 2):
            full[i, j] = full[j, i] = 1.0
            label = np.full(n, slots, np.int32)
            label[[i, j]] = 0
            found.append(label)
    best = packed(problem(full), found, slots)
    monkeypatch.setattr(choice, "branches", lambda _: 0)
    some = packed(problem(full), found, slots)
    assert best is not None
    assert plain.score(full, np.where(best == slots, -1, best), 0.0) == 12
    if some is not None:
        assert plain.score(full, np.where(some == slots, -1, some), 0.0) <= 12


def test_the_more_groups_the_fewer_branches_are_looked_at():
    assert branches(1) > branches(100) > branches(1000)
    assert branches(0) > 0
    assert branches(10**6) > 0


def test_nothing_is_put_together_from_nothing():
    assert packed(problem(affinities(5, 0)), [np.full(5, 3, np.int32)], 3) is None


def test_where_everybody_must_be_placed_nothing_is_put_together():
    full = affinities(6, 1)
    assert may_pack(problem(full))
    assert not may_pack(problem(full, groups=2))


def test_who_may_not_meet_the_pinned_makes_room_for_it_then_the_weakest():
    full = np.ones((7, 7)) - np.eye(7)
    full[4, :] = full[:, 4] = 0.2
    bars = np.zeros((7, 7))
    bars[0, 1] = bars[1, 0] = 1.0
    pin = np.array([0, -2, -2, -2, -2, -2, -1], np.int32)
    given_ = problem(full, pin=pin, slots=1, bars=sparse.csr_array(bars), upper=3)
    assert around_pins(given_, [(1, 2, 3)]) == [(0, 2, 3)]
    assert around_pins(given_, [(2, 3, 4)]) == [(0, 2, 3)]
    assert around_pins(given_, [(0, 2, 3), (2, 3, 4)]) == []
    assert around_pins(problem(full), [(1, 2, 3)]) == []


def test_who_does_not_speak_a_language_of_the_pinned_makes_room_for_it():
    pin, mask = np.array([0, -2, -2, -2], np.int32), np.array([1, 2, 2, 3])
    given_ = problem(np.ones((4, 4)), pin=pin, slots=1, mask=mask)
    assert around_pins(given_, [(1, 2, 3)]) == [(0, 3)]


def test_of_many_groups_those_that_like_the_pinned_most_are_tried():
    full = affinities(7, 4)
    full[0, 5:] = full[5:, 0] = 9.0
    given_ = problem(full, pin=np.array([0] + [-2] * 6, np.int32), slots=1)
    assert around_pins(given_, [(1, 2), (3, 4), (5, 6)], most=1) == [(0, 5, 6)]


def proven(full: np.ndarray, lower: int, upper: int, cannot: list[tuple[int, int]]) -> float:
    """The best there is: every allowed group a column."""
    n = len(full)
    groups = [
        group
        for size in range(lower, upper + 1)
        for group in combinations(range(n), size)
        if not any(i in group and j in group for i, j in cannot)
    ]
    found = []
    for group in groups:
        label = np.full(n, n, np.int32)
        label[list(group)] = 0
        found.append(label)
    label = packed(problem(full, lower=lower, upper=upper), found, n)
    assert label is not None
    return plain.score(full, np.where(label == n, -1, label), 0.0)


@pytest.mark.parametrize(("lower", "upper", "n"), [(2, 4, 18), (3, 6, 14), (6, 12, 13)])
@pytest.mark.parametrize("share", [0.2, 1.0])
def test_few_items_reach_the_best_there_is(lower, upper, n, share):
    full, cannot = affinities(n, n + lower, share), [(0, 1), (2, 5)]
    best = proven(full, lower, upper, cannot)
    for seed in range(3):
        found = matcher.form_groups(full, lower=lower, upper=upper, cannot_link=cannot, seed=seed)
        assert found.score == pytest.approx(best)


def best_with_pairs(full: np.ndarray, linked: list[tuple[int, int]], threshold: float) -> float:
    """The best sum over disjoint groups of 2 to 4 that part no linked pair, by trying all."""
    n = len(full)
    groups = [
        group
        for size in (2, 3, 4)
        for group in combinations(range(n), size)
        if all((i in group) == (j in group) for i, j in linked)
    ]
    worth = {
        group: sum(full[i, j] - threshold for i, j in combinations(group, 2)) for group in groups
    }

    def best(free: tuple[int, ...]) -> float:
        if len(free) < 2:
            return 0.0
        first, rest = free[0], free[1:]
        found = best(rest)
        for group in groups:
            if group[0] == first and set(group) <= set(free):
                left = tuple(i for i in rest if i not in group)
                found = max(found, worth[group] + best(left))
        return found

    return best(tuple(range(n)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.3, 0.6]))
def test_linked_items_are_placed_for_what_they_are_worth_to_each_other(seed, threshold):
    full = affinities(9, seed)
    linked = [(0, 1), (2, 3)]
    found = matcher.form_groups(full, lower=2, upper=4, threshold=threshold, must_link=linked)
    assert found.score == pytest.approx(best_with_pairs(full, linked, threshold))


def test_linked_items_that_nobody_else_likes_make_a_group_of_their_own():
    full = np.zeros((12, 12))
    full[:3, :3] = 0.8
    full[3:, 3:] = 0.5
    np.fill_diagonal(full, 0.0)
    found = matcher.form_groups(full, lower=3, upper=5, must_link=[(0, 1), (1, 2)])
    assert found.labels[0] == found.labels[1] == found.labels[2] >= 0
    assert (found.labels == found.labels[0]).sum() == 3


@pytest.mark.parametrize(("seed", "share", "apart"), [(1, 1.0, 4), (5, 1.0, 4), (0, 0.6, 5)])
def test_few_items_for_large_groups_make_two_where_that_is_best(seed, share, apart):
    full, cannot = affinities(14, seed, share), [(2 * i, 2 * i + 1) for i in range(apart)]
    best = proven(full, 6, 12, cannot)
    for number in range(2):
        found = matcher.form_groups(full, lower=6, upper=12, cannot_link=cannot, seed=number)
        assert found.score == pytest.approx(best)
        assert len(found.sizes) == 2


def test_the_groups_of_every_answer_are_read_whoever_is_left_out():
    found = [np.array([2, 0, 2, 3, 0], np.int32), np.array([-1, 1, 1, 3, -1], np.int32)]
    assert groups_of(found, 3) == [(1, 4), (0, 2), (1, 2)]
    assert groups_of([], 3) == []


@pytest.mark.parametrize("pairs", [1, 20, 1 << 20])
def test_a_group_is_worth_its_pairs_its_seats_and_who_stays(monkeypatch, pairs):
    """However many pairs are looked up at a time."""
    monkeypatch.setattr(packing, "PAIRS", pairs)
    full, rng = affinities(9, 5), np.random.default_rng(5)
    seat, stay = rng.random(9), rng.random(9)
    previous = np.array([0, 0, 1, -1, 1, 0, 2, 2, 2], np.int32)
    giver = np.array([0, 0, 0, 0, 0, 0, 0, 1, 0], np.uint8)
    given_ = problem(
        full, threshold=0.1, seat=seat, previous=previous, stay=stay, giver=giver, mix=0.25
    )
    columns = [packing.Column((0, 1, 4), 0), packing.Column((7, 8), -1), packing.Column((3,), 2)]
    expected = [
        sum(full[i, j] - 0.1 for i, j in combinations(of.members, 2))
        + seat[list(of.members)].sum()
        + 0.25 * (7 in of.members)
        + sum(stay[i] for i in of.members if of.slot >= 0 and previous[i] == of.slot)
        for of in columns
    ]
    np.testing.assert_allclose(packing._worths(given_, columns), expected)
