"""Four units with the same challenge, as matching hears of them, and what it told."""

from datetime import UTC, datetime

from builders import a_draft, a_unit
from emitted import emitted

from matcher.params import GroupRules
from schemas.base import Names
from schemas.challenges import ChallengeCard, ChallengeRegistered, ChallengeWithdrawn
from schemas.groups import (
    GroupApproved,
    GroupProposed,
    InvitationDeclined,
    MemberInvited,
)
from schemas.units import UnitJoined, UnitProfile
from services.matching import queries, subscribers

RULES = GroupRules(lower=3)
TEXTS = (
    "Siivouspalvelujen sopimuksissa on työllistämisehto pitkäaikaistyöttömille, ei valvontaa.",
    "Haluamme työllistää pitkäaikaistyöttömiä siivoussopimuksissa työllistämisehdon avulla.",
    "Miten työllistämisehto kirjoitetaan siivouspalvelujen tarjouspyyntöön ja valvotaan?",
    "Siivouspalvelut kilpailutetaan uudelleen ja mukaan halutaan työllistämisehto.",
)


def a_card(number, version=2, **said):
    draft = a_draft(title=f"Työllistämisehto {number}", text=TEXTS[number % 4])
    fields = draft.model_dump() | {
        "id": f"ch-{number}",
        "unit_id": f"KU{number}",
        "version": version,
        "registered_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return ChallengeCard.model_validate(fields | said)


def hear(store, *events):
    with store.begin() as session:
        for event in events:
            _, handler = subscribers.subscribers.handlers[event.type_name()]
            handler(event, session)


def register(store, *numbers):
    for number in numbers:
        unit = a_unit(id=f"KU{number}", name=Names(fi=f"Yksikkö {number}"))
        profile = UnitProfile(**unit.model_dump())
        hear(store, UnitJoined(unit=profile), ChallengeRegistered(challenge=a_card(number)))


def withdrawn(number):
    return ChallengeWithdrawn(challenge=a_card(number, version=3, status="withdrawn"))


def peers(store, number):
    with store.read() as session:
        return {peer.challenge_id for peer in queries.peers(session, f"ch-{number}")}


def last_proposal(store):
    with store.read() as session:
        return emitted(session, GroupProposed)[-1].proposal


def members(proposal):
    return {member.challenge_id for member in proposal.members}


def approve(store, proposal, group_id="gr-1"):
    events = [GroupApproved(group_id=group_id, proposal_id=proposal.id, proposal=proposal)]
    for member in proposal.members:
        invited = MemberInvited(
            group_id=group_id, invitation_id=f"in-{member.challenge_id}", member=member
        )
        events.append(invited)
    hear(store, *events)


def declined(proposal, number, group_id="gr-1"):
    return InvitationDeclined(
        group_id=group_id,
        invitation_id=f"in-ch-{number}",
        challenge_id=f"ch-{number}",
        unit_id=f"KU{number}",
        reason="no_time",
    )
