"""Where proposals, groups and invitations are in their lives."""

from enum import StrEnum


class ProposalState(StrEnum):
    """Where a proposal is in its life."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    LAPSED = "lapsed"


class Cause(StrEnum):
    """What changed a proposal."""

    ROUND = "round"
    """The matcher made it anew, or let it lapse."""
    DESK = "desk"
    """A facilitator corrected or decided it."""
    UNIT = "unit"
    """A member's challenge was withdrawn, or its time ran out."""


class GroupState(StrEnum):
    """Where a group is in its life."""

    INVITING = "inviting"
    ACTIVE = "active"
    CLOSED = "closed"


class InvitationState(StrEnum):
    """Where an invitation is in its life."""

    OFFERED = "offered"
    """A late challenge that a facilitator has not invited yet."""
    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PASSED_OVER = "passed_over"
    CANCELLED = "cancelled"


SECOND_SEAT = "second-seat"
"""Why a seat was cancelled that a challenge had beside another; in place of a unit's reason."""
SEATED = (InvitationState.OFFERED, InvitationState.INVITED, InvitationState.ACCEPTED)
"""The states in which a challenge has or is about to have a seat in a group."""
HELD = (InvitationState.INVITED, InvitationState.ACCEPTED)
"""The states in which nobody else can have that seat."""
