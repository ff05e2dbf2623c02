"""What can be asked of the groups."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from services.challenges.queries import open_among
from services.groups.errors import UnknownGroup, UnknownInvitation, UnknownProposal
from services.groups.proposals import seats_of
from services.groups.states import SEATED, InvitationState, ProposalState
from services.groups.tables import Edit, Group, Invitation, Placement, Proposal, Seat
from services.groups.views import (
    GroupView,
    InvitationView,
    ProposalView,
    group_view,
    invitation_view,
    proposal_view,
)


def proposals(
    session: Session, state: ProposalState | None = ProposalState.OPEN
) -> list[ProposalView]:
    """Return proposals, the most coherent first."""
    wanted = select(Proposal)
    if state is not None:
        wanted = wanted.where(Proposal.state == state)
    rows = session.exec(wanted).all()
    seats = _seats(session, [row.id for row in rows])
    views = [proposal_view(row, seats.get(row.id, [])) for row in rows]
    shown = [view for view in views if view is not None]
    return sorted(shown, key=lambda view: (-view.proposal.cohesion, view.proposal.id))


def proposals_by_id(session: Session, proposal_ids: list[str]) -> list[ProposalView]:
    """Return some proposals, a page's, in the order asked for."""
    rows = session.exec(select(Proposal).where(col(Proposal.id).in_(proposal_ids))).all()
    seats = _seats(session, proposal_ids)
    views = {row.id: proposal_view(row, seats.get(row.id, [])) for row in rows}
    return [view for key in proposal_ids if (view := views.get(key)) is not None]


def proposal(session: Session, proposal_id: str) -> ProposalView:
    """
    Return a proposal.

    Raises
    ------
    UnknownProposal
        When there is none with this id, or nobody is left in it.
    """
    row = session.get(Proposal, proposal_id)
    view = _view(session, row) if row is not None else None
    if view is None:
        raise UnknownProposal(proposal_id)
    return view


def any_proposal(session: Session, proposal_id: str) -> ProposalView | None:
    """Return a proposal in whatever state, or None."""
    row = session.get(Proposal, proposal_id)
    return _view(session, row) if row is not None else None


def pinned(session: Session) -> dict[str, str]:
    """Return where facilitators put challenges: proposal by challenge."""
    rows = session.exec(select(Placement).where(col(Placement.proposal_id).is_not(None))).all()
    return {row.challenge_id: row.proposal_id or "" for row in rows}


def changed_since(session: Session, moment: datetime, person_id: str) -> int:
    """Return how many open proposals came or changed since a moment, by others than a person."""
    rows = session.exec(
        select(Proposal.id, Proposal.changed_at).where(
            Proposal.state == ProposalState.OPEN, col(Proposal.changed_at) > moment
        )
    ).all()
    own = _last_edits(session, moment, person_id)
    return sum(1 for key, changed_at in rows if own.get(key, moment) < changed_at)


def _last_edits(session: Session, moment: datetime, person_id: str) -> dict[str, datetime]:
    rows = session.exec(
        select(Edit)
        .where(Edit.person_id == person_id, col(Edit.at) > moment)
        .order_by(col(Edit.at))
    ).all()
    last: dict[str, datetime] = {}
    for edit in rows:
        last[edit.proposal_id] = last[str(edit.details.get("to"))] = edit.at
    return last


def proposal_of(session: Session, challenge_id: str) -> ProposalView | None:
    """Return the open proposal that a challenge has a seat in."""
    row = session.exec(
        select(Proposal)
        .join(Seat, col(Seat.proposal_id) == col(Proposal.id))
        .where(Seat.challenge_id == challenge_id, Proposal.state == ProposalState.OPEN)
    ).first()
    return _view(session, row) if row is not None else None


def groups(session: Session, unit_id: str = "") -> list[GroupView]:
    """Return groups, newest first; with a unit, those it has a seat in."""
    wanted = select(Group).order_by(col(Group.approved_at).desc(), col(Group.id))
    if unit_id:
        own = select(Invitation.group_id).where(Invitation.unit_id == unit_id)
        wanted = wanted.where(col(Group.id).in_(own))
    return _group_views(session, session.exec(wanted).all())


def groups_by_id(session: Session, group_ids: list[str]) -> list[GroupView]:
    """Return some groups, a page's, in the order asked for."""
    rows = session.exec(select(Group).where(col(Group.id).in_(group_ids))).all()
    views = {view.id: view for view in _group_views(session, rows)}
    return [views[key] for key in group_ids if key in views]


def group(session: Session, group_id: str) -> GroupView:
    """
    Return a group.

    Raises
    ------
    UnknownGroup
        When there is none with this id.
    """
    row = session.get(Group, group_id)
    if row is None:
        raise UnknownGroup(group_id)
    (view,) = _group_views(session, [row])
    return view


