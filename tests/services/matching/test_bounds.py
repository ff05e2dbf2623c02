"""A close bound is worked out beside the answers, and nobody waits for it for long."""

from threading import Event

import pytest

from matcher.answers import Answers
from matcher.params import GroupRules
from matcher.pool import Pool
from services.matching.bounds import Bounds
from tests.bench.groups.samples import samples

LONG = 30.0


@pytest.fixture(scope="module")
def pool() -> Pool:
    made = Pool(GroupRules())
    for card, unit in samples()[:60]:
        made.add(card, unit)
    return made


def test_a_bound_is_worked_out_once_for_what_is_asked(pool, monkeypatch):
    worked = []
    bound = Answers.bound
    monkeypatch.setattr(Answers, "bound", lambda *given: worked.append(1) or bound(*given))
    bounds, asked = Bounds(), pool.asked()
    found = bounds.of(asked, LONG)
    assert found.value == pool.bound().value
    assert bounds.of(asked, LONG) is found
    assert bounds.of(pool.asked(), LONG) is found  # the same challenges, asked anew
    assert len(worked) == 2 + 1  # the pool itself was asked as well


def test_who_asks_meanwhile_gets_the_bound_before(pool, monkeypatch):
    bounds, going = Bounds(), Event()
    first = bounds.of(pool.asked(), LONG)
    bound = Answers.bound
    monkeypatch.setattr(Answers, "bound", lambda *given: going.wait(LONG) and bound(*given))
    more = Pool(GroupRules())
    for card, unit in samples()[:70]:
        more.add(card, unit)
    asked = more.asked()
    assert bounds.of(asked, 0.0) is first
    assert bounds.of(asked, 0.0) is first
    going.set()
    assert bounds.of(asked, LONG).value > first.value


def test_a_fault_leaves_the_bound_before_and_the_next_is_worked_out(pool, monkeypatch, caplog):
    bounds = Bounds()
    first = bounds.of(pool.asked(), LONG)
    with monkeypatch.context() as broken:
        broken.setattr(Answers, "bound", lambda *_: 1 / 0)
        assert bounds.of(pool.asked(), LONG) is first
    assert "a bound was not worked out" in caplog.text
    assert bounds.of(pool.asked(), LONG) is first
