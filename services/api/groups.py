"""Proposals, groups and invitations: decided at the desk, answered by the units."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from schemas.ids import KEY
from schemas.people import Member, Role, Visitor
from services.access.doors import StoreDep
from services.api.caller import DeskDep, UnitDep, UnitOrDeskDep, acting_for, at_the_desk
from services.api.errors import UnitNotNamed
from services.api.group_values import (
    Declining,
    GroupOut,
    InvitationOut,
    ProposalOut,
    Rejection,
    group_out,
    invitation_out,
    proposal_out,
)
from services.api.pages_of import LARGEST, AfterQuery, LimitQuery, Part
from services.api.pressure import RoomDep
from services.api.seeing import hidden_among
from services.api.units import KeyPath
from services.api.versions import SeenDep, tagged
from services.groups import queries
from services.groups.actions import approve_group, reject_proposal
from services.groups.errors import NotInTheList, UnknownGroup, UnknownInvitation, UnknownProposal
from services.groups.invitations import accept_invitation, decline_invitation
from services.groups.listing import group_keys, proposal_keys
from services.groups.sizes import MostDep
from services.groups.states import ProposalState
from services.groups.views import GroupView, ProposalView

groups = APIRouter(tags=["groups"])


@groups.get("/proposals")
def list_proposals(
    store: StoreDep,
    caller: UnitOrDeskDep,
    state: ProposalState | None = ProposalState.OPEN,
    limit: LimitQuery = 50,
    after: AfterQuery = "",
) -> Part[ProposalOut]:
    """List proposals, the most coherent first; a unit's key those it has a seat in."""
    with store.read() as session:
        keys = proposal_keys(session, state, unit_id=_unit_of(caller), limit=limit + 1, after=after)
        found = queries.proposals_by_id(session, keys[:limit])
        hidden = _hidden(session, caller, *found)
        items = [proposal_out(one, hidden & _inside(one)) for one in found]
    return Part(items=items, next=keys[limit - 1] if len(keys) > limit else None)


@groups.get("/proposals/{proposal_id}")
def get_proposal(
    proposal_id: KeyPath, store: StoreDep, caller: UnitOrDeskDep, response: Response
) -> ProposalOut:
    """Read a proposal and why it is made; the ETag is its version: of members, title, state."""
    with store.read() as session:
        view = queries.proposal(session, proposal_id)
        if not _concerns(caller, view):
            raise UnknownProposal(proposal_id)
        shown = proposal_out(view, _hidden(session, caller, view))
    return tagged(response, shown, view.version)


@groups.post("/proposals/{proposal_id}/approve", status_code=201)
def post_approval(
    proposal_id: KeyPath,
    store: StoreDep,
    caller: DeskDep,
    seen: SeenDep,
    _room: RoomDep,
    most: MostDep,
    response: Response,
) -> GroupOut:
    """Approve a proposal: a group comes into being and its members are invited."""
    with store.begin() as session:
        desk = at_the_desk(caller)
        group = approve_group(session, desk, proposal_id, seen_version=seen, most=most)
        session.flush()
        shown = group_out(queries.group(session, group.id), frozenset())
    response.headers["Location"] = f"/api/v1/groups/{shown.id}"
    return shown


@groups.post("/proposals/{proposal_id}/reject")
def post_rejection(
    proposal_id: KeyPath,
    rejection: Rejection,
    store: StoreDep,
    caller: DeskDep,
    seen: SeenDep,
    _room: RoomDep,
) -> ProposalOut:
    """Reject a proposal; its members are not proposed together again."""
    with store.begin() as session:
        reject_proposal(
            session,
            at_the_desk(caller),
            proposal_id,
            rejection.reason,
            note=rejection.note,
            seen_version=seen,
        )
        session.flush()
        return proposal_out(queries.proposal(session, proposal_id), frozenset())


@groups.get("/groups")
def list_groups(
    store: StoreDep, caller: UnitOrDeskDep, limit: LimitQuery = 50, after: AfterQuery = ""
) -> Part[GroupOut]:
    """List groups, the newest first; a unit's key those it was invited to."""
    with store.read() as session:
        keys = group_keys(session, unit_id=_unit_of(caller), limit=limit + 1, after=after)
        found = [_as_told(caller, one) for one in queries.groups_by_id(session, keys[:limit])]
        hidden = _hidden(session, caller, *found)
        items = [group_out(one, hidden & _inside(one)) for one in found]
    return Part(items=items, next=keys[limit - 1] if len(keys) > limit else None)


