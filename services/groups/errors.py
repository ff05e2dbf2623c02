"""Refusals of the groups."""

from schemas.errors import Conflict, NotAllowed, NotFound, Refused


class UnknownProposal(NotFound):
    """There is no such proposal."""

    code = "unknown-proposal"


class UnknownGroup(NotFound):
    """There is no such group."""

    code = "unknown-group"


class UnknownInvitation(NotFound):
    """There is no such invitation."""

    code = "unknown-invitation"


class NotInTheList(Refused):
    """The list has no such item to go on after."""

    code = "not-in-the-list"


class NotAMember(NotFound):
    """The challenge is not a member of this proposal."""

    code = "not-a-member"


class GroupAlreadyDecided(Conflict):
    """The proposal has been decided already."""

    code = "group-already-decided"


class ProposalHasLapsed(GroupAlreadyDecided):
    """The proposal has lapsed: a later round does not make it any more."""

    sentence = "proposal-has-lapsed"


class ProposalChanged(Conflict):
    """The proposal was changed in the meantime."""

    code = "proposal-changed"


class ChangedAtTheDesk(ProposalChanged):
    """A facilitator changed the proposal in the meantime."""

    sentence = "proposal-changed-at-the-desk"


class ChangedByARound(ProposalChanged):
    """A matching round changed the proposal in the meantime."""

    sentence = "proposal-changed-by-a-round"


class ChangedByAUnit(ProposalChanged):
    """A member's challenge was withdrawn or expired in the meantime."""

    sentence = "proposal-changed-by-a-unit"


class ChangedByAll(ProposalChanged):
    """A facilitator changed the proposal in the meantime, and so did challenges."""

    sentence = "proposal-changed-by-all"


class GroupTooSmall(Conflict):
    """A group needs at least three members."""

    code = "group-too-small"


class GroupTooLarge(Conflict):
    """The proposal has more members than a group may have."""

    code = "group-too-large"
    names = ("proposal", "most")


class GroupFull(Conflict):
    """The group has as many members as it may have."""

    code = "group-full"
    names = ("group", "most")


class UnitInGroupAlready(Conflict):
    """The unit has a member in this group already."""

    code = "unit-in-group-already"


class KeptApart(Conflict):
    """A facilitator decided that the challenge does not go with these units'."""

    code = "kept-apart"


class NoCommonLanguage(Conflict):
    """The group would have no language in common: these units do not speak its languages."""

    code = "no-common-language"


class AlreadyPlaced(Conflict):
    """The challenge has a place already."""

    code = "already-placed"


class AlreadyAnswered(Conflict):
    """The invitation has been answered already."""

    code = "already-answered"


class NotYourInvitation(NotAllowed):
    """The invitation is another unit's."""

    code = "not-your-invitation"
