"""A unit that declines leaves a group of the least size smaller, and does not end it."""

import pytest
from builders import a_contact, a_facilitator, a_proposal, registered

from schemas.groups import DeclineReason
from schemas.reasons import Reason
from services.groups import queries
from services.groups.actions import approve_group
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.proposals import keep_proposal
from services.groups.states import GroupState
from services.look.reasons import reason_text


def test_a_group_of_five_of_which_one_declines_runs(session):
    cards = [registered(session, f"A{n}") for n in range(5)]
    keep_proposal(session, a_proposal(cards))
    group = approve_group(session, a_facilitator(session), "pr-1")
    for one in queries.group(session, group.id).invitations:
        member = a_contact(session, one.member.unit_id)
        if one.member.unit_id == "A4":
            decline_invitation(session, member, one.id, DeclineReason.NO_TIME)
        else:
            accept_invitation(session, member, one.id)
    assert queries.group(session, group.id).state == GroupState.ACTIVE


@pytest.mark.parametrize(
    ("lang", "said", "unsaid"),
    [
        ("fi", "ryhmästä tulee sitä pienempi", "päättää"),
        ("sv", "tackar en nej blir den mindre", "avslutar"),
        ("en", "if one declines it is smaller", "ends"),
    ],
)
def test_a_proposal_of_the_least_size_is_not_said_to_end_by_it(lang, said, unsaid):
    text = reason_text(Reason(code="few-members", values={"members": 5}), lang=lang)
    assert said in text
    assert unsaid not in text
