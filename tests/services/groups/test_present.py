"""A group's reasons name who is in it now, not who was in it when a round gave them."""

import pytest
from answering import Answering
from builders import a_contact, a_facilitator, a_proposal, registered
from emitted import emitted

from schemas.asking import VariantsAnswer
from schemas.groups import (
    DeclineReason,
    GroupApproved,
    MemberInvited,
    ProposedMember,
    Variant,
    VariantKind,
)
from schemas.people import Member
from schemas.reasons import Reason
from services.access.queries import addressee
from services.challenges.actions import withdraw_challenge
from services.groups import queries
from services.groups.actions import approve_group, move_member
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.late import keep_offer
from services.groups.outlines import in_figures, outlines
from services.groups.present import of_present
from services.groups.proposals import keep_proposal
from services.kit.tables import LetterRow
from services.notices.letters import write

HELD = {"ch-1": "un-1", "ch-2": "un-2", "ch-3": "un-3"}


def naming(code, *cards, **values):
    return Reason(
        code=code,
        challenges=tuple(card.id for card in cards),
        units=tuple(card.unit_id for card in cards),
        values=values,
    )


@pytest.fixture
def cards(store):
    """Five units in a proposal: the last alone has done it, and the first fits least."""
    with store.begin() as session:
        cards = [registered(session, f"A{n}") for n in range(5)]
        keep_proposal(session, told(cards))
    return cards


def told(cards):
    proposal = a_proposal(cards)
    first, last = cards[0], cards[-1]
    of_last = Reason(code="offers-you", challenges=(last.id,))
    members = tuple(
        one.model_copy(update={"reasons": (*one.reasons, of_last)})
        if one.challenge_id == first.id
        else one
        for one in proposal.members
    )
    reasons = (
        Reason(code="unites"),
        naming("giver", last, maturity=4),
        naming("weakest", first, fit=0.31),
        Reason(code="few-members", values={"members": len(cards)}),
    )
    return proposal.model_copy(update={"members": members, "reasons": reasons})


def taken_out(store, card):
    with store.begin() as session:
        move_member(session, a_facilitator(session, "toinen"), "pr-1", card.id, to=None)


def codes(reasons):
    return [reason.code for reason in reasons]


def test_of_several_those_that_are_left_are_named_without_the_values_of_all():
    reason = Reason(
        code="giver",
        challenges=("ch-1", "ch-9", "ch-2"),
        units=("un-1", "un-9", "un-2"),
        values={"maturity": 4},
    )
    (left,) = of_present([reason], HELD)
    assert (left.challenges, left.units, left.values) == (("ch-1", "ch-2"), ("un-1", "un-2"), {})


def test_a_unit_that_came_with_another_challenge_is_not_named_for_the_one_that_left():
    assert of_present([Reason(code="giver", challenges=("ch-9",), units=("un-1",))], HELD) == ()


def test_what_names_nobody_stays_and_another_number_of_members_does_not():
    few = Reason(code="few-members", values={"members": 3})
    many = Reason(code="few-members", values={"members": 4})
    places = Reason(code="places", codes=("06",), values={"distance_km": 100})
    assert of_present([places, few, many], HELD) == (places, few)


def test_the_board_names_nobody_who_was_taken_out(browse, store, cards):
    page = browse.get("/fi/proposals").text
    assert "Kokemusta on jo: Yksikkö A4" in page
    assert "Heikoin yhteys muihin: Yksikkö A0" in page
    taken_out(store, cards[4])
    page = browse.get("/fi/proposals").text
    assert "Kokemusta on jo" not in page
    assert "vähimmäismäärä" not in page
    assert "Heikoin yhteys muihin: Yksikkö A0" in page
    taken_out(store, cards[0])
    assert "Heikoin yhteys muihin" not in browse.get("/fi/proposals").text


def test_a_group_with_experience_is_not_counted_when_it_left(store, cards):
    taken_out(store, cards[4])
    with store.read() as session:
        (figures,) = in_figures(session, outlines(session))
    assert codes(figures["reasons"]) == []


