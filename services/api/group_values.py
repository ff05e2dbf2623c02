"""Proposals, groups and invitations as other systems get them."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, Field

from schemas.base import Schema
from schemas.codes import Language, RegionCode, ThemeKey
from schemas.groups import DeclineReason, GroupProposal, ProposedMember, RejectReason, Share
from schemas.ids import ChallengeId, GroupId, InvitationId, ProposalId, UnitId
from schemas.personal_data import NoIdentityCode
from schemas.reasons import Concept, Reason
from services.api.seeing import reasons_without, without_words
from services.groups.states import GroupState, InvitationState, ProposalState
from services.groups.views import GroupView, InvitationView, ProposalView

Note = Annotated[str, Field(max_length=1000), NoIdentityCode]


class Rejection(Schema):
    """Why a proposal is rejected; the note stays among the facilitators."""

    reason: RejectReason
    note: Note = ""


class Declining(Schema):
    """Why an invitation is declined; the note goes to the facilitator alone."""

    reason: DeclineReason
    note: Note = ""


class Together(Schema):
    """What unites a proposed or approved group."""

    cohesion: Share
    concepts: tuple[Concept, ...] = ()
    themes: tuple[ThemeKey, ...] = ()
    languages: tuple[Language, ...] = ()
    regions: tuple[RegionCode, ...] = ()
    reasons: tuple[Reason, ...] = ()
    sample: bool = False
    """True when any of it is made-up sample data."""


class ProposalOut(Together):
    """A proposed group as the facilitators have it now."""

    id: ProposalId
    version: int
    state: ProposalState
    title: str
    """A facilitator's own title; empty means the uniting concepts."""
    members: tuple[ProposedMember, ...]
    hidden_members: int = 0
    """Members whose challenge the caller may not see."""
    changed_at: AwareDatetime


class InvitationOut(Schema):
    """A unit's invitation to a group."""

    id: InvitationId
    group_id: GroupId
    challenge_id: ChallengeId
    unit_id: UnitId
    fit: Share
    reasons: tuple[Reason, ...] = ()
    state: InvitationState
    late: bool = False
    sample: bool = False


class GroupOut(Together):
    """An approved group and who is invited."""

    id: GroupId
    state: GroupState
    title: str
    invitations: tuple[InvitationOut, ...]
    hidden_members: int = 0
    approved_at: datetime


def proposal_out(view: ProposalView, hidden: frozenset[str]) -> ProposalOut:
    """Show a proposal without the members that the caller may not see."""
    members = view.proposal.members
    return ProposalOut(
        id=view.proposal.id,
        version=view.version,
        state=view.state,
        title=view.title,
        members=tuple(_member(one, hidden) for one in members if one.challenge_id not in hidden),
        hidden_members=sum(one.challenge_id in hidden for one in members),
        changed_at=view.changed_at,
        **_together(view.proposal, hidden),
        sample=view.sample,
    )


def group_out(view: GroupView, hidden: frozenset[str]) -> GroupOut:
    """Show a group without the members that the caller may not see."""
    shown = [one for one in view.invitations if one.member.challenge_id not in hidden]
    return GroupOut(
        id=view.id,
        state=GroupState(view.state),
        title=view.title,
        invitations=tuple(invitation_out(one, hidden) for one in shown),
        hidden_members=len(view.invitations) - len(shown),
        approved_at=view.approved_at,
        **_together(view.proposal, hidden),
        sample=view.sample,
    )


def invitation_out(view: InvitationView, hidden: frozenset[str]) -> InvitationOut:
    """Show an invitation; what a unit wrote when it declined is the facilitator's alone."""
    return InvitationOut(
        id=view.id,
        group_id=view.group_id,
        challenge_id=view.member.challenge_id,
        unit_id=view.member.unit_id,
        fit=view.member.fit,
        reasons=reasons_without(view.member.reasons, hidden),
        state=view.state,
        late=view.late,
        sample=view.sample,
    )


def _member(member: ProposedMember, hidden: frozenset[str]) -> ProposedMember:
    return member.model_copy(update={"reasons": reasons_without(member.reasons, hidden)})


def _together(proposal: GroupProposal, hidden: frozenset[str]) -> dict[str, object]:
    concepts = proposal.concepts
    return {
        "cohesion": proposal.cohesion,
        "concepts": without_words(concepts) if hidden else concepts,
        "themes": proposal.themes,
        "languages": proposal.languages,
        "regions": proposal.regions,
        "reasons": reasons_without(proposal.reasons, hidden),
    }
