"""
What facilitators and units decided about members, for the weights to be fitted to.

Only what speaks of the content counts: a unit that has no time says nothing about the match.
A facilitator's approval speaks of all its members at once, and is worth half a decision on
one of them; a whole proposal rejected for its content is shared out over its members.
"""

from collections.abc import Iterable, Iterator

from sqlmodel import Session, col, select

from matcher.judged import Judgement
from schemas.groups import DeclineReason, RejectReason
from services.groups.proposals import seats_of
from services.groups.states import InvitationState, ProposalState
from services.groups.tables import Group, Invitation, KeptOut, Placement, Proposal

OF_CONTENT = {DeclineReason.NOT_OUR_CHALLENGE, DeclineReason.WRONG_COMPANY}
"""Reasons of a unit that say that it does not fit."""
UNLIKE = {RejectReason.NOT_SAME_CHALLENGE, RejectReason.TOO_MIXED}
"""Reasons of a facilitator that say that members do not fit together."""
UNANSWERED = 0.5


def judgements(session: Session, *, samples: bool = False) -> list[Judgement]:
    """Return all that was decided; of the invented samples only when asked for."""
    rows = session.exec(select(Proposal).order_by(Proposal.id)).all()
    found: list[Judgement] = []
    for row in rows:
        if samples or not row.sample:
            found += _of_proposal(session, row)
    return found


def _of_proposal(session: Session, row: Proposal) -> Iterator[Judgement]:
    group = session.exec(select(Group).where(Group.proposal_id == row.id)).first()
    members = [seat.challenge_id for seat in seats_of(session, row.id)]
    if group is not None:
        members = [member.challenge_id for member in group.proposal().members]
        yield from _of_group(session, row.id, group, members)
    elif row.state == ProposalState.REJECTED and row.reject_reason in UNLIKE:
        for key in members:
            yield _judged(key, members, False, row.id, 1.0 / len(members))
    elif row.state == ProposalState.OPEN:
        for key in _placed(session, row.id):
            yield _judged(key, members, True, row.id)
    for key in _kept_out(session, row.id):
        yield _judged(key, members, False, row.id)


def _of_group(
    session: Session, decision: str, group: Group, members: list[str]
) -> Iterator[Judgement]:
    rows = session.exec(
        select(Invitation).where(Invitation.group_id == group.id).order_by(Invitation.id)
    ).all()
    for row in rows:
        fits, weight = _said(row)
        if fits is not None:
            yield _judged(row.challenge_id, members, fits, decision, weight)


def _said(row: Invitation) -> tuple[bool | None, float]:
    """Whether an invitation's fate says that its challenge fits, None for neither; its weight."""
    if row.state == InvitationState.ACCEPTED:
        return True, 1.0
    if row.state == InvitationState.PASSED_OVER:
        return False, 1.0
    if row.state == InvitationState.DECLINED and row.decline_reason in OF_CONTENT:
        return False, 1.0
    # A facilitator let it stay; whatever the unit said since is not about the match.
    approved = row.invited_at is not None
    return (True if approved else None), UNANSWERED


def _judged(
    key: str, members: Iterable[str], fits: bool, decision: str, weight: float = 1.0
) -> Judgement:
    return Judgement(key, tuple(m for m in members if m != key), fits, weight, decision)


def _placed(session: Session, proposal_id: str) -> list[str]:
    """Challenges that a facilitator put into a proposal."""
    wanted = select(Placement.challenge_id).where(Placement.proposal_id == proposal_id)
    return list(session.exec(wanted.order_by(col(Placement.challenge_id))).all())


def _kept_out(session: Session, proposal_id: str) -> list[str]:
    """Challenges that a facilitator took out of a proposal."""
    wanted = select(KeptOut.challenge_id).where(KeptOut.proposal_id == proposal_id)
    return list(session.exec(wanted.order_by(col(KeptOut.challenge_id))).all())