def test_what_is_approved_says_it_of_those_who_are_invited(store, cards):
    taken_out(store, cards[4])
    with store.begin() as session:
        approve_group(session, a_facilitator(session, "kolmas"), "pr-1")
    with store.read() as session:
        (event,) = emitted(session, GroupApproved)
        invited = {one.member.challenge_id: one.member for one in emitted(session, MemberInvited)}
    assert codes(event.proposal.reasons) == ["unites", "weakest"]
    assert codes(invited[cards[0].id].reasons) == ["shared-concepts"]


@pytest.fixture
def group(store, cards):
    """The five are invited, and a sixth is offered to the group."""
    with store.begin() as session:
        group_id = approve_group(session, a_facilitator(session, "kolmas"), "pr-1").id
        late = registered(session, "L1")
        member = ProposedMember(challenge_id=late.id, unit_id=late.unit_id, fit=0.6)
        keep_offer(session, group_id, member)
    return group_id


def invitation_of(store, group, unit_id):
    with store.read() as session:
        views = queries.group(session, group).invitations
    return next(one.id for one in views if one.member.unit_id == unit_id)


def declined(store, group, unit_id):
    key = invitation_of(store, group, unit_id)
    with store.begin() as session:
        member = a_contact(session, unit_id)
        decline_invitation(session, member, key, DeclineReason.NO_TIME)


def test_a_group_names_nobody_who_declined(browse, store, group):
    assert "Kokemusta on jo: Yksikkö A4" in browse.get(f"/fi/groups/{group}").text
    declined(store, group, "A4")
    page = browse.get(f"/fi/groups/{group}").text
    assert "Kokemusta on jo" not in page
    assert "Muut ovat jo tehneet sitä" not in page
    with store.read() as session:
        assert codes(queries.group(session, group).proposal.reasons) == ["unites", "weakest"]
        (first,) = queries.invitations_of(session, "A0")
        assert first == queries.invitation(session, first.id)
    assert codes(first.member.reasons) == ["shared-concepts"]


def test_a_group_names_nobody_who_came_along_and_withdrew_the_challenge(
    browse, store, group, cards
):
    with store.begin() as session:
        member = a_contact(session, "A4")
        accept_invitation(session, member, invitation_of(store, group, "A4"))
        withdraw_challenge(session, Member(person_id="p", unit_id="A4"), cards[4].id)
    assert "Kokemusta on jo" not in browse.get(f"/fi/groups/{group}").text
    with store.read() as session:
        for view in (queries.group(session, group), *queries.groups_by_id(session, [group])):
            assert codes(view.proposal.reasons) == ["unites", "weakest"]


def test_a_letter_names_as_invited_who_is(store, group, cards):
    declined(store, group, "A4")
    with store.begin() as session:
        withdraw_challenge(session, Member(person_id="p", unit_id="A3"), cards[3].id)
    details = {"invitation_id": invitation_of(store, group, "A0"), "group_id": group}
    letter = LetterRow(id="l", person_id="p", template="invitation", details=details)
    with store.begin() as session:
        told = write(session, letter, addressee(session, a_contact(session, "A0").person_id), "")
    assert told.paragraphs[1] == "Muut kutsutut: Yksikkö A1, Yksikkö A2"
    assert told.lines == ("Yhteistä",)


def test_another_way_of_making_a_group_names_who_would_be_in_it(web, browse, store, cards):
    taken_out(store, cards[4])
    reasons = (naming("giver", cards[4]), naming("weakest", cards[1], fit=0.4))
    closer = Variant(
        kind=VariantKind.CLOSER, leaves=(cards[0].id,), members=3, cohesion=0.8, reasons=reasons
    )
    web.state.asker = Answering(VariantsAnswer(variants=(closer,)))
    page = browse.get("/fi/proposals/pr-1/variants").text
    assert "Heikoin yhteys muihin: Yksikkö A1" in page
    assert "Kokemusta on jo" not in page