def invitations_of(session: Session, unit_id: str) -> list[InvitationView]:
    """Return the invitations a unit has had, the unanswered first."""
    rows = session.exec(
        select(Invitation.id, Invitation.group_id)
        .where(Invitation.unit_id == unit_id, col(Invitation.invited_at).is_not(None))
        .order_by(col(Invitation.invited_at).desc())
    ).all()
    found = groups_by_id(session, [group_id for _, group_id in rows])
    views = {one.id: one for group in found for one in group.invitations}
    told = [views[key] for key, _ in rows]
    return sorted(told, key=lambda view: view.state != InvitationState.INVITED)


def invitation(session: Session, invitation_id: str) -> InvitationView:
    """
    Return an invitation.

    Raises
    ------
    UnknownInvitation
        When there is none with this id.
    """
    row = session.get(Invitation, invitation_id)
    if row is None:
        raise UnknownInvitation(invitation_id)
    of_group = group(session, row.group_id).invitations
    return next(one for one in of_group if one.id == invitation_id)


def offers(session: Session) -> list[InvitationView]:
    """Return the late challenges that wait for a facilitator."""
    found = session.exec(
        select(Invitation, Group.sample)
        .join(Group, col(Group.id) == col(Invitation.group_id))
        .where(Invitation.state == InvitationState.OFFERED)
    ).all()
    return [invitation_view(row, sample=sample) for row, sample in found]


def seat_of(session: Session, challenge_id: str) -> InvitationView | None:
    """Return the invitation by which a challenge is offered, invited or seated."""
    row = session.exec(
        select(Invitation).where(
            Invitation.challenge_id == challenge_id, col(Invitation.state).in_(SEATED)
        )
    ).first()
    return invitation(session, row.id) if row is not None else None


def count(session: Session) -> tuple[int, int]:
    """Return how many proposals are open and how many groups there are."""
    opened = select(func.count()).where(Proposal.state == ProposalState.OPEN)
    made = select(func.count()).select_from(Group)
    return int(session.exec(opened).one()), int(session.exec(made).one())


def placed(session: Session) -> set[str]:
    """Return the challenges that are in an open proposal or have a seat in a group."""
    proposed = session.exec(
        select(Seat.challenge_id)
        .join(Proposal, col(Proposal.id) == col(Seat.proposal_id))
        .where(Proposal.state == ProposalState.OPEN)
    ).all()
    return {*proposed, *(challenge_id for _, challenge_id, _ in seated(session))}


def seated(session: Session) -> list[tuple[str, str, str]]:
    """Return (group, challenge, unit) of every seat in a group, offered ones included."""
    rows = session.exec(
        select(Invitation.group_id, Invitation.challenge_id, Invitation.unit_id).where(
            col(Invitation.state).in_(SEATED)
        )
    ).all()
    return [(group_id, challenge_id, unit_id) for group_id, challenge_id, unit_id in rows]


def count_invited(session: Session, unit_id: str) -> int:
    """Return how many invitations wait for a unit's answer."""
    waiting = select(func.count()).where(
        Invitation.unit_id == unit_id, Invitation.state == InvitationState.INVITED
    )
    return int(session.exec(waiting).one())


def _view(session: Session, row: Proposal) -> ProposalView | None:
    return proposal_view(row, seats_of(session, row.id))


def _seats(session: Session, proposal_ids: list[str]) -> dict[str, list[Seat]]:
    """Return the seats of many proposals at once, those of each in their order."""
    seats: dict[str, list[Seat]] = {}
    for start in range(0, len(proposal_ids), 500):
        part = proposal_ids[start : start + 500]
        wanted = select(Seat).where(col(Seat.proposal_id).in_(part))
        for seat in session.exec(wanted.order_by(col(Seat.place))).all():
            seats.setdefault(seat.proposal_id, []).append(seat)
    return seats


def _group_views(session: Session, rows: Sequence[Group]) -> list[GroupView]:
    invitations = _invitations(session, [row.id for row in rows])
    living = open_among(session, (one.challenge_id for of in invitations.values() for one in of))
    return [group_view(row, invitations.get(row.id, []), living) for row in rows]


def _invitations(session: Session, group_ids: list[str]) -> dict[str, list[Invitation]]:
    """Return the invitations of many groups at once."""
    found: dict[str, list[Invitation]] = {}
    for start in range(0, len(group_ids), 500):
        part = col(Invitation.group_id).in_(group_ids[start : start + 500])
        for row in session.exec(select(Invitation).where(part)).all():
            found.setdefault(row.group_id, []).append(row)
    return found
