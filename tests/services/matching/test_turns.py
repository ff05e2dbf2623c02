"""Many new challenges at once wait for their texts to be read; the known ones are ranked on."""

from datetime import UTC, datetime

import pytest
from builders import a_draft, a_unit
from emitted import emitted
from lettering import Letters
from matched import hear
from sqlmodel import select

from matcher.params import GroupRules
from matcher.text.encoders import Encoder, key_of
from schemas.base import Names
from schemas.challenges import (
    ChallengeCard,
    ChallengeRegistered,
    ChallengeRevised,
    ChallengeWithdrawn,
)
from schemas.groups import MemberMoved
from schemas.matching import ChallengeLeftOut
from schemas.units import UnitJoined, UnitProfile
from services.matching import queries
from services.matching.looks import Looks
from services.matching.rounds import Rounds
from services.matching.tables import Pending, TextVector

LENGTH = 500
SOON = 4 * LENGTH
FLOOD = 3 * SOON // LENGTH
"""Challenges of some five hundred characters that three rounds have to read."""


@pytest.fixture(autouse=True)
def little_at_a_time(monkeypatch):
    """A round reads four challenges, so that a dozen are a flood."""
    for module in ("turns", "encoding"):
        monkeypatch.setattr(f"services.matching.{module}.SOON", SOON)


@pytest.fixture
def engine():
    return Letters()


@pytest.fixture
def rounds(store, lease, engine):
    return begun(store, lease, engine)


def begun(store, lease, engine):
    return Rounds(store, lease, GroupRules(lower=3), Encoder("letters", engine))


