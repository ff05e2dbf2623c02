"""What can be asked of matching without its pool."""

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from pydantic import ValidationError
from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from matcher.entries import texts_of
from matcher.text.encoders import Encoder, encodable
from matcher.text.scale import references
from schemas.challenges import ChallengeCard
from schemas.groups import Peer
from schemas.reasons import Reason
from services.matching.tables import (
    KnownChallenge,
    KnownPeers,
    LeftOut,
    Pending,
    Ranking,
    TextVector,
    Told,
)

BUILTIN = "builtin"
"""What ranks where no neural encoder does."""
_BRINGING = ("challenge", "unit")
"""Changes that bring texts: a unit's profile, those of its challenges that came before it."""
_OF_PENDING = (
    Pending,
    and_(col(Pending.what) == "challenge", col(Pending.key) == col(KnownChallenge.challenge_id)),
)


def peers(session: Session, challenge_id: str) -> list[Peer]:
    """Return the peers of a challenge as they were told last, strongest first."""
    row = session.get(KnownPeers, challenge_id)
    return [Peer.model_validate(peer) for peer in row.body] if row is not None else []


def told_of(session: Session, challenge_ids: set[str]) -> set[str]:
    """Return the challenges that were told last to have one of these as a peer."""
    rows = session.exec(select(KnownPeers.challenge_id, KnownPeers.body)).all()
    return {
        key for key, body in rows if any(peer["challenge_id"] in challenge_ids for peer in body)
    }


def left_out(session: Session, challenge_id: str) -> Reason | None:
    """Return why a challenge waits, None when it has a proposal or is not known yet."""
    row = session.get(LeftOut, challenge_id)
    return Reason.model_validate(row.reason) if row is not None else None


def all_left_out(session: Session) -> dict[str, Reason]:
    """Return every challenge that waits, and why."""
    rows = session.exec(select(LeftOut).order_by(col(LeftOut.challenge_id))).all()
    return {row.challenge_id: Reason.model_validate(row.reason) for row in rows}


def left_out_among(session: Session, challenge_ids: Sequence[str]) -> dict[str, Reason]:
    """Return those of some challenges that wait, a page's, and why."""
    wanted = select(LeftOut).where(col(LeftOut.challenge_id).in_(challenge_ids))
    rows = session.exec(wanted).all()
    return {row.challenge_id: Reason.model_validate(row.reason) for row in rows}


def is_up_to_date(session: Session, open_challenges: int) -> bool:
    """Whether so many open challenges are known, and none waits for the next round."""
    counted = select(func.count()).where(col(KnownChallenge.is_open))
    pending = session.exec(select(Pending.seq).limit(1)).first()
    return pending is None and int(session.exec(counted).one()) >= open_challenges


def count_told(session: Session) -> int:
    """Return how many proposals are told and not decided."""
    return int(session.exec(select(func.count()).where(col(Told.is_open))).one())


def missing_vectors(session: Session, encoder: Encoder) -> int:
    """Return how many texts have no vector of an encoder yet, and need one."""
    held = select(TextVector.text_hash).where(TextVector.encoder == encoder.name)
    wanted = {key.hex() for key in encodable(wanted_texts(session, encoder))}
    return len(wanted - set(session.exec(held).all()))


def wanted_texts(session: Session, encoder: Encoder, but: Set[str] = frozenset()) -> list[str]:
    """Return the texts of open challenges, and those that put the encoder on the scale."""
    return references(encoder) + open_texts(session, but)


def ranked_by(session: Session) -> str:
    """Return the encoder that ranked when peers were told last; empty when none is noted."""
    row = session.get(Ranking, 1)
    return "" if row is None else row.encoder


def open_texts(session: Session, but: Set[str] = frozenset()) -> list[str]:
    """Return the texts of all open challenges that are compared, without those of some."""
    wanted = select(KnownChallenge.challenge_id, KnownChallenge.body)
    rows = session.exec(wanted.where(col(KnownChallenge.is_open))).all()
    return [text for key, body in rows if key not in but for text in _texts_of(body)]


def challenges_of(session: Session, unit_id: str) -> list[str]:
    """Return a unit's open challenges."""
    wanted = select(KnownChallenge.challenge_id).where(KnownChallenge.unit_id == unit_id)
    return list(session.exec(wanted.where(col(KnownChallenge.is_open))).all())


def newest_arrival(session: Session) -> tuple[int, int]:
    """Return the number of the newest challenge that waits for a round, and how many do."""
    wanted = select(func.max(Pending.seq), func.count()).where(Pending.what == "challenge")
    newest, count = session.exec(wanted).one()
    return newest or 0, int(count)


def arriving(session: Session) -> set[str]:
    """Return the open challenges that wait for a round."""
    wanted = select(KnownChallenge.challenge_id).join(*_OF_PENDING).where(KnownChallenge.is_open)
    return set(session.exec(wanted).all())


def texts_of_new(session: Session) -> dict[str, tuple[str, ...]]:
    """Return the texts of the open challenges that wait for a round and had none before."""
    wanted = select(KnownChallenge.challenge_id, KnownChallenge.body).join(*_OF_PENDING)
    told = select(KnownPeers.challenge_id)
    wanted = wanted.where(KnownChallenge.is_open, col(KnownChallenge.challenge_id).not_in(told))
    return {key: _texts_of(body) for key, body in session.exec(wanted).all()}


def texts_of_changes(
    session: Session, pending: Iterable[Pending]
) -> dict[tuple[str, str], list[str]]:
    """Return the texts of open challenges that changes bring, by what changed and its key."""
    keys = {what: [row.key for row in pending if row.what == what] for what in _BRINGING}
    own = col(KnownChallenge.challenge_id).in_(keys["challenge"])
    units = col(KnownChallenge.unit_id).in_(keys["unit"])
    found: dict[tuple[str, str], list[str]] = {}
    for row in session.exec(select(KnownChallenge).where(KnownChallenge.is_open, or_(own, units))):
        texts = _texts_of(row.body)
        for change in (("challenge", row.challenge_id), ("unit", row.unit_id)):
            found.setdefault(change, []).extend(texts)
    return found


def _texts_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    try:
        return texts_of(ChallengeCard.model_validate(body))
    except ValidationError:  # it is kept out of the pool as well, which says so
        return ()
