import pytest
from builders import a_contact, registered
from emitted import emitted

from schemas.challenges import (
    ChallengePatch,
    ChallengeRevised,
    ChallengeStatus,
    ChallengeWithdrawn,
)
from services.challenges.actions import (
    expire_challenges,
    revise_challenge,
    withdraw_challenge,
)
from services.challenges.errors import ChallengeChanged, ChallengeNotOpen, NotYourChallenge
from services.challenges.queries import card
from services.challenges.tables import Challenge


@pytest.fixture
def known(session):
    return registered(session, "KU837", "Catering")


@pytest.fixture
def member(session, known):
    return a_contact(session, "KU837")


def test_it_changes_what_was_given_and_keeps_the_rest(session, member, known):
    revised = revise_challenge(session, member, known.id, ChallengePatch(title="Ruokapalvelut"))
    assert (revised.title, revised.text) == ("Ruokapalvelut", known.text)
    assert revised.version > known.version
    assert [event.challenge for event in emitted(session, ChallengeRevised)] == [revised]


def test_a_patch_that_changes_nothing_announces_nothing(session, member, known):
    same = revise_challenge(session, member, known.id, ChallengePatch(title=known.title))
    assert same == known
    assert emitted(session, ChallengeRevised) == []


def test_it_refuses_a_change_made_on_an_old_version(session, member, known):
    revise_challenge(session, member, known.id, ChallengePatch(maturity=4))
    with pytest.raises(ChallengeChanged):
        revise_challenge(
            session, member, known.id, ChallengePatch(maturity=5), seen_version=known.version
        )


def test_it_refuses_another_units_challenge(session, known):
    stranger = a_contact(session, "KU091")
    with pytest.raises(NotYourChallenge):
        revise_challenge(session, stranger, known.id, ChallengePatch(maturity=5))
    with pytest.raises(NotYourChallenge):
        withdraw_challenge(session, stranger, known.id)


def test_a_withdrawn_challenge_is_announced_once_and_cannot_change(session, member, known):
    withdraw_challenge(session, member, known.id)
    with pytest.raises(ChallengeNotOpen):
        withdraw_challenge(session, member, known.id)
    with pytest.raises(ChallengeNotOpen):
        revise_challenge(session, member, known.id, ChallengePatch(maturity=5))
    assert len(emitted(session, ChallengeWithdrawn)) == 1


def test_challenges_expire_the_day_after_their_last(session, known):
    row = session.get_one(Challenge, known.id)
    row.until = known.registered_at.date()
    session.add(row)
    assert expire_challenges(session, row.until) == 0
    assert expire_challenges(session, row.until.replace(year=row.until.year + 1)) == 1
    assert card(session, known.id).status is ChallengeStatus.EXPIRED
    assert emitted(session, ChallengeWithdrawn)[0].challenge.status is ChallengeStatus.EXPIRED
