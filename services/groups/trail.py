"""Who decided what about proposals and groups, and when: written once, by keys alone."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import or_
from sqlmodel import Session, col, select

from services.groups.tables import Edit, Group

AT_ONCE = 1000
"""Rows read at once: a trail of years is read through."""


def note_decision(
    session: Session, person_id: str, proposal_id: str, what: str, **details: str | int | None
) -> None:
    """
    Keep what a person decided; the database lets nobody change or delete it.

    Parameters
    ----------
    person_id
        Key of a person, or of another system's key.
    details
        Keys and codes, never a name, a title or what somebody wrote.
    """
    session.add(
        Edit(
            at=datetime.now(UTC),
            proposal_id=proposal_id,
            person_id=person_id,
            what=what,
            details=details,
        )
    )


def trail_of(session: Session, proposal_id: str) -> list[Edit]:
    """Return what was decided about a proposal, who came to it, and its group, oldest first."""
    details: Any = Edit.details
    here = or_(col(Edit.proposal_id) == proposal_id, details["to"].as_string() == proposal_id)
    return list(session.exec(select(Edit).where(here).order_by(col(Edit.id))).all())


def trail(session: Session, since: datetime | None = None) -> Iterator[dict[str, Any]]:
    """Give every decision since a moment, oldest first, as plain values."""
    groups = dict(session.exec(select(Group.proposal_id, Group.id)).all())
    last = 0
    wanted = select(Edit).order_by(col(Edit.id)).limit(AT_ONCE)
    if since is not None:
        wanted = wanted.where(col(Edit.at) >= since)
    while rows := session.exec(wanted.where(col(Edit.id) > last)).all():
        for row in rows:
            last = row.id or last
            yield {
                "at": row.at.isoformat(),
                "who": row.person_id,
                "what": row.what,
                "proposal": row.proposal_id,
                "group": groups.get(row.proposal_id),
                **row.details,
            }
