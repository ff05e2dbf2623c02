"""Forms that were begun: saved while typing, so that nothing is written twice."""

from collections.abc import Mapping
from datetime import UTC, datetime

from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from schemas.people import Member
from services.challenges.tables import SavedDraft
from services.kit.tables import table_of

Fields = Mapping[str, tuple[str, ...]]
DRAFT = table_of(SavedDraft)
KEY = ("person_id", "unit_id")
LARGEST = 40_000
"""Characters; the longest form that can be sent has fewer."""


def save_draft(session: Session, member: Member, fields: Fields) -> None:
    """Keep what stands in a member's form; a form beyond all measure is not kept."""
    told = {name: [_plain(text) for text in texts] for name, texts in fields.items()}
    if sum(len(text) for texts in told.values() for text in texts) > LARGEST:
        return
    key = {"person_id": member.person_id, "unit_id": member.unit_id}
    said = {"fields": told, "saved_at": datetime.now(UTC)}
    connection = session.connection()
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    # Two requests of one typing person may overlap: the later one wins, neither fails.
    kept = insert(DRAFT).values(key | said).on_conflict_do_update(index_elements=KEY, set_=said)
    connection.execute(kept)


def saved_draft(session: Session, member: Member) -> dict[str, tuple[str, ...]]:
    """Return what stood in a member's form, by field; empty when none was begun."""
    row = session.get(SavedDraft, (member.person_id, member.unit_id))
    return {name: tuple(texts) for name, texts in row.fields.items()} if row is not None else {}


def drop_draft(session: Session, member: Member) -> None:
    """Forget a member's form: it was sent, or is not wanted any more."""
    row = session.get(SavedDraft, (member.person_id, member.unit_id))
    if row is not None:
        session.delete(row)


def _plain(text: str) -> str:
    # PostgreSQL keeps no NUL, in JSON neither.
    return text.replace("\x00", "")
