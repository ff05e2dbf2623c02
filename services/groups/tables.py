"""Rows of the groups: proposals and their seats, groups and their invitations, edits."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from schemas.groups import DeclineReason, GroupProposal, ProposedMember
from schemas.reasons import Reason
from services.groups.errors import (
    AlreadyAnswered,
    ChangedAtTheDesk,
    ChangedByAll,
    ChangedByARound,
    ChangedByAUnit,
    GroupAlreadyDecided,
    ProposalChanged,
    ProposalHasLapsed,
)
from services.groups.states import Cause, GroupState, InvitationState, ProposalState
from services.kit.columns import Moment


def _when(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Moment, nullable=nullable))


def _json() -> Any:
    return Field(sa_column=Column(JSON, nullable=False))


_SEATED = text("state IN ('offered', 'invited', 'accepted')")
"""The states of ``SEATED``, as the databases read them."""


def changed_by(causes: frozenset[Cause]) -> type[ProposalChanged]:
    """Return the refusal that says what changed a proposal; a round looks at every challenge."""
    if Cause.DESK in causes:
        return ChangedByAll if len(causes) > 1 else ChangedAtTheDesk
    if Cause.ROUND in causes:
        return ChangedByARound
    return ChangedByAUnit if causes else ProposalChanged


class Proposal(SQLModel, table=True):
    """A proposed group as the facilitators see and correct it."""

    __tablename__ = "groups_proposal"

    id: str = Field(primary_key=True)
    round: int
    """The matcher's version that was taken over last."""
    version: int = 1
    """
    Counts every change of members, title or state: what a decision is about.

    What two facilitators at once are told apart by; reasons and figures move without it.
    """
    round_made: int = 0
    """The version that a round made last; so of the desk, and of a challenge that ended."""
    desk_made: int = 0
    unit_made: int = 0
    state: str = Field(default=ProposalState.OPEN, index=True)
    title: str = ""
    """A facilitator's own title; empty means the uniting concepts."""
    body: dict[str, Any] = _json()
    sample: bool = False
    made_at: datetime = _when(nullable=False)
    changed_at: datetime = _when(nullable=False)
    """When the version moved last: reasons and figures told anew are no news."""
    decided_at: datetime | None = _when()
    decided_by: str | None = None
    reject_reason: str | None = None
    note: str = Field(default="", sa_column=Column(Text, nullable=False))

    def must_be_open(self) -> None:
        """
        Let an undecided proposal pass.

        Raises
        ------
        GroupAlreadyDecided
            When it was approved, rejected or lapsed.
        """
        if self.state == ProposalState.LAPSED:
            raise ProposalHasLapsed(self.id)
        if self.state != ProposalState.OPEN:
            raise GroupAlreadyDecided(self.id)

    def must_be_as_seen(self, seen_version: int | None) -> None:
        """
        Let a change pass that was made on the present version; None means any.

        Raises
        ------
        ProposalChanged
            When another version was seen; its kind says what changed it since.
        """
        if seen_version is not None and seen_version != self.version:
            raise changed_by(self._causes(seen_version))(self.id)

    def _causes(self, seen_version: int) -> frozenset[Cause]:
        made = {
            Cause.ROUND: self.round_made,
            Cause.DESK: self.desk_made,
            Cause.UNIT: self.unit_made,
        }
        return frozenset(cause for cause, version in made.items() if version > seen_version)

    def change(self, now: datetime, cause: Cause) -> None:
        """Count a change of what is decided about, and what it was made by."""
        self.version += 1
        self.changed_at = now
        setattr(self, f"{cause}_made", self.version)

    def decide(self, state: ProposalState, person_id: str | None, now: datetime) -> None:
        """
        Approve, reject or let lapse, once.

        Raises
        ------
        GroupAlreadyDecided
            When it was decided before.
        """
        self.must_be_open()
        self.state, self.decided_by, self.decided_at = state, person_id, now
        self.change(now, Cause.DESK if person_id else Cause.ROUND)


