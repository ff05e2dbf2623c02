"""Letters out: written once, sent by a mail server or kept in a folder."""

import logging
import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from html import escape
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from schemas.errors import Refused, Unavailable
from services.kit.faults import fault_point
from services.kit.settings import Settings

log = logging.getLogger("piiri.mail")

TIMEOUT_S = 15.0
PAGE = """\
<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="font-family:sans-serif;line-height:1.5;max-width:40em;margin:2em auto;padding:0 1em">
{paragraphs}
</body></html>
"""


class MailUnavailable(Unavailable):
    """The mail server did not take the letter now."""

    code = "mail-unavailable"


class LetterRefused(Refused):
    """The mail server will never take the letter."""

    code = "letter-refused"


@dataclass(frozen=True)
class Letter:
    """
    A letter as the caller decides it.

    The ``id`` becomes the file's name and the Message-ID: a letter sent twice, after a crash
    between sending and noting it, is one letter to the reader's mail program.
    """

    id: str
    to: str
    subject: str
    text: str
    """Plain text; paragraphs are parted by an empty line."""
    language: str = "fi"
    written_at: datetime | None = None
    unsubscribe_url: str | None = None
    """Where one POST ends letters of this kind (RFC 8058)."""

    def __post_init__(self) -> None:
        if not self.id or not all(c.isascii() and (c.isalnum() or c in "-_.") for c in self.id):
            raise ValueError(f"a letter's id is letters, digits, - _ and ., got {self.id!r}")

    def compose(self, sender: str) -> EmailMessage:
        """
        Write the message, as text and as a page.

        Raises
        ------
        LetterRefused
            When the address or the subject cannot stand in a header.
        """
        message = EmailMessage(policy=SMTP)
        name, address = parseaddr(sender)
        try:
            message["From"] = Address(name, addr_spec=address)
            message["To"] = Address(addr_spec=self.to)
            message["Subject"] = self.subject
        except (ValueError, IndexError) as error:
            raise LetterRefused(self.id, "the address or the subject is not usable") from error
        message["Message-ID"] = f"<{self.id}@{address.rpartition('@')[2]}>"
        if self.written_at:
            message["Date"] = format_datetime(self.written_at)
        # No out-of-office answers, please (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        if self.unsubscribe_url:
            message["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(self.text)
        message.add_alternative(self._page(), subtype="html")
        # Set last: content headers set before would move into the first part.
        message["Content-Language"] = self.language
        return message

    def _page(self) -> str:
        blocks = (block.strip() for block in self.text.split("\n\n"))
        paragraphs = "\n".join(f"<p>{_linked(block)}</p>" for block in blocks if block)
        return PAGE.format(
            language=escape(self.language), subject=escape(self.subject), paragraphs=paragraphs
        )


class Post(Protocol):
    """A way out for letters."""

    def send(self, letter: Letter) -> None:
        """Send, or raise ``MailUnavailable`` (later) or ``LetterRefused`` (never)."""


class Folder:
    """Keeps letters as files, one a letter: for the demo, and for places without mail."""

    def __init__(self, folder: Path, sender: str) -> None:
        self.folder, self.sender = folder, sender

    def send(self, letter: Letter) -> None:
        """Write the letter whole, or find it written already."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{letter.id}.eml"
        if not path.exists():
            draft = path.with_suffix(".part")
            with draft.open("wb") as file:
                file.write(letter.compose(self.sender).as_bytes())
                file.flush()
                os.fsync(file.fileno())
            draft.replace(path)
        fault_point("mail.after_send")


class MailServer:
    """Hands letters to a mail server: ``smtp://`` with STARTTLS where offered, or ``smtps://``."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self.sender = sender
        self._host, self._tls = parts.hostname or "localhost", parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")

    def send(self, letter: Letter) -> None:
        """Send the letter; one refused address is the letter's fault, a silent server is not."""
        message = letter.compose(self.sender)
        with _translated(letter), self._connected() as server:
            server.send_message(message)
        fault_point("mail.after_send")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        context = ssl.create_default_context()
        if self._tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=TIMEOUT_S, context=context
            )
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_S)
        with server:
            # What the server offers is known after the greeting only.
            server.ehlo_or_helo_if_needed()
            if not self._tls and server.has_extn("starttls"):
                server.starttls(context=context)
            if self._user:
                server.login(self._user, self._password)
            yield server


@contextmanager
def _translated(letter: Letter) -> Iterator[None]:
    """Tell what may pass later from what never will; addresses stay out of the words."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = max((code for code, _ in error.recipients.values()), default=0)
        raise _by_code(letter, code) from error
    except smtplib.SMTPAuthenticationError as error:
        raise MailUnavailable("the mail server does not let us in") from error
    except smtplib.SMTPResponseException as error:
        raise _by_code(letter, error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailUnavailable(type(error).__name__) from error


def _by_code(letter: Letter, code: int) -> LetterRefused | MailUnavailable:
    if 500 <= code < 600:
        return LetterRefused(letter.id, f"answer {code}")
    return MailUnavailable(f"answer {code}")


def post_of(settings: Settings) -> MailServer | Folder:
    """Choose the way out that the settings name."""
    if settings.smtp_url:
        return MailServer(settings.smtp_url, settings.mail_from)
    return Folder(settings.letters_dir, settings.mail_from)


def _linked(block: str) -> str:
    """Escape a paragraph, keep its lines, and make its addresses links."""
    lines = []
    for line in block.splitlines():
        words = [
            f'<a href="{escape(word)}">{escape(word)}</a>'
            if word.startswith(("https://", "http://"))
            else escape(word)
            for word in line.split(" ")
        ]
        lines.append(" ".join(words))
    return "<br>\n".join(lines)
