"""The pool ranks by a neural encoder when every text has its vector, made in idle moments."""

import weakref
from datetime import UTC, datetime

import numpy as np
import pytest
from builders import a_draft, a_unit
from lettering import Letters
from matched import hear
from sqlalchemy.event import listen
from sqlmodel import select

from matcher.params import AffinityWeights, GroupRules
from matcher.text.encoders import Encoder
from matcher.text.scale import comparable
from schemas.base import Names
from schemas.challenges import ChallengeCard, ChallengeRegistered, ChallengeWithdrawn
from schemas.units import UnitJoined, UnitProfile
from services.kit.settings import Settings, SettingsRefused
from services.matching import encoding, queries
from services.matching.encoding import STEP, encoder_of
from services.matching.rounds import Rounds
from services.matching.tables import TextVector
from services.matching.turns import SOON

RULES = GroupRules(lower=3)
MANY = SOON // 500 + STEP + 1
"""Challenges of five hundred characters: more than a round waits for."""


LETTERING = Encoder("letters", Letters())


@pytest.fixture
def engine():
    return Letters()


@pytest.fixture
def impatient(monkeypatch):
    """Nobody new may wait, so that the built-in encoder does at first."""
    monkeypatch.setattr("services.matching.turns.LONG", 0)


@pytest.fixture
def rounds(store, lease, engine):
    return Rounds(store, lease, RULES, Encoder("letters", engine))


