"""Proposals, groups and invitations as others see them, and how rows become them."""

from collections.abc import Set
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.groups import GroupProposal, ProposedMember
from services.groups.present import among, as_it_stands, of_present, seats
from services.groups.states import HELD, SEATED, InvitationState, ProposalState
from services.groups.tables import Group, Invitation, Proposal, Seat


@dataclass(frozen=True)
class ProposalView:
    """A proposal as the desk shows it."""

    proposal: GroupProposal
    version: int
    state: ProposalState
    title: str
    changed_at: datetime
    sample: bool


@dataclass(frozen=True)
class InvitationView:
    """An invitation with the group it is for."""

    id: str
    group_id: str
    member: ProposedMember
    state: InvitationState
    late: bool
    told: bool
    """Whether the unit was ever invited: an offer is the facilitator's own matter."""
    decline_reason: str | None
    note: str
    sample: bool


@dataclass(frozen=True)
class GroupView:
    """A group with its invitations, seats first."""

    id: str
    title: str
    state: str
    proposal: GroupProposal
    approved_at: datetime
    approved_by: str
    sample: bool
    invitations: tuple[InvitationView, ...]


def proposal_view(row: Proposal, held: list[Seat]) -> ProposalView | None:
    """Return a proposal's row and its seats as a view; None when fewer than two are left."""
    members = [seat.member() for seat in held]
    if len(members) < 2:
        return None
    return ProposalView(
        proposal=as_it_stands(row.body, members),
        version=row.version,
        state=ProposalState(row.state),
        title=row.title,
        changed_at=row.changed_at,
        sample=row.sample,
    )


def group_view(row: Group, invitations: list[Invitation], living: Set[str]) -> GroupView:
    """
    Return a group's row and its invitations as a view.

    Reasons name who is still in it: those with a seat, whose challenge is ``living``, or open.
    """
    views = [invitation_view(invitation, sample=row.sample) for invitation in invitations]
    views.sort(key=lambda view: (view.state not in SEATED, -view.member.fit, view.id))
    present = [view.member for view in views if view.state in HELD]
    held = seats(member for member in present if member.challenge_id in living)
    proposal = row.proposal()
    told = proposal.model_copy(update={"reasons": of_present(proposal.reasons, held)})
    return GroupView(
        row.id,
        row.title,
        row.state,
        told,
        row.approved_at,
        row.approved_by or "",
        row.sample,
        tuple(replace(view, member=among(view.member, held)) for view in views),
    )


def invitation_view(row: Invitation, *, sample: bool) -> InvitationView:
    """Return an invitation's row as a view; ``sample`` is its group's."""
    return InvitationView(
        id=row.id,
        group_id=row.group_id,
        member=row.member(),
        state=InvitationState(row.state),
        late=row.late,
        told=row.invited_at is not None,
        decline_reason=row.decline_reason,
        note=row.note,
        sample=sample,
    )
