"""What matching knows: kept from events, each change pending until a round took it in."""

from sqlmodel import Session, select

from schemas.challenges import ChallengeCard
from schemas.units import UnitProfile
from services.matching.tables import KnownChallenge, KnownUnit, Pending, Ruling, Told


def keep_unit(session: Session, unit: UnitProfile) -> None:
    """Keep a unit's profile, unless a newer one is kept."""
    row = session.get(KnownUnit, unit.id)
    if row is None or row.version < unit.version:
        body = unit.model_dump(mode="json")
        session.merge(KnownUnit(unit_id=unit.id, version=unit.version, body=body))
        _pend(session, "unit", unit.id)


def keep_challenge(session: Session, card: ChallengeCard, *, is_open: bool) -> None:
    """Keep a challenge, unless a newer version is kept."""
    row = session.get(KnownChallenge, card.id)
    if row is None or row.version < card.version:
        kept = KnownChallenge(
            challenge_id=card.id,
            unit_id=card.unit_id,
            version=card.version,
            is_open=is_open,
            body=card.model_dump(mode="json"),
        )
        session.merge(kept)
        _pend(session, "challenge", card.id)


def rule(session: Session, kind: str, challenge_id: str, other: str) -> None:
    """Keep what somebody decided; the same again changes nothing, and a seat is the only one."""
    if kind == "seat":
        _leave_seats(session, challenge_id, but=other)
    if session.get(Ruling, (kind, challenge_id, other)) is None:
        session.add(Ruling(kind=kind, challenge_id=challenge_id, other=other))
        session.flush()
        _pend(session, "ruling", challenge_id)


def _leave_seats(session: Session, challenge_id: str, *, but: str) -> None:
    """Forget seats elsewhere: one that groups never gave would keep a challenge for good."""
    seats = select(Ruling).where(Ruling.kind == "seat", Ruling.challenge_id == challenge_id)
    for row in session.exec(seats.where(Ruling.other != but)).all():
        session.delete(row)


def overrule(session: Session, kind: str, challenge_id: str, other: str) -> None:
    """Forget what somebody decided before."""
    row = session.get(Ruling, (kind, challenge_id, other))
    if row is not None:
        session.delete(row)
        session.flush()
        _pend(session, "ruling", challenge_id)


def kept_out_of(session: Session, proposal_id: str) -> list[str]:
    """Return the challenges that facilitators took out of a proposal."""
    rows = session.exec(
        select(Ruling).where(Ruling.kind == "keep-out", Ruling.other == proposal_id)
    ).all()
    return sorted(row.challenge_id for row in rows)


def close_proposal(session: Session, proposal_id: str) -> None:
    """Note that a proposal was decided."""
    row = session.get(Told, proposal_id)
    if row is not None:
        row.is_open = False
        session.add(row)
        _pend(session, "ruling", proposal_id)


def _pend(session: Session, what: str, key: str) -> None:
    session.add(Pending(what=what, key=key))
