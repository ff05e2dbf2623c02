"""What was decided about members, out of the groups' own rows."""

import pytest
from builders import a_facilitator, a_proposal, registered

from matcher.judged import Judgement
from schemas.groups import DeclineReason, RejectReason
from schemas.people import Member
from services.groups.actions import approve_group, move_member, reject_proposal
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.judging import judgements
from services.groups.proposals import keep_proposal
from services.groups.queries import group
from services.groups.tables import Proposal


@pytest.fixture
def cards(session):
    return [registered(session, f"KU{n:03}") for n in range(5)]


@pytest.fixture
def facilitator(session):
    return a_facilitator(session)


def said(session):
    """Challenge → fits, weight."""
    return {one.challenge_id: (one.fits, one.weight) for one in judgements(session)}


def test_an_open_proposal_that_nobody_touched_says_nothing(session, cards):
    keep_proposal(session, a_proposal(cards))
    assert judgements(session) == []


def test_a_member_taken_out_does_not_fit_those_that_stay(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    move_member(session, facilitator, "pr-1", cards[0].id, to=None)
    stay = tuple(card.id for card in cards[1:])
    (one,) = judgements(session)
    assert one == Judgement(cards[0].id, stay, False, 1.0, "pr-1")


def test_a_member_moved_does_not_fit_here_and_fits_there(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards[:3]))
    keep_proposal(session, a_proposal(cards[3:], "pr-2"))
    move_member(session, facilitator, "pr-1", cards[0].id, to="pr-2")
    found = {(one.decision, one.fits, frozenset(one.others)) for one in judgements(session)}
    assert found == {
        ("pr-1", False, frozenset(card.id for card in cards[1:3])),
        ("pr-2", True, frozenset(card.id for card in cards[3:])),
    }


def test_answers_count_by_what_they_say_of_the_content(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    made = approve_group(session, facilitator, "pr-1")
    invited = {one.member.challenge_id: one for one in group(session, made.id).invitations}
    answers = (None, DeclineReason.NOT_OUR_CHALLENGE, DeclineReason.NO_TIME)
    for card, reason in zip(cards, answers, strict=False):
        person = Member(person_id="p", unit_id=card.unit_id)
        if reason is None:
            accept_invitation(session, person, invited[card.id].id)
        else:
            decline_invitation(session, person, invited[card.id].id, reason)
    assert said(session) == {
        cards[0].id: (True, 1.0),
        cards[1].id: (False, 1.0),
        cards[2].id: (True, 0.5),
        cards[3].id: (True, 0.5),
        cards[4].id: (True, 0.5),
    }


@pytest.mark.parametrize(
    ("reason", "count"), [(RejectReason.TOO_MIXED, 5), (RejectReason.WRONG_TIME, 0)]
)
def test_a_rejected_proposal_is_one_decision_shared_out(session, cards, facilitator, reason, count):
    keep_proposal(session, a_proposal(cards))
    reject_proposal(session, facilitator, "pr-1", reason)
    found = judgements(session)
    assert [(one.fits, one.weight) for one in found] == [(False, 0.2)] * count


def test_decisions_about_samples_count_only_when_asked_for(session, cards, facilitator):
    keep_proposal(session, a_proposal(cards))
    move_member(session, facilitator, "pr-1", cards[0].id, to=None)
    session.get(Proposal, "pr-1").sample = True
    session.flush()
    assert judgements(session) == []
    assert len(judgements(session, samples=True)) == 1
