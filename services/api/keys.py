"""Keys of other systems: made, shown once, revoked, and who holds one."""

import re
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from secrets import token_hex

from sqlmodel import Session, select

from schemas.people import Role, Visitor
from services.api.errors import KeyIncomplete, UnknownKey
from services.api.tables import ApiKey

LIFE = timedelta(days=365)
FORM = re.compile(r"piiri_([0-9a-f]{8})_[0-9a-f]{64}")
"""A prefix that scanners of secrets can look for, then 256 random bits."""
USE_NOTED_EVERY = timedelta(hours=1)


def make_key(
    session: Session,
    system: str,
    role: Role,
    *,
    unit_id: str = "",
    agent_id: str = "",
    may_write: bool = False,
    life: timedelta = LIFE,
) -> str:
    """
    Make a key and return it; it is kept nowhere and cannot be shown again.

    Raises
    ------
    KeyIncomplete
        When a unit's key names no unit, or an agent's no agent.
    """
    if role is Role.UNIT_MEMBER and not unit_id:
        raise KeyIncomplete("unit_id")
    if role is Role.AGENT and not agent_id:
        raise KeyIncomplete("agent_id")
    prefix, now = token_hex(4), datetime.now(UTC)
    key = f"piiri_{prefix}_{token_hex(32)}"
    session.add(
        ApiKey(
            prefix=prefix,
            digest=_digest(key),
            system=system,
            role=role,
            unit_id=unit_id,
            agent_id=agent_id,
            may_write=may_write,
            made_at=now,
            expires_at=now + life,
        )
    )
    session.flush()
    return key


def revoke_key(session: Session, prefix: str) -> None:
    """
    End a key; one that has ended stays so.

    Raises
    ------
    UnknownKey
        When there is none of this prefix.
    """
    row = session.get(ApiKey, prefix)
    if row is None:
        raise UnknownKey(prefix)
    row.revoked_at = row.revoked_at or datetime.now(UTC)
    session.add(row)
    session.flush()


def keys(session: Session) -> list[ApiKey]:
    """Return every key there has been, the oldest first."""
    return sorted(session.exec(select(ApiKey)).all(), key=lambda row: row.made_at)


def key_of(session: Session, key: str, now: datetime) -> ApiKey | None:
    """Return what a key opens, None when it is unknown, ended or out of date."""
    found = FORM.fullmatch(key)
    row = session.get(ApiKey, found[1]) if found else None
    if row is None or not compare_digest(row.digest, _digest(key)) or not row.works(now):
        return None
    return row


def note_use(session: Session, prefix: str, now: datetime) -> None:
    """Remember when a key was last used."""
    row = session.get(ApiKey, prefix)
    if row is not None:
        row.used_at = now
        session.add(row)


def needs_noting(row: ApiKey, now: datetime) -> bool:
    """Whether the last use is so old that a write is worth it."""
    return row.used_at is None or now - row.used_at > USE_NOTED_EVERY


def as_visitor(row: ApiKey) -> Visitor:
    """Act in the role of a key."""
    return Visitor(
        person_id=f"key-{row.prefix}",
        role=row.for_role,
        unit_id=row.unit_id or None,
        agent_id=row.agent_id or None,
    )


def _digest(key: str) -> str:
    # 256 random bits need neither salt nor a slow hash.
    return sha256(key.encode()).hexdigest()
