"""Letters leave once, whole, and by the server or the folder that is set."""

import smtplib
import ssl
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from servers import free_port

from services.kit.mail import Folder, Letter, LetterRefused, MailServer, MailUnavailable, post_of
from services.kit.settings import Settings

SENDER = "Vertaispiiri <noreply@piiri.example>"


TEXT = """\
Hei,

teidät kutsutaan.
Vastaa: https://piiri.example/i/7?a=1&b=2

Älä <vastaa>."""


def a_letter(**changes):
    values = {
        "id": "invitation-7-p-1",
        "to": "aino@kunta.example",
        "subject": "Kutsu kehittäjäryhmään",
        "text": TEXT,
        "written_at": datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    }
    return Letter(**values | changes)


class Inbox:
    """What a mail server got; it refuses some addresses."""

    def __init__(self):
        self.got = []

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address.startswith("nobody@"):
            return "550 no such person"
        if address.startswith("full@"):
            return "452 the mailbox is full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.got.append(message_from_bytes(envelope.content, policy=default))
        return "250 OK"


@pytest.fixture
def mail_server():
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield MailServer(f"smtp://127.0.0.1:{controller.port}", SENDER), inbox
    controller.stop()


def test_a_letter_reaches_the_server_whole(mail_server):
    server, inbox = mail_server
    server.send(a_letter(unsubscribe_url="https://piiri.example/u/abc"))
    (got,) = inbox.got
    assert (got["From"], got["To"]) == (SENDER, "aino@kunta.example")
    assert got["Subject"] == "Kutsu kehittäjäryhmään"
    assert got["Message-ID"] == "<invitation-7-p-1@piiri.example>"
    assert got["Date"] == "Mon, 02 Mar 2026 09:30:00 +0000"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["List-Unsubscribe"] == "<https://piiri.example/u/abc>"
    assert got["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert got.get_body(("plain",)).get_content().replace("\r\n", "\n").strip() == a_letter().text
    page = got.get_body(("html",)).get_content()
    assert '<html lang="fi">' in page
    assert '<a href="https://piiri.example/i/7?a=1&amp;b=2">' in page
    assert "Älä &lt;vastaa&gt;." in page


@pytest.mark.parametrize(
    ("address", "error"), [("nobody@kunta.example", LetterRefused), ("full@k.fi", MailUnavailable)]
)
def test_a_refused_address_is_told_from_a_full_mailbox(mail_server, address, error):
    server, inbox = mail_server
    with pytest.raises(error) as raised:
        server.send(a_letter(to=address))
    assert address not in str(raised.value)
    assert inbox.got == []


def test_nothing_is_told_in_the_clear_to_a_server_that_offers_encryption():
    """Its certificate is nobody's, so the letter waits; had it left, it would stand in ``got``."""
    inbox = Inbox()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    controller = Controller(
        inbox, hostname="127.0.0.1", port=free_port(), tls_context=context, require_starttls=False
    )
    controller.start()
    try:
        with pytest.raises(MailUnavailable):
            MailServer(f"smtp://127.0.0.1:{controller.port}", SENDER).send(a_letter())
    finally:
        controller.stop()
    assert inbox.got == []


def test_a_server_that_is_away_is_unavailable():
    with pytest.raises(MailUnavailable):
        MailServer(f"smtp://127.0.0.1:{free_port()}", SENDER).send(a_letter())


def test_a_server_that_breaks_off_is_unavailable(mail_server, monkeypatch):
    server, _ = mail_server

    def broken(*_):
        raise smtplib.SMTPServerDisconnected("gone")

    monkeypatch.setattr(smtplib.SMTP, "send_message", broken)
    with pytest.raises(MailUnavailable):
        server.send(a_letter())


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "aino@kunta.example\r\nBcc: all@kunta.example"},
        {"to": "no address"},
        {"to": ""},
        {"subject": "Kutsu\r\nBcc: all@kunta.example"},
    ],
)
def test_what_would_forge_a_header_is_refused(changes, tmp_path):
    with pytest.raises(LetterRefused):
        Folder(tmp_path, SENDER).send(a_letter(**changes))
    assert list(tmp_path.glob("*.eml")) == []


def test_a_folder_keeps_one_file_a_letter(tmp_path):
    folder = Folder(tmp_path / "letters", SENDER)
    folder.send(a_letter())
    written = (tmp_path / "letters" / "invitation-7-p-1.eml").read_bytes()
    folder.send(a_letter(text="the same letter, sent again after a crash"))
    folder.send(a_letter(id="digest-2"))
    names = sorted(path.name for path in (tmp_path / "letters").iterdir())
    assert names == ["digest-2.eml", "invitation-7-p-1.eml"]
    assert (tmp_path / "letters" / "invitation-7-p-1.eml").read_bytes() == written
    assert message_from_bytes(written, policy=default)["Subject"] == "Kutsu kehittäjäryhmään"


@pytest.mark.parametrize("wrong", ["", "../../etc/passwd", "a b", "ä", "a/b"])
def test_an_id_is_safe_as_a_files_name(wrong):
    with pytest.raises(ValueError, match="a letter's id is letters"):
        a_letter(id=wrong)


def test_the_settings_choose_the_way_out(tmp_path):
    env = {"PIIRI_DATA_DIR": str(tmp_path)}
    way_out = post_of(Settings.for_demo(env))
    assert isinstance(way_out, Folder)
    assert way_out.folder == Path(tmp_path) / "letters"
    way_out = post_of(Settings.for_demo(env | {"PIIRI_SMTP_URL": "smtps://u:p%40@mail.fi"}))
    assert isinstance(way_out, MailServer)
    assert (way_out._user, way_out._password, way_out._port) == ("u", "p@", 465)
