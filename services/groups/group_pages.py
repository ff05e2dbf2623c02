"""Approved groups: for facilitators and the units that came along."""

from collections.abc import Set
from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.challenges import ChallengeStatus
from schemas.codes import Language
from schemas.people import Role, Visitor
from services.access.doors import SignedInDep, StoreDep
from services.access.errors import RoleNeeded
from services.access.queries import addressee, people_with
from services.challenges.queries import open_among
from services.challenges.seen import Seen, seen
from services.groups import queries
from services.groups.errors import UnknownGroup
from services.groups.history import history
from services.groups.naming import group_name
from services.groups.sizes import MostDep, held_seats
from services.groups.states import HELD, GroupState, InvitationState
from services.groups.terms import facilitator_name
from services.groups.views import GroupView, InvitationView
from services.kit.pages import language_of, show
from services.look.geography import mapped
from services.look.words import N_, say

pages = APIRouter()

STATES = {
    GroupState.INVITING: N_("Kutsut lähetetty"),
    GroupState.ACTIVE: N_("Toiminnassa"),
    GroupState.CLOSED: N_("Ryhmä on päättynyt"),
}
SHOWN = (InvitationState.INVITED, InvitationState.ACCEPTED, InvitationState.DECLINED)

Values = dict[str, Any]


@pages.get("/groups")
def groups(request: Request, visitor: SignedInDep, store: StoreDep) -> Response:
    """List the groups that the visitor may see."""
    _may_look(visitor)
    lang = language_of(request)
    with store.read() as session:
        views = queries.groups(session, visitor.unit_id or "")
        mine = [view for view in views if _inside(visitor, view)]
        living = open_among(
            session, (one.member.challenge_id for view in mine for one in view.invitations)
        )
    rows = [_row(view, living, lang) for view in mine]
    sample = any(view.sample for view in mine)
    return show(request, "groups/groups.html", groups=rows, sample=sample)


@pages.get("/groups/{group_id}")
def group(
    request: Request, group_id: str, visitor: SignedInDep, store: StoreDep, most: MostDep
) -> Response:
    """Show a group to its members and to facilitators; to others it does not exist."""
    _may_look(visitor)
    with store.read() as session:
        view = queries.group(session, group_id)
        if not _inside(visitor, view):
            raise UnknownGroup(group_id)
        values = _values(session, visitor, view, most, language_of(request))
    return show(request, "groups/group.html", **values)


def _may_look(visitor: Visitor) -> None:
    if visitor.role not in (Role.UNIT_MEMBER, Role.FACILITATOR):
        raise RoleNeeded(Role.UNIT_MEMBER)


def _inside(visitor: Visitor, view: GroupView) -> bool:
    """Whether a visitor is a facilitator, or of a unit that came along."""
    return visitor.role is Role.FACILITATOR or any(
        one.member.unit_id == visitor.unit_id and one.state is InvitationState.ACCEPTED
        for one in view.invitations
    )


def _row(view: GroupView, living: Set[str], lang: Language) -> Values:
    """What lists show of a group; its members are those whose challenge is living, or open."""
    held = [
        one.state
        for one in view.invitations
        if one.state in HELD and one.member.challenge_id in living
    ]
    return {
        "id": view.id,
        "name": group_name(view, lang),
        "status": say(lang, STATES[GroupState(view.state)]),
        "members": len(held),
        "accepted": held.count(InvitationState.ACCEPTED),
        "languages": list(view.proposal.languages),
        "approved_on": view.approved_at,
        "sample": view.sample,
    }


def _values(
    session: Session, visitor: Visitor, view: GroupView, most: int, lang: Language
) -> Values:
    desk = visitor.role is Role.FACILITATOR
    held = held_seats(session, view.id)
    full = len(held) >= most
    found = seen(session, visitor, (one.member.challenge_id for one in view.invitations))
    shown = [
        one for one in view.invitations if one.state in SHOWN and one.member.challenge_id in found
    ]
    along = (found[one.member.challenge_id].unit for one in shown if one.state in HELD)
    counts, points = mapped(along, lang, own=visitor.unit_id or "")
    about = _row(view, held.keys(), lang) | {
        "cohesion": view.proposal.cohesion,
        "facilitator": facilitator_name(session, view, lang),
    }
    return {
        "group": about,
        "why": list(view.proposal.reasons),
        "members": [_member(session, visitor, one, found, lang) for one in shown],
        "late": _late(view, found, lang) if desk else [],
        "history": history(session, visitor, view.proposal.id, lang) if desk else [],
        "full": full,
        "refill": desk and view.state != GroupState.CLOSED and not full,
        "names": {one.unit.id: one.unit.name.text(lang) for one in found.values()},
        "points": points,
        "counts": counts,
        "sample": view.sample,
    }


def _member(
    session: Session,
    visitor: Visitor,
    view: InvitationView,
    found: dict[str, Seen],
    lang: Language,
) -> Values:
    one = found[view.member.challenge_id]
    inside = view.state is InvitationState.ACCEPTED
    # Why a unit stayed out is told to the facilitator, not to the other units.
    told = visitor.role is Role.FACILITATOR
    return {
        **one.shown(lang),
        "name": one.unit.name.text(lang),
        "fit": view.member.fit,
        "answer": view.state,
        "open": one.card.status is ChallengeStatus.OPEN,
        "decline_reason": view.decline_reason if told else None,
        "note": view.note if told else "",
        "contact": _contact(session, one.unit.id) if inside else "",
        "reasons": list(view.member.reasons),
    }


def _contact(session: Session, unit_id: str) -> str:
    """Name a unit's contact persons, with their work addresses."""
    people = people_with(session, Role.UNIT_MEMBER, unit_ids=[unit_id])
    known = (addressee(session, person_id) for person_id, _ in people)
    return ", ".join(f"{one.name}, {one.email}" for one in known if one is not None)


def _late(view: GroupView, found: dict[str, Seen], lang: Language) -> list[Values]:
    return [
        {
            **found[one.member.challenge_id].shown(lang),
            "challenge_id": one.member.challenge_id,
            "fit": one.member.fit,
        }
        for one in view.invitations
        if one.state is InvitationState.OFFERED and one.member.challenge_id in found
    ]
