"""What is chosen where room is scarce is worth most of all that may be chosen."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import milp

from matcher.grouping import choice
from matcher.grouping.choice import choose


def allowed(holds, room, most, least, some):
    """Whether some choices may be made together."""
    taken = np.zeros(len(room))
    for at in some:
        np.add.at(taken, holds[at], 1)
    return len(some) <= most and (taken <= room).all() and (taken >= least).all()


def best_of_all(holds, worth, room, most, least):
    """By trying every choice; None where there is none."""
    every = (
        some for size in range(len(holds) + 1) for some in combinations(range(len(holds)), size)
    )
    values = [worth[list(some)].sum() for some in every if allowed(holds, room, most, least, some)]
    return max(values, default=None)


def rings(number, rng):
    """Rings of five pairs of nearly equal worth: two of them in whole, a half of each in shares."""
    holds = [[5 * ring + at, 5 * ring + (at + 1) % 5] for ring in range(number) for at in range(5)]
    return holds, 1.0 + 0.01 * rng.random(len(holds))


@st.composite
def questions(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    numbers = draw(st.integers(2, 7))
    holds = [
        rng.choice(numbers, rng.integers(1, 4), replace=draw(st.booleans())).tolist()
        if numbers > 3
        else [int(rng.integers(numbers))]
        for _ in range(draw(st.integers(1, 9)))
    ]
    worth = np.round(rng.normal(1.0, 1.0, len(holds)), draw(st.sampled_from([0, 1, 6])))
    room = rng.integers(1, 3, numbers).astype(float)
    least = np.where(rng.random(numbers) < draw(st.sampled_from([0.0, 0.3])), 1.0, 0.0)
    return holds, worth, room, draw(st.integers(1, 9)), least


@settings(max_examples=300, deadline=None)
@given(questions())
def test_nothing_that_may_be_chosen_is_worth_more(question):
    """With room for two, choices worth less than nothing, and numbers that somebody must take."""
    holds, worth, room, most, least = question
    best = best_of_all(holds, worth, room, most, least)
    chosen = choose(holds, worth, room, most, least=least)
    if best is None:
        assert chosen is None
        return
    assert chosen is not None
    assert allowed(holds, room, most, least, chosen)
    assert worth[chosen].sum() == pytest.approx(best)


@pytest.mark.parametrize("near", [1e-9, choice.NEAR, 10.0])
def test_a_whole_choice_far_below_the_relaxed_one_is_found(monkeypatch, near):
    """Half of every pair is worth a quarter more than the best two."""
    monkeypatch.setattr(choice, "NEAR", near)
    holds, worth = rings(3, np.random.default_rng(0))
    chosen = choose(holds, worth, np.ones(15), 15)
    each = [
        best_of_all(holds[at : at + 5], worth[at : at + 5], np.ones(15), 5, 0) for at in (0, 5, 10)
    ]
    assert worth[chosen].sum() == pytest.approx(sum(each))


def test_what_loses_something_is_looked_at_where_the_first_choice_is_far_below():
    """Halves of three pairs are worth 1.5, all three together 1.3, and a pair 1."""
    holds, worth = [[0, 1], [1, 2], [2, 0], [0, 1, 2]], np.array([1.0, 1.0, 1.0, 1.3])
    assert choose(holds, worth, np.ones(3), 3) == [3]


def test_what_cannot_be_in_a_better_choice_is_left_out_of_the_search(monkeypatch):
    """A ring whose pairs share, and forty pairs that each lose to one beside it."""
    asked = []

    def counted(worth, **rest):
        asked.append(len(worth))
        return milp(worth, **rest)

    monkeypatch.setattr(choice, "milp", counted)
    holds, worth = rings(1, np.random.default_rng(1))
    for pair in range(20):
        at = 5 + 2 * pair
        holds += [[at, at + 1], [at, at + 1]]
        worth = np.append(worth, [2.0, 1.0])
    chosen = choose(holds, worth, np.ones(45), 45)
    assert len(chosen) == 22
    assert max(asked) == 25


def test_a_whole_relaxed_choice_needs_no_search(monkeypatch):
    monkeypatch.setattr(choice, "milp", None)
    assert choose([[0, 1], [1, 2], [2, 3]], np.array([1.0, 1.5, 1.0]), np.ones(4), 4) == [0, 2]


def test_without_time_nothing_is_chosen():
    holds, worth = rings(3, np.random.default_rng(2))
    assert choose(holds, worth, np.ones(15), 15, time_limit_s=0.0) is None


def test_parts_that_are_worth_much_more_than_what_is_at_hand_are_not_searched(monkeypatch):
    """Half of each pair is worth a quarter more than two; with pairs apart beside it, it is not."""
    holds, worth = rings(3, np.random.default_rng(3))
    known = 0.99 * worth[choose(holds, worth, np.ones(15), 15)].sum()
    holds += [[15 + at] for at in range(9)]
    apart, room = np.append(worth, np.full(9, 0.9)), np.ones(24)
    assert worth[choose(holds, apart, room, 24, known=known + 8.1)[:6]].sum() > known
    monkeypatch.setattr(choice, "milp", None)
    assert choose(holds[:15], worth, room, 24, known=known) is None
