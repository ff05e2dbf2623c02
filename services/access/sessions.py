"""Browsers that are signed in: kept in the store, so that signing out ends them."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from secrets import token_urlsafe

from sqlmodel import Session

from schemas.people import Visitor
from services.access.errors import UnknownPerson
from services.access.queries import visitors
from services.access.tables import SignedIn

LIFE = timedelta(hours=12)


def sign_in(session: Session, visitor: Visitor) -> str:
    """
    Sign a browser in and return its token, which is kept nowhere else.

    Raises
    ------
    UnknownPerson
        When the person is not there or does not have the role.
    """
    if not _has(session, visitor):
        raise UnknownPerson(visitor.person_id)
    token = token_urlsafe(32)
    session.add(
        SignedIn(
            digest=digest(token),
            person_id=visitor.person_id,
            role=visitor.role,
            unit_id=visitor.unit_id or "",
            agent_id=visitor.agent_id or "",
            since=datetime.now(UTC),
        )
    )
    return token


def sign_out(session: Session, token: str) -> None:
    """End a browser's session; an unknown token changes nothing."""
    row = session.get(SignedIn, digest(token))
    if row is not None:
        session.delete(row)


def who(session: Session, token: str, now: datetime) -> Visitor | None:
    """Return who is behind a token, None when it ended or the role was taken away."""
    row = session.get(SignedIn, digest(token))
    if row is None or now - row.since > LIFE:
        return None
    for visitor in visitors(session, row.person_id):
        if (visitor.role, visitor.unit_id or "", visitor.agent_id or "") == (
            row.role,
            row.unit_id,
            row.agent_id,
        ):
            return visitor
    return None


def digest(token: str) -> str:
    """Return what is stored of a token: 256 random bits need no salt."""
    return sha256(token.encode()).hexdigest()


def _has(session: Session, visitor: Visitor) -> bool:
    roles = {(v.role, v.unit_id, v.agent_id) for v in visitors(session, visitor.person_id)}
    return (visitor.role, visitor.unit_id, visitor.agent_id) in roles
