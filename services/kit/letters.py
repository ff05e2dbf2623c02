"""
Letters to be written: any context may put one into the queue, with the rows it is about.

The notices word them in the reader's language and send them after the commit.
"""

from datetime import UTC, datetime
from typing import Any

from sqlmodel import Session

from services.kit.tables import LetterRow


def write_letter(
    session: Session,
    letter_id: str,
    person_id: str,
    template: str,
    details: dict[str, Any],
    *,
    sample: bool = False,
) -> None:
    """Queue a letter, once for each id; it is sent after the commit."""
    if session.get(LetterRow, letter_id) is None:
        session.add(
            LetterRow(
                id=letter_id,
                person_id=person_id,
                template=template,
                details=details,
                sample=sample,
                due_at=datetime.now(UTC),
            )
        )