@groups.get("/groups/{group_id}")
def get_group(group_id: KeyPath, store: StoreDep, caller: UnitOrDeskDep) -> GroupOut:
    """Read a group and who is invited."""
    with store.read() as session:
        view = _as_told(caller, queries.group(session, group_id))
        if not _concerns(caller, view):
            raise UnknownGroup(group_id)
        return group_out(view, _hidden(session, caller, view))


@groups.get("/invitations")
def list_invitations(
    store: StoreDep,
    caller: UnitDep,
    unit_id: Annotated[
        str | None, Query(pattern=KEY, description="Needed by the centre's keys.")
    ] = None,
    limit: LimitQuery = LARGEST,
    after: AfterQuery = "",
) -> Part[InvitationOut]:
    """List a unit's invitations, the unanswered first."""
    chosen = unit_id or caller.unit_id
    if not chosen:
        raise UnitNotNamed
    member = acting_for(caller, chosen)
    with store.read() as session:
        found = queries.invitations_of(session, member.unit_id)
    keys = [one.id for one in found]
    if after and after not in keys:
        raise NotInTheList(after)
    start = keys.index(after) + 1 if after else 0
    part = found[start : start + limit]
    more = start + limit < len(found)
    items = [invitation_out(one, frozenset()) for one in part]
    return Part(items=items, next=part[-1].id if more else None)


@groups.post("/invitations/{invitation_id}/accept")
def post_acceptance(
    invitation_id: KeyPath, store: StoreDep, caller: UnitDep, _room: RoomDep
) -> InvitationOut:
    """Accept an invitation."""
    with store.begin() as session:
        accept_invitation(session, _invited(session, caller, invitation_id), invitation_id)
        return invitation_out(queries.invitation(session, invitation_id), frozenset())


@groups.post("/invitations/{invitation_id}/decline")
def post_declining(
    invitation_id: KeyPath,
    declining: Declining,
    store: StoreDep,
    caller: UnitDep,
    _room: RoomDep,
) -> InvitationOut:
    """Decline an invitation, with a reason."""
    with store.begin() as session:
        member = _invited(session, caller, invitation_id)
        decline_invitation(session, member, invitation_id, declining.reason, note=declining.note)
        session.flush()
        return invitation_out(queries.invitation(session, invitation_id), frozenset())


def _invited(session: Session, caller: Visitor, invitation_id: str) -> Member:
    """Act for the unit that is invited; another unit's invitation is not told to exist."""
    unit_id = queries.invitation(session, invitation_id).member.unit_id
    if caller.role is not Role.ADMIN and caller.unit_id != unit_id:
        raise UnknownInvitation(invitation_id)
    return acting_for(caller, unit_id)


def _unit_of(caller: Visitor) -> str | None:
    """Return the unit whose proposals and groups alone a caller sees; the desk sees all."""
    return caller.unit_id or "" if caller.role is Role.UNIT_MEMBER else None


def _concerns(caller: Visitor, view: ProposalView | GroupView) -> bool:
    """Whether a caller has to do with a group: the desk with all, a unit with its own."""
    unit_id = _unit_of(caller)
    return unit_id is None or unit_id in {seated for _, seated in _seats(view)}


def _as_told(caller: Visitor, view: GroupView) -> GroupView:
    """Leave out for a unit what is the facilitator's own matter: who is merely offered."""
    if caller.role is not Role.UNIT_MEMBER:
        return view
    return replace(view, invitations=tuple(one for one in view.invitations if one.told))


def _hidden(session: Session, caller: Visitor, *views: ProposalView | GroupView) -> frozenset[str]:
    return hidden_among(session, caller, frozenset[str]().union(*map(_inside, views)))


def _inside(view: ProposalView | GroupView) -> frozenset[str]:
    return frozenset(challenge_id for challenge_id, _ in _seats(view))


def _seats(view: ProposalView | GroupView) -> list[tuple[str, str]]:
    members = [one.member for one in view.invitations] if isinstance(view, GroupView) else []
    every = (*view.proposal.members, *members)
    return [(one.challenge_id, one.unit_id) for one in every]