def a_card(number, **said):
    text = f"Siivouksen laatu heikkeni talossa {number}. " * 12
    draft = a_draft(title=f"Siivous {number}", text=text)
    fields = draft.model_dump() | {
        "id": f"ch-{number}",
        "unit_id": "KU1",
        "version": 2,
        "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ChallengeCard.model_validate(fields | said)


def register(store, numbers):
    unit = a_unit(id="KU1", name=Names(fi="Yksikkö"))
    hear(
        store,
        UnitJoined(unit=UnitProfile(**unit.model_dump())),
        *(ChallengeRegistered(challenge=a_card(number)) for number in numbers),
    )


def finish(rounds):
    """Do what the thread does when nothing else is pending."""
    rounds.warm.pool()
    steps = 0
    while rounds.run_once() or rounds.encoding.step():
        steps += 1
        assert steps < 300
    return steps


def kept(store):
    with store.read() as session:
        return {(row.encoder, row.text_hash): row for row in session.exec(select(TextVector)).all()}


def test_a_few_texts_are_encoded_at_once_and_kept(store, rounds, engine):
    register(store, range(2))
    rounds.run_once()
    assert rounds.warm.pool().encoder is not None
    assert len(kept(store)) == len(set(engine.asked)) > 0


@pytest.mark.usefixtures("impatient")
def test_many_texts_are_ranked_by_the_built_in_encoder_until_all_have_vectors(store, rounds):
    register(store, range(MANY))
    rounds.run_once()
    assert rounds.warm.pool().encoder is None
    assert rounds.encoding.step()
    assert rounds.warm.pool().encoder is None
    finish(rounds)
    assert rounds.warm.pool().encoder is not None
    assert {entry.need.encoder for entry in rounds.warm.pool()._entries.values()} == {"letters"}
    with store.read() as session:
        assert queries.missing_vectors(session, LETTERING) == 0


@pytest.mark.usefixtures("impatient")
def test_a_process_that_starts_again_encodes_nothing_again(store, lease, rounds, engine):
    register(store, range(MANY))
    finish(rounds)
    asked = len(engine.asked)
    again = Rounds(store, lease, RULES, Encoder("letters", engine))
    assert again.warm.pool().encoder is not None
    assert finish(again) == 0
    assert len(engine.asked) == asked
    one, other = (one.warm.pool().peers("ch-1") for one in (rounds, again))
    assert one == other


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("steps", [0, 1, 1000])
def test_a_job_that_was_cut_off_goes_on_where_it_was(store, lease, rounds, engine, steps):
    """Whenever it ends, also between the last vector and the round that follows from it."""
    register(store, range(MANY))
    rounds.run_once()
    while steps and rounds.encoding.step():
        steps -= 1
    first = list(engine.asked)
    again = Rounds(store, lease, RULES, Encoder("letters", engine))
    finish(again)
    assert again.warm.pool().encoder is not None
    assert not set(first) & set(engine.asked[len(first) :])
    with store.read() as session:
        assert queries.ranked_by(session) == "letters"


def test_a_pool_that_was_thrown_away_is_let_go(store, rounds):
    register(store, range(3))
    finish(rounds)
    before = weakref.ref(rounds.warm.pool())
    before().itself = before()  # as anything may that is reached from it
    rounds.warm.cool()
    assert rounds.warm.pool() is not before()
    assert before() is None


def test_other_weights_match_everybody_anew_once(store, lease, rounds):
    register(store, range(3))
    finish(rounds)
    weights = AffinityWeights(stage=0.2)
    rules = RULES.model_copy(update={"affinity": weights})
    again = Rounds(store, lease, rules, rounds.encoding._encoder)
    again.warm.pool()
    assert again.run_once() == 1
    assert again.run_once() == 0
    with store.read() as session:
        assert queries.ranked_by(session) == "letters stage=0.2"


def test_a_change_of_the_encoder_matches_everybody_anew(store, lease, rounds):
    register(store, range(3))
    finish(rounds)
    for encoder, name in ((None, "builtin"), (Encoder("letters", Letters()), "letters")):
        again = Rounds(store, lease, RULES, encoder)
        finish(again)
        with store.read() as session:
            assert queries.ranked_by(session) == name
            told = queries.peers(session, "ch-1")
        assert told == again.warm.pool().peers("ch-1")
        assert finish(Rounds(store, lease, RULES, encoder)) == 0


def test_a_change_is_made_up_for_when_the_round_failed(store, lease, rounds, monkeypatch):
    register(store, range(3))
    finish(rounds)
    again = Rounds(store, lease, RULES)
    again.warm.pool()
    with monkeypatch.context() as patch:
        patch.setattr("services.matching.telling.tell_round", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            again.run_once()
    assert again.run_once() == 1
    assert again.run_once() == 0


def test_nothing_is_looked_for_again_while_nothing_changes(store, rounds, monkeypatch):
    register(store, range(2))
    finish(rounds)
    monkeypatch.setattr(encoding, "wanted_texts", lambda *_: pytest.fail("it looks again"))
    assert not rounds.encoding.step()


@pytest.mark.usefixtures("impatient")
def test_the_log_tells_how_far_the_job_is_and_no_word_of_a_text(store, rounds, caplog):
    register(store, range(MANY))
    with caplog.at_level("INFO", logger="piiri.matching"):
        finish(rounds)
    said = [record.getMessage() for record in caplog.records]
    assert f"{MANY} texts wait for a vector of letters" in said
    progress = [line for line in said if line.endswith("have their vector of letters")]
    assert progress[-1] == f"{MANY} of {MANY} texts have their vector of letters"
    assert 3 <= len(progress) <= 11
    assert "Siivouksen" not in caplog.text


def test_long_texts_are_encoded_by_the_piece(engine, store):
    texts = [f"{number} {'siivous ' * 200}" for number in range(6)]
    encoding.Encoding(store, Encoder("letters", engine)).prepare(texts)
    assert engine.sizes == [1] * 6
    assert encoding._first(["a"] * 9) == (["a"] * STEP, ["a"] * 5)


def test_a_text_without_letters_waits_for_nothing(store, rounds):
    register(store, [])
    hear(store, ChallengeRegistered(challenge=a_card(1, offers="12 345")))
    finish(rounds)
    with store.read() as session:
        assert queries.missing_vectors(session, LETTERING) == 0


def test_a_foreign_encoder_is_put_on_the_scale_once(store, lease, engine):
    """What a model in somebody's folder scores is no measure of anything at first."""
    register(store, range(3))
    scores = np.linspace(0, 1, 5)
    foreign = Encoder("foreign letters", engine, is_foreign=True)
    rounds = Rounds(store, lease, RULES, foreign)
    rounds.run_once()
    assert rounds.warm.pool().encoder is None
    np.testing.assert_array_equal(comparable(scores, foreign.name), scores)
    finish(rounds)
    assert rounds.warm.pool().encoder is not None
    assert (comparable(scores, foreign.name) != scores).any()
    asked = len(engine.asked)
    again = Rounds(store, lease, RULES, foreign)
    assert again.warm.pool().encoder is not None
    assert finish(again) == 0
    assert len(engine.asked) == asked


def test_another_encoder_encodes_everybody_and_the_old_vectors_are_forgotten(store, lease, rounds):
    register(store, range(3))
    finish(rounds)
    finish(Rounds(store, lease, RULES, Encoder("other", Letters())))
    assert {encoder for encoder, _ in kept(store)} == {"other"}


def test_vectors_of_withdrawn_challenges_are_forgotten_at_the_next_start(store, lease, rounds):
    register(store, range(3))
    finish(rounds)
    before = len(kept(store))
    hear(store, ChallengeWithdrawn(challenge=a_card(2, version=3, status="withdrawn")))
    finish(rounds)
    finish(Rounds(store, lease, RULES, Encoder("letters", Letters())))
    assert len(kept(store)) < before


def test_what_is_forgotten_takes_two_statements_however_much_it_is(store, rounds):
    register(store, range(3))
    finish(rounds)
    before = kept(store)
    with store.begin() as session:
        vectors = {bytes([at % 256, at // 256] * 8): np.ones(3, np.float32) for at in range(600)}
        encoding.plant_vectors(session, "letters", vectors)
        encoding.plant_vectors(session, "other", vectors)
    said = []
    with store.begin() as session:
        connection = session.connection()
        listen(connection, "before_cursor_execute", lambda *given: said.append(given[2]))
        encoding.forget_unused(session, LETTERING)
    assert sum(statement.startswith("DELETE") for statement in said) == 2
    assert kept(store) == before


def test_without_an_encoder_there_is_nothing_to_do(store, lease):
    rounds = Rounds(store, lease, RULES)
    register(store, range(2))
    rounds.run_once()
    assert not rounds.encoding.step()
    assert kept(store) == {}


def test_many_vectors_may_be_kept_twice(store):
    vectors = {bytes([at % 256, at // 256] * 8): np.ones(3, np.float32) for at in range(600)}
    for _ in range(2):
        with store.begin() as session:
            encoding.plant_vectors(session, "letters", vectors)
    assert len(kept(store)) == 600


def test_an_encoder_that_is_not_there_is_refused_by_its_variable():
    settings = Settings(
        database_url="sqlite:///x.db",
        base_url="http://127.0.0.1:8000",
        secret_key="x" * 32,
        encoder="./not-there",
    )
    with pytest.raises(SettingsRefused, match=r"PIIRI_ENCODER: there is no folder"):
        encoder_of(settings)
