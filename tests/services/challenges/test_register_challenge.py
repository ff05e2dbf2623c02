from datetime import timedelta

import pytest
from at_once import at_once
from builders import a_contact, a_draft, joined
from emitted import emitted

from schemas.challenges import ChallengeRegistered
from schemas.people import Member
from services.access.actions import mark_installation
from services.challenges.actions import register_challenge
from services.challenges.errors import (
    ChallengeIdTaken,
    SameChallengeOpen,
    UnknownTheme,
    UntilHasPassed,
)
from services.challenges.queries import card
from services.directory.errors import UnknownUnit
from services.kit.days import today as helsinki_today


@pytest.fixture
def member(session):
    joined(session, "KU837")
    return a_contact(session, "KU837")


def test_it_stores_the_challenge_and_announces_it(session, member):
    made = register_challenge(session, member, a_draft(title="Catering"))
    assert card(session, made.id).title == "Catering"
    announced = emitted(session, ChallengeRegistered)
    assert [event.challenge for event in announced] == [made]
    assert announced[0].unit_version == made.version == 2  # joining was the first


def test_it_refuses_a_second_open_challenge_of_the_same_title(session, member):
    register_challenge(session, member, a_draft(title="Catering"))
    with pytest.raises(SameChallengeOpen, match="catering"):
        register_challenge(session, member, a_draft(title="catering"))


@pytest.mark.parametrize(("kind", "sample"), [("demo", True), ("production", False)])
def test_whatever_is_registered_in_a_demonstration_is_a_sample(session, member, kind, sample):
    mark_installation(session, kind)
    made = register_challenge(session, member, a_draft())
    assert (made.sample, emitted(session, ChallengeRegistered)[0].sample) == (sample, sample)


def test_two_units_may_have_the_same_title(session, member):
    joined(session, "KU091")
    other = a_contact(session, "KU091")
    first = register_challenge(session, member, a_draft(title="Catering"))
    second = register_challenge(session, other, a_draft(title="Catering"))
    assert first.id != second.id


def test_it_refuses_an_id_in_use(session, member):
    register_challenge(session, member, a_draft(title="Catering"), challenge_id="c-1")
    with pytest.raises(ChallengeIdTaken, match="c-1"):
        register_challenge(session, member, a_draft(title="Siivous"), challenge_id="c-1")


def test_it_refuses_a_unit_that_never_joined(session):
    with pytest.raises(UnknownUnit, match="KU999"):
        register_challenge(session, Member(person_id="pe-1", unit_id="KU999"), a_draft())


def test_it_refuses_a_theme_that_does_not_exist(session, member):
    with pytest.raises(UnknownTheme, match="astrology"):
        register_challenge(session, member, a_draft(themes=("astrology",)))


def test_it_refuses_a_last_day_in_the_past(session, member):
    yesterday = helsinki_today() - timedelta(days=1)
    with pytest.raises(UntilHasPassed, match=str(yesterday)):
        register_challenge(session, member, a_draft(until=yesterday))


def test_a_refused_challenge_announces_nothing(session, member):
    with pytest.raises(UnknownTheme):
        register_challenge(session, member, a_draft(themes=("astrology",)))
    assert emitted(session, ChallengeRegistered) == []


@pytest.mark.parametrize("again", ["Äänestysjärjestelmä", "äänestysJÄRJESTELMÄ"])
def test_letters_beyond_english_are_told_apart_by_case_no_more_than_others(session, member, again):
    register_challenge(session, member, a_draft(title="Äänestysjärjestelmä"))
    with pytest.raises(SameChallengeOpen):
        register_challenge(session, member, a_draft(title=again))


def test_two_at_once_register_one_challenge_of_a_title(any_store):
    with any_store.begin() as session:
        joined(session, "KU837")
        member = a_contact(session, "KU837")

    def register(session, title):
        register_challenge(session, member, a_draft(title=title))

    assert at_once(any_store, register, ["Catering"] * 2)[1] == [SameChallengeOpen]
