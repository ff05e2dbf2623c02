"""One line an event, and never a person in it."""

import io
import json
import logging

import pytest

from services.kit.logs import masked, set_up


@pytest.fixture
def lines():
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()

    def written(**options):
        set_up(stream=stream, **options)
        return stream

    yield written
    root.handlers[:], root.level = before


def test_a_line_break_cannot_forge_a_line(lines):
    stream = lines()
    logging.getLogger("piiri.x").warning("id %s", "7\n2026-01-01 ERROR forged\r\u2028more")
    (line,) = stream.getvalue().split("\n")[:-1]
    assert line.endswith("WARNING piiri.x id 7 2026-01-01 ERROR forged more")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("to matti.meikalainen@kunta.fi now", "to …@… now"),
        ("id 131052-308T", "id …"),
        ("postgresql://piiri:hunter2@db/x", "postgresql://piiri:…@db/x"),
        ("nats://127.0.0.1:4222", "nats://127.0.0.1:4222"),
        (
            "event 7c9e6679-7425-40de-944b-e07fc1f90ae7",
            "event 7c9e6679-7425-40de-944b-e07fc1f90ae7",
        ),
    ],
)
def test_persons_and_passwords_are_covered(text, shown):
    assert masked(text) == shown


def test_an_errors_own_words_stay_out(lines):
    stream = lines()
    try:
        int("Matti Meikäläinen asked for help")
    except ValueError:
        logging.getLogger("piiri.x").exception("event %s failed", 7)
    (line,) = stream.getvalue().splitlines()
    assert "Matti" not in line
    assert "event 7 failed [ValueError at test_an_errors_own_words_stay_out" in line


def test_a_collector_gets_json(lines):
    stream = lines(as_json=True)
    logging.getLogger("piiri.x").info("hello %s", "a@b.fi")
    told = json.loads(stream.getvalue())
    assert (told["level"], told["logger"], told["message"]) == ("INFO", "piiri.x", "hello …@…")


def test_libraries_are_quiet(lines):
    stream = lines(level="DEBUG")
    logging.getLogger("faststream").info("one more message")
    logging.getLogger("httpx").info("one more request")
    logging.getLogger("nats").warning("trouble")
    assert len(stream.getvalue().splitlines()) == 1
