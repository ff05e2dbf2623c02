"""Letters leave once, whoever works, and none keeps the others waiting."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest
from aiosmtpd.controller import Controller
from backbones import until
from servers import free_port
from sqlmodel import select

from services.access.actions import add_person
from services.kit.letters import write_letter
from services.kit.tables import LetterRow
from services.notices.delivery import deliver_due
from services.worker import Worker


class SlowInbox:
    """A mail server that takes its time over each letter."""

    def __init__(self):
        self.got = Counter()

    async def handle_DATA(self, _server, _session, envelope):
        await asyncio.sleep(0.3)
        self.got[envelope.rcpt_tos[0]] += 1
        return "250 OK"


@pytest.fixture
def mail():
    inbox = SlowInbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield inbox, f"smtp://127.0.0.1:{controller.port}"
    controller.stop()


class Box:
    """A way out that keeps what it got."""

    def __init__(self):
        self.got = []

    def send(self, letter):
        self.got.append(letter.id)


def sign_in_letters(store, count):
    with store.begin() as session:
        for number in range(count):
            person = add_person(session, "Henkilö", f"h{number}@example.invalid")
            details = {"token": f"t{number}", "back": ""}
            write_letter(session, f"letter-{number}", person, "sign-in", details)


def unsent(store):
    with store.read() as session:
        return session.exec(select(LetterRow.id).where(LetterRow.sent_at.is_(None))).all()


def test_two_workers_send_each_letter_once(store, settings, mail):
    inbox, url = mail
    sign_in_letters(store, 4)
    ours = settings.model_copy(update={"smtp_url": url})

    async def both_work():
        workers = [Worker(ours, store, ["notices"]) for _ in range(2)]
        for worker in workers:
            worker.start()
        await until(lambda: not unsent(store))
        for worker in workers:
            await worker.stop()

    asyncio.run(both_work())
    assert sorted(inbox.got.values()) == [1, 1, 1, 1]


def test_a_worker_that_stops_hands_over_after_the_letter_in_hand(store, settings, mail):
    inbox, url = mail
    sign_in_letters(store, 3)
    ours = settings.model_copy(update={"smtp_url": url})

    async def one_after_the_other():
        first, second = (Worker(ours, store, ["notices"]) for _ in range(2))
        first.start()
        await until(lambda: len(unsent(store)) < 3)
        await first.stop()
        second.start()
        await until(lambda: not unsent(store))
        await second.stop()

    asyncio.run(one_after_the_other())
    assert sorted(inbox.got.values()) == [1, 1, 1]


def test_a_letter_that_cannot_be_worded_keeps_no_other_waiting(store):
    with store.begin() as session:
        person = add_person(session, "Henkilö", "h@example.invalid")
        write_letter(session, "letter-a", person, "of-a-younger-version", {})
        write_letter(session, "letter-b", person, "sign-in", {"token": "t", "back": ""})
    box, now = Box(), datetime.now(UTC)
    assert deliver_due(store, box, "https://piiri.example", now) == 1
    assert box.got == ["letter-b"]
    assert unsent(store) == ["letter-a"]
    assert deliver_due(store, box, "https://piiri.example", now) == 0


def test_nothing_is_sent_by_one_who_leads_no_more(store):
    sign_in_letters(store, 2)
    box, turns = Box(), iter([True, False])
    left = deliver_due(store, box, "https://piiri.example", still_leads=lambda: next(turns))
    assert (left, len(box.got)) == (1, 1)
