"""What a round came to, told to the others where it differs from what was told before."""

from collections.abc import Callable, Iterable, Mapping, Set
from functools import partial

from sqlmodel import Session, col, delete, select

from matcher.told import Proposed
from schemas.groups import GroupProposal, GroupProposed, Peer, ProposalLapsed, SeatProposed
from schemas.matching import ChallengeLeftOut, PeersFound
from schemas.reasons import Reason
from services.kit.outbox import emit
from services.matching.queries import arriving, left_out_among
from services.matching.tables import KnownChallenge, KnownPeers, LeftOut, Ruling, Told

FEW = 500
"""Keys that a statement names one by one; databases take some ten thousand at most."""
BEING_READ = Reason(code="being-read")
"""Why a challenge waits that is not in the pool yet."""


News = Callable[[Session], None]
"""One thing to tell, in a transaction."""


def being_read(session: Session) -> set[str]:
    """Return those that wait for a round and were told that they do."""
    told = left_out_among(session, sorted(arriving(session)))
    return {key for key, why in told.items() if why.code == BEING_READ.code}


def news_of(
    session: Session, found: Proposed, peers: Mapping[str, list[Peer]], unread: Set[str]
) -> list[News]:
    """
    Return what a round came to and nobody was told yet; what ends comes first.

    Those ``unread`` wait to be taken into the pool.
    """
    waiting = found.left_out | dict.fromkeys(sorted(unread), BEING_READ)
    anew = found.left_anew | unread
    why = left_out_anew(session, {key: waiting[key] for key in anew})
    return [
        partial(tell_round, found=found, waiting=waiting.keys()),
        *(partial(tell_proposal, proposal=p) for p in proposals_anew(session, found.proposals)),
        *(partial(tell_left_out, challenge_id=k, reason=told) for k, told in why.items()),
        *(partial(tell_peers, challenge_id=key, peers=p) for key, p in peers.items()),
    ]


def tell_round(session: Session, found: Proposed, waiting: Set[str]) -> None:
    """Announce lapsed proposals and late seats, and forget who waits no more."""
    for proposal_id, version in found.lapsed:
        _tell_lapse(session, proposal_id, version)
    for group_id, member in found.seats:
        if not _may_be_offered(session, member.challenge_id, group_id):
            continue  # decided while the round ran
        session.merge(Ruling(kind="seat", challenge_id=member.challenge_id, other=group_id))
        sample = _is_sample(session, member.challenge_id)
        emit(session, SeatProposed(group_id=group_id, member=member, sample=sample))
    _forget_who_waits_no_more(session, waiting)


def _may_be_offered(session: Session, challenge_id: str, group_id: str) -> bool:
    """Whether a challenge is open, has no seat by now, and did not say no to this group."""
    row = session.get(KnownChallenge, challenge_id)
    rulings = session.exec(select(Ruling).where(Ruling.challenge_id == challenge_id)).all()
    against = [
        ruling
        for ruling in rulings
        if ruling.kind == "seat" or (ruling.kind == "declined" and ruling.other == group_id)
    ]
    return row is not None and row.is_open and not against


def proposals_anew(session: Session, proposals: Iterable[GroupProposal]) -> list[GroupProposal]:
    """Return the proposals that are new, or have a higher version than was told last."""
    told = dict(session.exec(select(Told.proposal_id, Told.version)).all())
    return [made for made in proposals if told.get(made.id, 0) < made.version]


def tell_proposal(session: Session, proposal: GroupProposal) -> None:
    """Announce a new or changed proposal, unless somebody decided it meanwhile."""
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


def _tell_lapse(session: Session, proposal_id: str, version: int) -> None:
    row = session.get(Told, proposal_id)
    if row is None or not row.is_open:
        return
    row.is_open, row.version = False, version
    session.add(row)
    sample = bool(row.body.get("sample"))
    emit(session, ProposalLapsed(proposal_id=proposal_id, version=version, sample=sample))


def left_out_anew(session: Session, left: Mapping[str, Reason]) -> dict[str, Reason]:
    """Return who waits, or waits for another reason than was told last."""
    told = select(LeftOut.challenge_id, LeftOut.reason)
    if len(left) < FEW:
        told = told.where(col(LeftOut.challenge_id).in_(left))
    known = dict(session.exec(told).all())
    return {
        key: reason
        for key, reason in sorted(left.items())
        if known.get(key) != reason.model_dump(mode="json")
    }


def tell_left_out(session: Session, challenge_id: str, reason: Reason) -> None:
    """Announce that a challenge waits, and why."""
    body = reason.model_dump(mode="json")
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


def _forget_who_waits_no_more(session: Session, waiting: Set[str]) -> None:
    gone = sorted(set(session.exec(select(LeftOut.challenge_id)).all()) - waiting)
    for at in range(0, len(gone), FEW):
        some = gone[at : at + FEW]
        session.exec(delete(LeftOut).where(col(LeftOut.challenge_id).in_(some)))


def _is_sample(session: Session, challenge_id: str) -> bool:
    row = session.get(KnownChallenge, challenge_id)
    return bool(row is not None and row.body.get("sample"))
