"""Proposals of developer groups, their approval, invitations and answers."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from schemas.base import Event, Schema
from schemas.codes import Language, RegionCode, ThemeKey
from schemas.ids import ChallengeId, GroupId, InvitationId, ProposalId, UnitId
from schemas.reasons import Concept, Reason

Share = Annotated[float, Field(ge=0, le=1)]


class Fellow(Schema):
    """A challenge beside another, or in a group."""

    challenge_id: ChallengeId
    unit_id: UnitId
    fit: Share
    reasons: tuple[Reason, ...] = ()


class Peer(Fellow):
    """A challenge that shares something with another."""

    close: bool = True
    """Whether the two have enough in common to sit in one group; else they share a little."""


class ProposedMember(Fellow):
    """A seat in a proposed group; ``fit`` is the mean likeness to the other members."""


class GroupProposal(Schema):
    """A group as the matcher proposes it; a person approves or rejects it."""

    id: ProposalId
    version: Annotated[int, Field(ge=1)] = 1
    members: Annotated[tuple[ProposedMember, ...], Field(min_length=2)]
    cohesion: Share
    concepts: tuple[Concept, ...] = ()
    """What unites the group, strongest first."""
    themes: tuple[ThemeKey, ...] = ()
    languages: tuple[Language, ...] = ()
    """Languages that every member can meet in."""
    regions: tuple[RegionCode, ...] = ()
    reasons: tuple[Reason, ...] = ()
    sample: bool = False


class Place(Schema):
    """A group that a challenge could go to, and what would have to give way for it."""

    proposal_id: ProposalId | None = None
    group_id: GroupId | None = None
    """An approved group; with neither, a new group of these."""
    challenges: tuple[ChallengeId, ...]
    """The others there."""
    fit: Share
    """Mean affinity to them."""
    rules: tuple[Reason, ...] = ()
    """Every rule that forbids it now; all of them must be relaxed, none is to spare."""


class Substitute(Schema):
    """A waiting challenge that could take a seat of an approved group."""

    member: ProposedMember
    cohesion: Share
    """Of the group with it."""


class Refill(Schema):
    """Who could take a free seat of an approved group, best fit first."""

    known: bool = True
    """Whether the pool has heard of the group; one just approved it has not."""
    cohesion: Share = 0.0
    """Of the group as it is."""
    seats: Annotated[int, Field(ge=0)] = 0
    """How many more members the rules allow."""
    substitutes: tuple[Substitute, ...] = ()


class VariantKind(StrEnum):
    """What another way of making a group is better for."""

    CLOSER = "closer"
    """Without those who fit least."""
    WIDER = "wider"
    """With those who wait and fit."""
    EXPERIENCED = "experienced"
    """With somebody who has done it."""
    EXCHANGED = "exchanged"
    """With a waiting one in place of the member that fits least."""


class Variant(Schema):
    """Another way of making a proposed group, out of its members and those who wait."""

    kind: VariantKind
    joins: tuple[ChallengeId, ...] = ()
    leaves: tuple[ChallengeId, ...] = ()
    members: Annotated[int, Field(ge=2)]
    cohesion: Share
    reasons: tuple[Reason, ...] = ()


class Quality(Schema):
    """How good the present proposals are together, beside the best that could be."""

    groups: int = 0
    score: float = 0.0
    """Sum over the pairs of each group of their affinity above the threshold."""
    bound: float = 0.0
    """No way of grouping the same challenges scores more than this."""
    blocking: Share = 0.0
    """Share of the members who could swap seats with another so that both gain."""
    envy: Share = 0.0
    """Share of the members who would fit another group better by more than a tenth."""
    kept: Share = 1.0
    """Share of the pairs together before the last round that still are."""
    moved: int = 0
    """Challenges that the last round took from one proposal to another, or out."""


class RejectReason(StrEnum):
    """Why a facilitator rejects a proposal."""

    NOT_SAME_CHALLENGE = "not_same_challenge"
    TOO_MIXED = "too_mixed"
    WRONG_SIZE = "wrong_size"
    WRONG_TIME = "wrong_time"
    EXISTS_ALREADY = "exists_already"
    OTHER = "other"


class DeclineReason(StrEnum):
    """Why a unit declines an invitation."""

    NO_TIME = "no_time"
    NOT_OUR_CHALLENGE = "not_our_challenge"
    WRONG_TIME = "wrong_time"
    WRONG_COMPANY = "wrong_company"
    SOLVED_ALREADY = "solved_already"
    OTHER = "other"


class ProposalEvent(Event):
    """A fact about one proposal."""

    proposal_id: ProposalId

    @property
    def key(self) -> str:
        """The proposal's id."""
        return self.proposal_id


class GroupEvent(Event):
    """A fact about one approved group."""

    group_id: GroupId

    @property
    def key(self) -> str:
        """The group's id."""
        return self.group_id


class GroupProposed(ProposalEvent):
    """The matcher proposes a group, or a new version of one."""

    fact = "matching.proposed"
    proposal: GroupProposal


class ProposalLapsed(ProposalEvent):
    """The matcher proposes this group no more."""

    fact = "matching.lapsed"
    version: int


class SeatProposed(GroupEvent):
    """The matcher proposes a late challenge for an approved group."""

    fact = "matching.seat_proposed"
    member: ProposedMember
    sample_member: bool = False


class GroupApproved(GroupEvent):
    """A facilitator approved a group; its members are about to be invited."""

    fact = "groups.approved"
    proposal_id: ProposalId
    proposal: GroupProposal


class ProposalRejected(ProposalEvent):
    """A facilitator rejected a proposal; its members are not proposed together again."""

    fact = "groups.rejected"
    reason: RejectReason
    challenges: tuple[ChallengeId, ...]


class MemberMoved(ProposalEvent):
    """A facilitator moved a member; the matcher keeps it where it was put."""

    fact = "groups.member_moved"
    challenge_id: ChallengeId
    unit_id: UnitId
    to_proposal_id: ProposalId | None = None
    """None: taken out, and not to come back to this proposal."""


class MemberInvited(GroupEvent):
    """A unit was invited to an approved group."""

    fact = "groups.invited"
    invitation_id: InvitationId
    member: ProposedMember
    late: bool = False


class SeatPassedOver(GroupEvent):
    """A facilitator decided that a late challenge does not go to an approved group."""

    fact = "groups.passed_over"
    invitation_id: InvitationId
    challenge_id: ChallengeId
    unit_id: UnitId


class InvitationAccepted(GroupEvent):
    """A unit accepted its invitation."""

    fact = "groups.accepted"
    invitation_id: InvitationId
    challenge_id: ChallengeId
    unit_id: UnitId


class InvitationDeclined(GroupEvent):
    """A unit declined its invitation; words of its own stay in the store."""

    fact = "groups.declined"
    invitation_id: InvitationId
    challenge_id: ChallengeId
    unit_id: UnitId
    reason: DeclineReason
