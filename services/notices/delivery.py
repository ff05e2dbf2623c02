"""Letters leave after the commit; digests are made by the clock."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from schemas.errors import Unavailable
from services.access.queries import addressee
from services.kit.mail import Letter, LetterRefused, MailUnavailable, Post
from services.kit.store import Store
from services.kit.tables import LetterRow
from services.notices import actions, queries
from services.notices.letters import Told, write

log = logging.getLogger("piiri.notices")

HELSINKI = ZoneInfo("Europe/Helsinki")
SETTLING = timedelta(seconds=5)
"""Without a time of day a digest waits this long for what belongs together."""
LONGEST_PAUSE = timedelta(hours=1)


def deliver_due(
    store: Store,
    post: Post,
    base_url: str,
    now: datetime | None = None,
    *,
    still_leads: Callable[[], bool] = lambda: True,
) -> int:
    """
    Send what is due, each letter once for its reader's mail program; return how many left.

    A letter that a crash sent twice has one Message-ID. One that the mail server will never
    take is given up; one that it does not take now is tried again, ever more rarely, and so
    is one that cannot be worded: the letters behind it do not wait for it.

    Parameters
    ----------
    still_leads
        Asked before each letter, since one process at a time sends letters.
    """
    moment = now or datetime.now(UTC)
    with store.read() as session:
        due = queries.due_letters(session, moment)
    left = 0
    for letter in due:
        if not still_leads():
            break
        left += _deliver(store, post, base_url, letter, moment)
    return left


def gather_digests(store: Store, at: time | None, now: datetime | None = None) -> int:
    """Make the digests whose time has come: daily at a time in Helsinki, or at once."""
    moment = now or datetime.now(UTC)
    line = moment - SETTLING if at is None else last_time(moment, at)
    with store.read() as session:
        waiting = queries.undigested(session)
    if not waiting or waiting[0].made_at > line:
        return 0
    with store.begin() as session:
        return actions.make_digests(session, line)


def last_time(now: datetime, at: time) -> datetime:
    """Return the last moment before now that was a time of day in Helsinki."""
    local = now.astimezone(HELSINKI)
    today = datetime.combine(local.date(), at, HELSINKI)
    # Wall-clock arithmetic, so that the hour stays through a change of daylight saving.
    return (today if today <= local else today - timedelta(days=1)).astimezone(UTC)


def _deliver(store: Store, post: Post, base_url: str, letter: LetterRow, now: datetime) -> bool:
    sent = False
    try:
        worded = _word(store, letter, base_url)
        if worded is not None:
            post.send(worded)
            sent = True
    except MailUnavailable as error:
        log.warning("letter %s waits: %s", letter.id, error)
        _wait(store, letter, now)
        return False
    except LetterRefused as error:
        log.error("letter %s is given up: %s", letter.id, error)  # noqa: TRY400  # no trace: it may hold the address
    except Unavailable:
        raise
    except Exception as error:  # noqa: BLE001  # one letter's fault is not the others'
        log.error("letter %s cannot be written: %s", letter.id, type(error).__name__)  # noqa: TRY400  # as above
        _wait(store, letter, now)
        return False
    with store.begin() as session:
        row = session.get_one(LetterRow, letter.id)
        row.sent_at, row.details = now, _kept(row)
        session.add(row)
    return sent


def _word(store: Store, letter: LetterRow, base_url: str) -> Letter | None:
    with store.read() as session:
        reader = addressee(session, letter.person_id)
        told = write(session, letter, reader, base_url) if reader is not None else None
    if reader is None or told is None:
        return None
    return Letter(
        id=letter.id,
        to=reader.email,
        subject=told.subject,
        text=as_text(told),
        language=reader.language,
        written_at=letter.due_at,
    )


def as_text(told: Told) -> str:
    """Lay a letter out as plain text: paragraphs, a list, and the link."""
    blocks = list(told.paragraphs)
    if told.lines:
        blocks.append("\n".join(f"– {line}" for line in told.lines))
    blocks.append(f"{told.link_text}:\n{told.link}")
    return "\n\n".join(blocks) + "\n"


def _wait(store: Store, letter: LetterRow, now: datetime) -> None:
    with store.begin() as session:
        row = session.get_one(LetterRow, letter.id)
        row.attempts += 1
        row.due_at = now + min(timedelta(seconds=5 * 2 ** min(row.attempts, 12)), LONGEST_PAUSE)
        session.add(row)


def _kept(row: LetterRow) -> dict[str, object]:
    """What stays of a letter's details: never the token of a sign-in link."""
    return {key: value for key, value in row.details.items() if key != "token"}
