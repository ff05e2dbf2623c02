"""Every event the product knows, by its type."""

from schemas.agents import AgentAppointed
from schemas.base import Event
from schemas.challenges import ChallengeRegistered, ChallengeRevised, ChallengeWithdrawn
from schemas.groups import (
    GroupApproved,
    GroupProposed,
    InvitationAccepted,
    InvitationDeclined,
    MemberInvited,
    MemberMoved,
    ProposalLapsed,
    ProposalRejected,
    SeatPassedOver,
    SeatProposed,
)
from schemas.matching import ChallengeLeftOut, PeersFound
from schemas.notices import RegionTold
from schemas.units import ProfileRevised, UnitJoined

EVENTS: tuple[type[Event], ...] = (
    UnitJoined,
    ProfileRevised,
    AgentAppointed,
    ChallengeRegistered,
    ChallengeRevised,
    ChallengeWithdrawn,
    PeersFound,
    GroupProposed,
    ProposalLapsed,
    ChallengeLeftOut,
    SeatProposed,
    GroupApproved,
    ProposalRejected,
    MemberMoved,
    MemberInvited,
    InvitationAccepted,
    InvitationDeclined,
    SeatPassedOver,
    RegionTold,
)

BY_TYPE: dict[str, type[Event]] = {event.type_name(): event for event in EVENTS}
