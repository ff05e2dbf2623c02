"""The unit's way in: one page to decide on, then yes or no with a reason."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.base import Schema
from schemas.challenges import ChallengeStatus
from schemas.codes import Language
from schemas.errors import Refused
from schemas.groups import DeclineReason
from schemas.people import Member, Visitor
from schemas.personal_data import NoIdentityCode
from services.access.doors import MemberDep, SignedInDep, StoreDep
from services.challenges.seen import Seen, seen
from services.groups import invitations, queries
from services.groups.errors import UnknownInvitation
from services.groups.naming import group_name
from services.groups.sizes import held_seats
from services.groups.states import SECOND_SEAT, GroupState, InvitationState
from services.groups.terms import facilitator_name, terms
from services.groups.views import GroupView, InvitationView
from services.kit.forms import Form, Misfilled, SentForm
from services.kit.pages import go, language_of, show
from services.kit.refusing import status_of
from services.look.geography import mapped

pages = APIRouter()


class Decline(Schema):
    """Why a unit does not come along."""

    reason: DeclineReason
    note: Annotated[str, Field(max_length=500), NoIdentityCode] = ""


@pages.get("/invitations/{invitation_id}")
def invitation(
    request: Request,
    invitation_id: str,
    member: MemberDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Show an invitation to the unit that is invited."""
    with store.read() as session:
        values = _values(session, member, visitor, invitation_id, language_of(request))
    return show(request, "groups/invitation.html", form=Form(), **values)


@pages.post("/invitations/{invitation_id}/accept")
def post_acceptance(
    request: Request, invitation_id: str, member: MemberDep, store: StoreDep
) -> Response:
    """Come along."""
    with store.begin() as session:
        invitations.accept_invitation(session, member, invitation_id)
    return go(request, f"/invitations/{invitation_id}")


@pages.post("/invitations/{invitation_id}/decline")
def post_decline(
    request: Request,
    invitation_id: str,
    form: SentForm,
    member: MemberDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Stay out, with a reason; the unit's own words go to the facilitator alone."""
    try:
        why = form.into(Decline)
    except Misfilled as wrong:
        return _again(request, store, member, visitor, invitation_id, form, wrong)
    with store.begin() as session:
        invitations.decline_invitation(session, member, invitation_id, why.reason, note=why.note)
    return go(request, f"/invitations/{invitation_id}")


def _again(
    request: Request,
    store: StoreDep,
    member: Member,
    visitor: Visitor,
    invitation_id: str,
    form: Form,
    refusal: Refused,
) -> Response:
    with store.read() as session:
        values = _values(session, member, visitor, invitation_id, language_of(request))
    again, status = form.after(refusal), status_of(refusal)
    return show(request, "groups/invitation.html", status=status, form=again, **values)


def _values(
    session: Session, member: Member, visitor: Visitor, invitation_id: str, lang: Language
) -> dict[str, Any]:
    view = queries.invitation(session, invitation_id)
    if view.member.unit_id != member.unit_id or not view.told:
        raise UnknownInvitation(invitation_id)
    group = queries.group(session, view.group_id)
    held = held_seats(session, group.id).keys() - {view.member.challenge_id}
    others = [one for one in group.invitations if one.member.challenge_id in held]
    ids = [view.member.challenge_id, *(one.member.challenge_id for one in others)]
    found = seen(session, visitor, ids)
    counts, points = mapped((one.unit for one in found.values()), lang, own=member.unit_id)
    return {
        "invitation": {
            "id": view.id,
            "group": group_name(group, lang),
            "status": _status(view, found),
            "elsewhere": view.decline_reason == SECOND_SEAT,
            "answer_by": None,
            "late": view.late and group.state == GroupState.ACTIVE,
            "sample": view.sample,
        },
        "why": list(group.proposal.reasons),
        "me": _me(view, found),
        "members": [_other(one, found, lang) for one in others if one.member.challenge_id in found],
        "terms": terms(group, facilitator_name(session, group, lang), found.values(), lang),
        "names": {one.unit.id: one.unit.name.text(lang) for one in found.values()},
        "points": points,
        "counts": counts,
        "decline_reasons": DeclineReason,
        "sample": view.sample,
    }


def _status(view: InvitationView, found: dict[str, Seen]) -> InvitationState:
    """Where the invitation is; one that can be answered no more is cancelled, heard of or not."""
    mine = found.get(view.member.challenge_id)
    closed = mine is None or mine.card.status is not ChallengeStatus.OPEN
    waits = view.state is InvitationState.INVITED
    return InvitationState.CANCELLED if waits and closed else view.state


def _me(view: InvitationView, found: dict[str, Seen]) -> dict[str, Any]:
    mine = found.get(view.member.challenge_id)
    title = mine.shown("fi") if mine is not None else {"title": "", "lang": ""}
    reasons = list(view.member.reasons)
    return {"title": title["title"], "lang": title["lang"], "reasons": reasons} | {
        "gives": [],
        "gets": [],
    }


def _other(view: InvitationView, found: dict[str, Seen], lang: Language) -> dict[str, Any]:
    one = found[view.member.challenge_id]
    # Who was invited together may know each other's names; the texts stay as they were set.
    accepted = view.state is InvitationState.ACCEPTED
    return {
        **one.shown(lang),
        "name": one.unit.name.text(lang),
        "reasons": list(view.member.reasons),
        "answer": "accepted" if accepted else "",
    }


def is_member(group: GroupView, unit_id: str | None) -> bool:
    """Whether a unit has accepted its invitation to a group."""
    return any(
        one.member.unit_id == unit_id and one.state is InvitationState.ACCEPTED
        for one in group.invitations
    )
