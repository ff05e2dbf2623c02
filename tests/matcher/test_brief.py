"""Rounds of a live pool are brief: a few searches, whose answer is mended where rules forbid it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse

from matcher import Pool, caps, check_proposal
from matcher.check import check_round
from matcher.grouping import several, ways
from matcher.grouping.problem import Problem
from matcher.grouping.several import BRIEF_LANES, lanes_of, solve_several, takes_several
from matcher.grouping.solve import solve
from matcher.params import GroupRules
from tests.bench.groups.graph import graph
from tests.bench.groups.populations import population
from tests.bench.groups.samples import samples


@pytest.fixture(scope="module")
def topics() -> Problem:
    """A small pool with topics, searched briefly."""
    affinity = graph(population(40))
    ones = np.ones(affinity.shape[0])
    return Problem(affinity, 6.0, 12.0, ones, ones, threshold=0.1, brief=True)


@pytest.fixture
def lanes(monkeypatch) -> list[int]:
    """One entry for each search made since."""
    made: list[int] = []
    for name in ("run_lane", "walks"):
        original = getattr(ways, name)

        def noted(*given, original=original, **how):
            made.append(1)
            return original(*given, **how)

        monkeypatch.setattr(ways, name, noted)
    return made


def test_a_brief_search_makes_fewer_searches_and_comes_near(topics, lanes):
    assert takes_several(topics)
    brief = solve_several(topics, seed=1).value
    assert len(lanes) == sum(BRIEF_LANES) < sum(lanes_of(replace(topics, brief=False)))
    best = max(solve_several(replace(topics, brief=False), seed=at).value for at in range(2))
    assert brief >= 0.99 * best


def test_a_known_answer_is_mended_where_rules_forbid_it_and_nothing_is_searched(topics, lanes):
    known = solve(topics, seed=1).labels
    worth = solve(topics, seed=1).value
    one, other = np.flatnonzero(known == known[known >= 0][0])[:2]
    bars = np.zeros((topics.n, topics.n), np.float32)
    bars[one, other] = bars[other, one] = 1.0
    lanes.clear()
    again = solve(replace(topics, bars=sparse.csr_array(bars)), seed=1, known=known)
    assert lanes == []
    assert again.labels[one] != again.labels[other]
    sizes = np.bincount(again.labels[again.labels >= 0])
    assert {0, *range(6, 13)} >= set(sizes.tolist())
    together = (again.labels[:, None] == again.labels) & (again.labels[:, None] >= 0)
    was = (known[:, None] == known) & (known[:, None] >= 0)
    assert (was & together).sum() >= 0.7 * was.sum()
    assert 0.8 * worth <= again.value <= worth + 1e-9


def test_a_known_answer_that_nothing_forbids_is_worth_no_less(topics):
    known = solve(topics, seed=1)
    assert solve(topics, seed=2, known=known.labels).value >= known.value - 1e-6


def test_a_round_searches_once_whatever_its_units_have_too_much_of(lanes, monkeypatch):
    """Each unit may be in one group only, and some have several challenges."""
    rules = GroupRules(most_groups=1)
    every, pool = samples()[:140], Pool(rules)
    for card, unit in every:
        pool.add(card, unit)
    pool.propose(whole=True)
    pool.withdraw(every[0][0].id)
    solved, original = [], caps.solve
    monkeypatch.setattr(caps, "solve", lambda *a, **how: solved.append(1) or original(*a, **how))
    lanes.clear()
    found = pool.propose()
    assert len(solved) > 1
    assert len(lanes) <= sum(BRIEF_LANES)
    cards, units = {card.id: card for card, _ in every}, {unit.id: unit for _, unit in every}
    assert len(found.proposals) >= 5
    assert [b for p in found.proposals for b in check_proposal(p, cards, units, rules)] == []
    assert check_round(found.proposals, rules) == []


def test_more_time_makes_whole_courses_of_searches(topics, lanes):
    """As many as a slow core makes, so that the answer is the same on a quick one."""
    pool = replace(topics, brief=False)
    one = solve(pool, seed=3)
    course = len(lanes)
    lanes.clear()
    more = solve(pool, seed=3, time_limit_s=30.0)
    assert len(lanes) % course == 0
    assert len(lanes) >= 10 * course
    assert more.stopped == "budget"
    assert more.value >= one.value - 1e-9


def test_less_time_makes_fewer_searches_and_shorter_ones(topics, lanes, monkeypatch):
    """A quarter of the time is for half of the searches, and never for fewer than three."""
    pool = replace(topics, brief=False)
    course = several._course_of(pool, None)
    steps: list[int] = []
    run = several._Course.run

    def noted(self, *given):
        steps.append(self.steps)
        return run(self, *given)

    monkeypatch.setattr(several._Course, "run", noted)
    for share, searches in ((0.25, sum(lanes_of(pool)) // 2), (1e-6, several.LEAST_LANES)):
        lanes.clear()
        short = solve(pool, seed=3, time_limit_s=share * course.seconds)
        assert len(lanes) == searches
        assert steps.pop() < 2 * share * course.steps + 3 * pool.n
        sizes = np.bincount(short.labels[short.labels >= 0])
        assert {0, *range(6, 13)} >= set(sizes.tolist())
