"""The demonstration's mailbox: letters as their readers would get them."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.codes import Language
from services.access.demo import only_here
from services.access.doors import StoreDep
from services.access.queries import visitors
from services.access.roles import role_name
from services.kit.pages import language_of, show
from services.kit.tables import LetterRow
from services.look.languages import as_language
from services.notices.queries import sent_letters

pages = APIRouter(include_in_schema=False, prefix="/demo", dependencies=[Depends(only_here)])


@pages.get("/letters")
def letters(request: Request, store: StoreDep) -> Response:
    """Show the newest letters from the folder that they are kept in."""
    folder: Path = request.app.state.settings.letters_dir
    lang = language_of(request)
    with store.read() as session:
        shown = [_letter(session, folder, row, lang) for row in sent_letters(session)]
    found = [letter for letter in shown if letter is not None]
    sample = any(letter["sample"] for letter in found)
    return show(request, "notices/letters.html", letters=found, sample=sample)


def _letter(
    session: Session, folder: Path, row: LetterRow, lang: Language
) -> dict[str, Any] | None:
    message = _read(folder / f"{row.id}.eml")
    if message is None:
        return None
    body = message.get_body(("plain",))
    acts_as = visitors(session, row.person_id)
    return {
        "id": row.id,
        "to": ", ".join(role_name(session, one, lang) for one in acts_as),
        "subject": message["Subject"],
        "lang": as_language(message["Content-Language"]) or "fi",
        "body": body.get_content() if body is not None else "",
        "sent_at": row.sent_at,
        "sample": row.sample,
    }


def _read(file: Path) -> EmailMessage | None:
    if not file.is_file():
        return None
    message = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)  # noqa: S101  # the default policy makes these
    return message
