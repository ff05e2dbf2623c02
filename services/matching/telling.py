"""What a round came to, told to the others where it differs from what was told before."""

from collections.abc import Set

from sqlmodel import Session, col, select

from matcher.told import Proposed
from schemas.groups import GroupProposal, GroupProposed, Peer, ProposalLapsed, SeatProposed
from schemas.matching import ChallengeLeftOut, PeersFound
from schemas.reasons import Reason
from services.kit.outbox import emit
from services.matching.tables import KnownChallenge, KnownPeers, LeftOut, Ruling, Told

BEING_READ = Reason(code="being-read")


def tell_round(session: Session, found: Proposed, unread: Set[str] = frozenset()) -> None:
    """
    Announce new and changed proposals, lapsed ones, late seats, and who waits and why.

    Those ``unread`` wait to be taken into the pool.
    """
    for proposal in found.proposals:
        _tell_proposal(session, proposal)
    for proposal_id, version in found.lapsed:
        _tell_lapse(session, proposal_id, version)
    for group_id, member in found.seats:
        session.merge(Ruling(kind="seat", challenge_id=member.challenge_id, other=group_id))
        sample = _is_sample(session, member.challenge_id)
        emit(session, SeatProposed(group_id=group_id, member=member, sample=sample))
    _tell_left_out(session, found.left_out | dict.fromkeys(unread, BEING_READ))


def tell_peers(session: Session, challenge_id: str, peers: list[Peer]) -> None:
    """Announce who shares a challenge, when it is not what was told last."""
    body = [peer.model_dump(mode="json") for peer in peers]
    row = session.get(KnownPeers, challenge_id)
    if row is not None and row.body == body:
        return
    session.merge(KnownPeers(challenge_id=challenge_id, body=body))
    challenge = session.get_one(KnownChallenge, challenge_id)
    emit(
        session,
        PeersFound(
            challenge_id=challenge_id,
            unit_id=challenge.unit_id,
            peers=tuple(peers),
            sample=_is_sample(session, challenge_id),
        ),
    )


def _tell_proposal(session: Session, proposal: GroupProposal) -> None:
    row = session.get(Told, proposal.id)
    # One decided while the round ran stays decided; its members go on under other names.
    if row is not None and (not row.is_open or row.version >= proposal.version):
        return
    body = proposal.model_dump(mode="json")
    session.merge(Told(proposal_id=proposal.id, version=proposal.version, body=body))
    emit(
        session,
        GroupProposed(proposal_id=proposal.id, proposal=proposal, sample=proposal.sample),
    )


def _tell_lapse(session: Session, proposal_id: str, version: int) -> None:
    row = session.get(Told, proposal_id)
    if row is None or not row.is_open:
        return
    row.is_open, row.version = False, version
    session.add(row)
    sample = bool(row.body.get("sample"))
    emit(session, ProposalLapsed(proposal_id=proposal_id, version=version, sample=sample))


def _tell_left_out(session: Session, left: dict[str, Reason]) -> None:
    rows = session.exec(select(LeftOut).order_by(col(LeftOut.challenge_id))).all()
    known = {row.challenge_id: row for row in rows}
    for challenge_id, row in known.items():
        if challenge_id not in left:
            session.delete(row)
    for challenge_id, reason in sorted(left.items()):
        body = reason.model_dump(mode="json")
        if challenge_id in known and known[challenge_id].reason == body:
            continue
        session.merge(LeftOut(challenge_id=challenge_id, reason=body))
        challenge = session.get_one(KnownChallenge, challenge_id)
        emit(
            session,
            ChallengeLeftOut(
                challenge_id=challenge_id,
                unit_id=challenge.unit_id,
                reason=reason,
                sample=_is_sample(session, challenge_id),
            ),
        )


def _is_sample(session: Session, challenge_id: str) -> bool:
    row = session.get(KnownChallenge, challenge_id)
    return bool(row is not None and row.body.get("sample"))
