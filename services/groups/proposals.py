"""Keeping what the matcher proposes, under what facilitators have decided."""

from datetime import UTC, datetime

from sqlmodel import Session, col, delete, select

from schemas.challenges import ChallengeStatus
from schemas.groups import GroupProposal, ProposedMember
from services.challenges.queries import cards_by_id
from services.groups.states import SEATED, Cause, ProposalState
from services.groups.tables import Invitation, KeptOut, Placement, Proposal, Seat


def keep_proposal(session: Session, proposal: GroupProposal) -> Proposal | None:
    """
    Store a proposal or its new version; None when it comes too late.

    A decided proposal stays as it is, an older round is dropped, and facilitators' edits
    win: whom they put here stays, whom they put elsewhere or took out does not come back,
    and nobody is in it who withdrew or was invited to a group meanwhile. Where the members
    stay, a facilitator may go on from what was seen: reasons and fits are no other group.
    """
    row = session.get(Proposal, proposal.id, with_for_update=True)
    if row is not None and (row.state != ProposalState.OPEN or row.round >= proposal.version):
        return None
    members = _as_decided(session, proposal)
    if len(members) < 2:
        return None
    now = datetime.now(UTC)
    before = {seat.challenge_id for seat in seats_of(session, proposal.id)}
    if row is None:
        row = Proposal(id=proposal.id, round=0, version=0, body={}, made_at=now, changed_at=now)
    row.round = proposal.version
    # Whom a facilitator put here may be a sample that the matcher did not count.
    row.sample = proposal.sample or _any_sample(session, members)
    row.body = proposal.model_dump(mode="json", exclude={"members"})
    if before != {member.challenge_id for member in members}:
        row.change(now, Cause.ROUND)
    session.add(row)
    session.flush()
    set_seats(session, proposal.id, members)
    return row


def let_lapse(session: Session, proposal_id: str, version: int) -> bool:
    """Close a proposal that the matcher made no more, unless facilitators worked on it."""
    row = session.get(Proposal, proposal_id, with_for_update=True)
    if row is None or row.state != ProposalState.OPEN or row.round >= version:
        return False
    placed = select(Placement).where(Placement.proposal_id == proposal_id)
    if session.exec(placed).first() is not None:
        return False
    row.round = version
    row.decide(ProposalState.LAPSED, None, datetime.now(UTC))
    session.add(row)
    return True


def drop_challenge(session: Session, challenge_id: str) -> None:
    """Take a challenge that is no longer open out of every open proposal."""
    for seat in session.exec(select(Seat).where(Seat.challenge_id == challenge_id)).all():
        row = session.get_one(Proposal, seat.proposal_id)
        if row.state != ProposalState.OPEN:
            continue
        session.delete(seat)
        row.change(datetime.now(UTC), Cause.UNIT)
        session.add(row)
    placed = session.get(Placement, challenge_id)
    if placed is not None:
        session.delete(placed)


def seats_of(session: Session, proposal_id: str) -> list[Seat]:
    """Return the seats of a proposal, in their order."""
    return list(
        session.exec(
            select(Seat).where(Seat.proposal_id == proposal_id).order_by(col(Seat.place))
        ).all()
    )


def set_seats(session: Session, proposal_id: str, members: list[ProposedMember]) -> None:
    """Give a proposal the seats of these members, in this order."""
    session.exec(delete(Seat).where(col(Seat.proposal_id) == proposal_id))
    for place, member in enumerate(members):
        values = member.model_dump(mode="json")
        session.add(Seat(proposal_id=proposal_id, place=place, **values))
    session.flush()


def _as_decided(session: Session, proposal: GroupProposal) -> list[ProposedMember]:
    ids = [member.challenge_id for member in proposal.members]
    elsewhere = _placed_elsewhere(session, proposal.id, ids) | _kept_out(session, proposal.id)
    elsewhere |= in_groups(session, ids) | _closed(session, ids)
    members = [m for m in proposal.members if m.challenge_id not in elsewhere]
    present = {m.challenge_id for m in members}
    units = {m.unit_id for m in members}
    for seat in seats_of(session, proposal.id):
        placed = session.get(Placement, seat.challenge_id)
        here = placed is not None and placed.proposal_id == proposal.id
        if here and seat.challenge_id not in present and seat.unit_id not in units:
            members.append(seat.member())
    return members


def _placed_elsewhere(session: Session, proposal_id: str, ids: list[str]) -> set[str]:
    # A placement holds as long as its proposal is open: afterwards the challenge is free.
    rows = session.exec(
        select(Placement.challenge_id)
        .join(Proposal, col(Proposal.id) == col(Placement.proposal_id))
        .where(
            col(Placement.challenge_id).in_(ids),
            Proposal.id != proposal_id,
            Proposal.state == ProposalState.OPEN,
        )
    ).all()
    return set(rows)


def _kept_out(session: Session, proposal_id: str) -> set[str]:
    rows = session.exec(select(KeptOut).where(KeptOut.proposal_id == proposal_id)).all()
    return {row.challenge_id for row in rows}


def in_groups(session: Session, ids: list[str]) -> set[str]:
    """Return those of the challenges that have, or are offered, a seat in a group."""
    rows = session.exec(
        select(Invitation).where(
            col(Invitation.challenge_id).in_(ids), col(Invitation.state).in_(SEATED)
        )
    ).all()
    return {row.challenge_id for row in rows}


def _any_sample(session: Session, members: list[ProposedMember]) -> bool:
    cards = cards_by_id(session, [member.challenge_id for member in members])
    return any(card.sample for card in cards.values())


def _closed(session: Session, ids: list[str]) -> set[str]:
    cards = cards_by_id(session, ids)
    return {key for key in ids if key not in cards or cards[key].status != ChallengeStatus.OPEN}