def a_card(number, version=2, **said):
    text = f"Siivouksen laatu heikkeni talossa {number}. ".ljust(LENGTH - 20, "x")
    fields = a_draft(title=f"Siivous {number}", text=text).model_dump() | {
        "id": f"ch-{number}",
        "unit_id": f"KU{number}",
        "version": version,
        "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ChallengeCard.model_validate(fields | said)


def join(store, number):
    unit = a_unit(id=f"KU{number}", name=Names(fi=f"Yksikkö {number}"))
    hear(store, UnitJoined(unit=UnitProfile(**unit.model_dump())))


def register(store, numbers):
    for number in numbers:
        join(store, number)
    hear(store, *(ChallengeRegistered(challenge=a_card(number)) for number in numbers))


def finish(rounds):
    count = 0
    while rounds.run_once() or rounds.encoding.step():
        count += 1
        assert count < 200
    return count


def told(store, key):
    with store.read() as session:
        reason = queries.left_out(session, key)
    return reason.code if reason is not None else ""


def vectors(store):
    with store.read() as session:
        return set(session.exec(select(TextVector.text_hash)).all())


def key_in_store(rounds, challenge_id):
    pool = rounds.warm.pool()
    entry = pool._entries[challenge_id]
    return key_of(f"{entry.card.title}. {entry.card.text}").hex()


def flooded(store, rounds):
    """Register many after a few, and run one round; those who wait for their texts to be read."""
    register(store, range(4))
    finish(rounds)
    register(store, range(10, 10 + FLOOD))
    rounds.run_once()
    return [f"ch-{n}" for n in range(10, 10 + FLOOD) if f"ch-{n}" not in rounds.warm.pool()]


def test_a_late_flood_waits_its_turn_and_the_known_are_ranked_as_before(store, rounds, engine):
    register(store, range(4))
    finish(rounds)
    register(store, range(10, 10 + FLOOD))
    sizes = []
    before = len(engine.asked)
    while rounds.run_once():
        assert rounds.warm.pool().encoder is not None
        with store.read() as session:
            assert queries.ranked_by(session) == "letters"
        sizes.append(len(rounds.warm.pool()))
        assert sum(map(len, engine.asked[before:])) <= SOON
        before = len(engine.asked)
    assert sizes[0] < sizes[1] < sizes[-1] == 4 + FLOOD
    assert len(sizes) >= 3
    assert not rounds.encoding.step()


def test_who_waits_is_told_that_its_text_is_being_read(store, rounds):
    waiting = flooded(store, rounds)
    assert len(waiting) > FLOOD / 2
    assert {told(store, key) for key in waiting} == {"being-read"}
    finish(rounds)
    assert "being-read" not in {told(store, key) for key in waiting}
    with store.read() as session:
        said = emitted(session, ChallengeLeftOut)
    codes = [event.reason.code for event in said if event.challenge_id == waiting[-1]]
    assert codes.count("being-read") == 1


def test_a_look_in_the_middle_of_a_flood_leaves_those_who_wait_as_they_are(store, rounds):
    waiting = flooded(store, rounds)
    assert rounds.warm.pool().restless
    Looks(rounds).improve()
    assert not rounds.warm.pool().restless
    assert {told(store, key) for key in waiting} == {"being-read"}
    finish(rounds)
    with store.read() as session:
        said = emitted(session, ChallengeLeftOut)
    codes = [event.reason.code for event in said if event.challenge_id == waiting[-1]]
    assert codes.count("being-read") == 1


def test_a_decision_does_not_wait_behind_a_flood(store, rounds):
    register(store, range(4))
    finish(rounds)
    register(store, range(10, 10 + FLOOD))
    moved = MemberMoved(proposal_id="pr-1", challenge_id="ch-1", unit_id="KU1")
    hear(store, moved)
    rounds.run_once()
    with store.read() as session:
        left = session.exec(select(Pending.what)).all()
    assert set(left) == {"unit", "challenge"}


def test_one_that_is_withdrawn_while_it_waits_is_never_taken_in(store, rounds):
    register(store, range(4))
    finish(rounds)
    register(store, range(10, 10 + FLOOD))
    rounds.run_once()
    last = 9 + FLOOD
    assert told(store, f"ch-{last}") == "being-read"
    hear(store, ChallengeWithdrawn(challenge=a_card(last, version=3, status="withdrawn")))
    finish(rounds)
    assert f"ch-{last}" not in rounds.warm.pool()
    assert told(store, f"ch-{last}") == ""


def test_a_known_one_keeps_its_place_until_its_new_text_is_read(store, rounds):
    register(store, range(4))
    finish(rounds)
    register(store, range(10, 10 + FLOOD))
    rounds.run_once()
    hear(store, ChallengeRevised(challenge=a_card(1, version=3, title="Muu otsikko")))
    rounds.run_once()
    assert rounds.warm.pool()._entries["ch-1"].card.version == 2
    assert told(store, "ch-1") != "being-read"
    finish(rounds)
    assert rounds.warm.pool()._entries["ch-1"].card.title == "Muu otsikko"


@pytest.mark.parametrize("done", [0, 1, 2])
def test_a_start_in_the_middle_of_a_flood_goes_on_with_it(store, lease, engine, done):
    first = begun(store, lease, engine)
    register(store, range(4))
    finish(first)
    register(store, range(10, 10 + FLOOD))
    for _ in range(done):
        first.run_once()
    size, asked = len(first.warm.pool()), list(engine.asked)
    again = begun(store, lease, engine)
    few_are_left = done == 2
    assert len(again.warm.pool()) == (4 + FLOOD if few_are_left else size)
    assert again.warm.pool().encoder is not None
    while again.run_once():
        assert again.warm.pool().encoder is not None
    assert len(again.warm.pool()) == 4 + FLOOD
    assert not set(asked) & set(engine.asked[len(asked) :])


def test_where_new_ones_would_wait_for_long_the_built_in_encoder_does_at_first(
    store, rounds, monkeypatch
):
    register(store, range(4))
    finish(rounds)
    monkeypatch.setattr("services.matching.turns.LONG", FLOOD * LENGTH - SOON)
    register(store, range(10, 10 + FLOOD))
    rounds.run_once()
    assert rounds.warm.pool().encoder is None
    assert len(rounds.warm.pool()) == 4 + FLOOD
    finish(rounds)
    assert rounds.warm.pool().encoder is not None
    with store.read() as session:
        assert queries.ranked_by(session) == "letters"


def test_a_flood_into_an_empty_pool_is_taken_in_as_it_is_read(store, rounds):
    register(store, range(FLOOD))
    rounds.run_once()
    assert rounds.warm.pool().encoder is not None
    assert 0 < len(rounds.warm.pool()) < FLOOD
    finish(rounds)
    assert len(rounds.warm.pool()) == FLOOD


def test_vectors_of_challenges_that_came_before_their_unit_are_kept(store, rounds):
    register(store, range(2))
    finish(rounds)
    hear(store, *(ChallengeRegistered(challenge=a_card(n)) for n in range(10, 12)))
    rounds.run_once()
    for number in (10, 11):
        join(store, number)
    rounds.run_once()
    assert {"ch-10", "ch-11"} <= set(rounds.warm.pool())
    assert {key_in_store(rounds, key) for key in rounds.warm.pool()} == vectors(store)


def test_a_unit_that_comes_after_a_flood_of_its_own_brings_it_all_in(store, rounds):
    register(store, range(2))
    finish(rounds)
    own = [ChallengeRegistered(challenge=a_card(n, unit_id="KU99")) for n in range(10, 10 + FLOOD)]
    hear(store, *own)
    finish(rounds)
    assert len(rounds.warm.pool()) == 2
    join(store, 99)
    finish(rounds)
    assert len(rounds.warm.pool()) == 2 + FLOOD
    assert {key_in_store(rounds, key) for key in rounds.warm.pool()} == vectors(store)
