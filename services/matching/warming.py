"""From what matching knows to a warm pool: all of it, or what is pending."""

import logging
from collections.abc import Iterable, Set
from typing import Any

from sqlmodel import Session, col, select

from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.text.encoders import Encoder
from schemas.challenges import ChallengeCard
from schemas.groups import GroupProposal
from schemas.units import UnitProfile
from services.matching.tables import KnownChallenge, KnownUnit, Ruling, Told

log = logging.getLogger("piiri.matching")


def warm(
    session: Session,
    rules: GroupRules,
    encoder: Encoder | None = None,
    outside: Set[str] = frozenset(),
) -> Pool:
    """Make a pool of all that is known, without the challenges that are to come later."""
    pool = Pool(rules, encoder=encoder)
    units = {row.unit_id: row.body for row in session.exec(select(KnownUnit)).all()}
    for row in _open_challenges(session):
        if row.unit_id in units and row.challenge_id not in outside:
            _admit(pool, row, units[row.unit_id])
    obey(session, pool)
    return pool


def take_in(session: Session, pool: Pool, what: str, key: str) -> set[str]:
    """Take one pending change into a pool; return the challenges whose peers it changes."""
    if what == "unit":
        return _take_unit(session, pool, key)
    if what == "challenge":
        return _take_challenge(session, pool, key)
    return set()


def obey(session: Session, pool: Pool) -> None:
    """Give a pool the proposals told last and everything that was decided."""
    told = session.exec(select(Told).where(col(Told.is_open)).order_by(Told.proposal_id)).all()
    closed = select(Told.proposal_id, Told.version).where(col(Told.is_open).is_(False))
    pool.restore(
        (GroupProposal.model_validate(row.body) for row in told),
        dict(session.exec(closed).all()),
    )
    living = {row.proposal_id for row in told}
    pool.decide(
        (row.kind, row.challenge_id, row.other)
        for row in _rulings(session)
        # A pin holds as long as its proposal does: who declined may go elsewhere.
        if row.kind != "pin" or row.other in living
    )


def _take_unit(session: Session, pool: Pool, unit_id: str) -> set[str]:
    row = session.get(KnownUnit, unit_id)
    if row is None:
        return set()
    unit = UnitProfile.model_validate(row.body)
    pool.learn(unit)
    every = list(_open_challenges(session, unit_id))
    for challenge in every:
        # A challenge whose unit was not known yet waits for this.
        if challenge.challenge_id not in pool:
            _admit(pool, challenge, row.body)
    return {challenge.challenge_id for challenge in every if challenge.challenge_id in pool}


def _take_challenge(session: Session, pool: Pool, challenge_id: str) -> set[str]:
    row = session.get(KnownChallenge, challenge_id)
    unit = session.get(KnownUnit, row.unit_id) if row is not None else None
    if row is None or not row.is_open:
        pool.withdraw(challenge_id)
        return set()
    if unit is None:
        return set()
    return {challenge_id} if _admit(pool, row, unit.body) else set()


def _admit(pool: Pool, row: KnownChallenge, unit: dict[str, Any]) -> bool:
    """
    Take a challenge into the pool; False when it cannot be matched.

    One challenge that the matcher cannot take must not end every round for all the others:
    it is kept out, the log says which one, and it is tried again when it is revised or the
    pool is read anew.
    """
    try:
        pool.revise(ChallengeCard.model_validate(row.body), UnitProfile.model_validate(unit))
    except Exception as error:  # noqa: BLE001  # whatever it is, it is this challenge's alone
        # The type alone: a validation error would repeat the challenge's own words.
        log.error(  # noqa: TRY400  # for the same reason without a trace
            "challenge %s cannot be matched and is kept out: %s",
            row.challenge_id,
            type(error).__name__,
        )
        pool.withdraw(row.challenge_id)
        return False
    return True


def _open_challenges(session: Session, unit_id: str = "") -> Iterable[KnownChallenge]:
    wanted = select(KnownChallenge).where(col(KnownChallenge.is_open))
    if unit_id:
        wanted = wanted.where(KnownChallenge.unit_id == unit_id)
    return session.exec(wanted.order_by(KnownChallenge.challenge_id)).all()


def _rulings(session: Session) -> Iterable[Ruling]:
    order = (Ruling.kind, Ruling.challenge_id, Ruling.other)
    return session.exec(select(Ruling).order_by(*order)).all()
