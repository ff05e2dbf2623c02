"""What a unit finds at home: what needs its answer, its challenges, its groups."""

from typing import Any

from sqlmodel import Session

from schemas.challenges import ChallengeCard, ChallengeStatus
from schemas.codes import Language
from services.challenges import queries
from services.challenges.form import unit_values
from services.challenges.seen import spoken
from services.directory import queries as directory
from services.groups import queries as groups
from services.groups.naming import group_name
from services.groups.sizes import held_seats
from services.groups.states import InvitationState
from services.groups.views import InvitationView
from services.look.words import N_, say
from services.matching import queries as matching

SEATS = {
    InvitationState.OFFERED: N_("Fasilitoija tarkistaa ryhmää"),
    InvitationState.INVITED: N_("Kutsu odottaa vastausta"),
    InvitationState.ACCEPTED: N_("Mukana ryhmässä"),
}
PROPOSED = N_("Ryhmää on ehdotettu")
WAITING = N_("Odottaa ryhmää")

Values = dict[str, Any]


def home_values(session: Session, unit_id: str, lang: Language) -> Values:
    """Return what ``challenges/home.html`` shows."""
    invitations = groups.invitations_of(session, unit_id)
    cards = queries.cards_of_unit(session, unit_id)
    return {
        "unit": unit_values(directory.unit(session, unit_id), lang),
        "invitations": [
            _invitation(session, one, lang)
            for one in invitations
            if one.state is InvitationState.INVITED
        ],
        "challenges": [_challenge(session, card, lang) for card in cards],
        "groups": [
            _group(session, one, lang)
            for one in invitations
            if one.state is InvitationState.ACCEPTED
        ],
        "sample": any(card.sample for card in cards) or any(one.sample for one in invitations),
    }


def _invitation(session: Session, view: InvitationView, lang: Language) -> Values:
    group = groups.group(session, view.group_id)
    return {
        "id": view.id,
        "group": group_name(group, lang),
        "members": len(held_seats(session, group.id)),
        "answer_by": None,
        "sample": view.sample,
    }


def _challenge(session: Session, card: ChallengeCard, lang: Language) -> Values:
    return {
        "id": card.id,
        "title": card.title,
        "lang": spoken(card),
        "status": card.status,
        "peers": sum(peer.close for peer in matching.peers(session, card.id)),
        "state": _state(session, card, lang),
        "registered_at": card.registered_at,
        "sample": card.sample,
    }


def _state(session: Session, card: ChallengeCard, lang: Language) -> str:
    if card.status is not ChallengeStatus.OPEN:
        return ""
    seat = groups.seat_of(session, card.id)
    if seat is not None:
        return say(lang, SEATS[seat.state])
    return say(lang, PROPOSED if groups.proposal_of(session, card.id) else WAITING)


def _group(session: Session, view: InvitationView, lang: Language) -> Values:
    group = groups.group(session, view.group_id)
    held = held_seats(session, group.id)
    seated = [
        one
        for one in group.invitations
        if one.state is InvitationState.ACCEPTED and one.member.challenge_id in held
    ]
    name = group_name(group, lang)
    return {"id": group.id, "name": name, "members": len(seated), "sample": group.sample}