class Seat(SQLModel, table=True):
    """A challenge's seat in a proposal."""

    __tablename__ = "groups_seat"

    proposal_id: str = Field(primary_key=True, foreign_key="groups_proposal.id")
    challenge_id: str = Field(primary_key=True, index=True)
    unit_id: str
    fit: float
    reasons: list[Any] = _json()
    place: int = 0

    def member(self) -> ProposedMember:
        """Return the seat as a value."""
        return ProposedMember(
            challenge_id=self.challenge_id,
            unit_id=self.unit_id,
            fit=self.fit,
            reasons=tuple(Reason.model_validate(reason) for reason in self.reasons),
        )


class Placement(SQLModel, table=True):
    """Where a facilitator put a challenge; no later round moves it."""

    __tablename__ = "groups_placement"

    challenge_id: str = Field(primary_key=True)
    proposal_id: str | None = None
    """None: taken out, to be matched freely elsewhere."""


class KeptOut(SQLModel, table=True):
    """A challenge that a facilitator took out of a proposal, not to come back."""

    __tablename__ = "groups_kept_out"

    proposal_id: str = Field(primary_key=True)
    challenge_id: str = Field(primary_key=True)


class Group(SQLModel, table=True):
    """An approved developer group."""

    __tablename__ = "groups_group"

    id: str = Field(primary_key=True)
    proposal_id: str = Field(unique=True, foreign_key="groups_proposal.id")
    state: str = Field(default=GroupState.INVITING, index=True)
    title: str = ""
    body: dict[str, Any] = _json()
    sample: bool = False
    approved_at: datetime = _when(nullable=False)
    approved_by: str | None = None

    def proposal(self) -> GroupProposal:
        """Return the proposal as it was approved."""
        return GroupProposal.model_validate(self.body)


class Invitation(SQLModel, table=True):
    """A unit's seat in an approved group, and its answer."""

    __tablename__ = "groups_invitation"
    __table_args__ = (
        UniqueConstraint("group_id", "challenge_id"),
        Index(
            "ix_groups_invitation_one_seat",
            "challenge_id",
            unique=True,
            sqlite_where=_SEATED,
            postgresql_where=_SEATED,
        ),
    )

    id: str = Field(primary_key=True)
    group_id: str = Field(index=True, foreign_key="groups_group.id")
    challenge_id: str = Field(index=True)
    unit_id: str = Field(index=True)
    state: str = Field(index=True)
    late: bool = False
    fit: float
    reasons: list[Any] = _json()
    invited_at: datetime | None = _when()
    answered_at: datetime | None = _when()
    answered_by: str | None = None
    decline_reason: str | None = None
    note: str = Field(default="", sa_column=Column(Text, nullable=False))
    """The unit's own words to the facilitator; never in an event."""

    def member(self) -> ProposedMember:
        """Return the invited challenge as a value."""
        return ProposedMember(
            challenge_id=self.challenge_id,
            unit_id=self.unit_id,
            fit=self.fit,
            reasons=tuple(Reason.model_validate(reason) for reason in self.reasons),
        )

    def must_be_offered(self) -> None:
        """
        Let a late seat pass that no facilitator has decided about.

        Raises
        ------
        AlreadyAnswered
            When it is past being offered.
        """
        if self.state != InvitationState.OFFERED:
            raise AlreadyAnswered(self.id)

    def invite(self, now: datetime) -> None:
        """Invite the unit of an offered late seat; raises as ``must_be_offered`` does."""
        self.must_be_offered()
        self.state, self.invited_at = InvitationState.INVITED, now

    def pass_over(self, now: datetime, person_id: str) -> None:
        """Turn down an offered late seat; raises as ``must_be_offered`` does."""
        self.must_be_offered()
        self.state = InvitationState.PASSED_OVER
        self.answered_at, self.answered_by = now, person_id

    def answer(
        self,
        state: InvitationState,
        person_id: str,
        now: datetime,
        reason: DeclineReason | None = None,
        note: str = "",
    ) -> None:
        """
        Accept or decline, once.

        Raises
        ------
        AlreadyAnswered
            When it was answered before or is not to be answered.
        """
        if self.state != InvitationState.INVITED:
            raise AlreadyAnswered(self.id)
        self.state, self.answered_by, self.answered_at = state, person_id, now
        self.decline_reason, self.note = reason, note


class Edit(SQLModel, table=True):
    """What a facilitator did to a proposal: the desk's own log."""

    __tablename__ = "groups_edit"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = _when(nullable=False)
    proposal_id: str = Field(index=True)
    person_id: str
    what: str
    details: dict[str, Any] = _json()
