"""JetStream can lose what it acknowledged; the outbox is the truth, and fills it again."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass

from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import StreamInfo
from nats.js.errors import APIError, NotFoundError
from sqlalchemy import func, select, update
from sqlmodel import Session

from services.kit.connection import API_TIMEOUT_S, Link
from services.kit.outbox import OUTBOX
from services.kit.store import Store
from services.kit.streams import NOTICES, PIIRI
from services.kit.tables import StreamRow

log = logging.getLogger("piiri.relay")

MAX_AHEAD = 5000
"""How far a stream may be ahead of the outbox: a relay died between sending and noting."""


@dataclass
class Restored:
    """What reconciling found."""

    resent: int = 0
    """Events the stream had lost."""
    noted: int = 0
    """Events the stream had, and the outbox did not know it."""
    unknown: int = 0
    """Messages of the stream that the outbox never held: the database lost something."""

    def __add__(self, other: "Restored") -> "Restored":
        return Restored(
            self.resent + other.resent, self.noted + other.noted, self.unknown + other.unknown
        )


class Reconciler:
    """Compares the outbox with the streams, and marks unsent what a stream has lost."""

    def __init__(self, store: Store, client: Client, link: Link) -> None:
        self._store, self._link = store, link
        self._js: JetStreamContext = client.jetstream(timeout=API_TIMEOUT_S)
        self._settled: dict[str, tuple[str, int, int]] = {}

    async def run(self) -> Restored:
        """Reconcile every stream; raises when one does not answer."""
        found = Restored()
        for stream in (PIIRI, NOTICES):
            found += await self._one(stream)
        return found

    async def _one(self, stream: str) -> Restored:
        info = await self._link.unless_lost(self._js.stream_info(stream))
        top, known = await asyncio.to_thread(self._last_known, stream)
        created, last = str(info.created), info.state.last_seq
        same_stream = known == created
        found, survives = Restored(), top
        if top and not (same_stream and await self._same(stream, top, info)):
            survives = await self._surviving(stream, info, same_stream=same_stream)
            found.resent = await asyncio.to_thread(self._clear, stream, survives)
            await self._rewind_consumers(stream, survives)
            log.error("stream %s lost %s events; they are sent again", stream, found.resent)
        if last > survives and self._settled.get(stream) != (created, top, last):
            found += await self._note_ahead(stream, max(survives, last - MAX_AHEAD), last)
        self._settled[stream] = (created, top, last)
        if not same_stream:
            await asyncio.to_thread(self._remember, stream, created)
        return found

    def _last_known(self, stream: str) -> tuple[int, str | None]:
        with self._store.read() as session:
            top = session.connection().scalar(
                select(func.max(OUTBOX.c.stream_seq)).where(OUTBOX.c.stream == stream)
            )
            row = session.get(StreamRow, stream)
            return top or 0, row.created if row else None

    async def _same(self, stream: str, seq: int, info: StreamInfo) -> bool:
        """Whether the message at ``seq`` is the one the outbox put there."""
        if seq > info.state.last_seq:
            return False
        if seq < info.state.first_seq:
            return True  # aged out of the stream it was in
        return await self._id_at(stream, seq) in await asyncio.to_thread(self._ids_at, stream, seq)

    async def _surviving(self, stream: str, info: StreamInfo, *, same_stream: bool) -> int:
        """Find the last sequence up to which stream and outbox agree, 0 for none."""
        first = info.state.first_seq
        known = await asyncio.to_thread(self._sequences, stream)
        if not same_stream:
            known = [seq for seq in known if seq >= first]
        low, high = 0, len(known)
        while low < high:
            middle = (low + high) // 2
            if await self._same(stream, known[middle], info):
                low = middle + 1
            else:
                high = middle
        return known[low - 1] if low else 0

    async def _id_at(self, stream: str, seq: int) -> str:
        try:
            message = await self._link.unless_lost(self._js.get_msg(stream, seq=seq))
        except NotFoundError:
            return ""
        return str((message.headers or {}).get("Nats-Msg-Id", ""))

    def _ids_at(self, stream: str, seq: int) -> set[str]:
        at = (OUTBOX.c.stream == stream) & (OUTBOX.c.stream_seq == seq)
        with self._store.read() as session:
            return set(session.connection().scalars(select(OUTBOX.c.event_id).where(at)))

    def _sequences(self, stream: str) -> list[int]:
        known = OUTBOX.c.stream_seq
        query = select(known).where(OUTBOX.c.stream == stream, known.is_not(None)).order_by(known)
        with self._store.read() as session:
            return [int(seq) for seq in session.connection().scalars(query)]

    def _clear(self, stream: str, above: int) -> int:
        lost = (OUTBOX.c.stream == stream) & (OUTBOX.c.stream_seq > above)
        with self._store.begin("relay") as session:
            cleared = session.connection().execute(
                update(OUTBOX).where(lost).values(stream_seq=None, attempts=0)
            )
            return cleared.rowcount

    async def _rewind_consumers(self, stream: str, survives: int) -> None:
        """Let consumers that were past the loss hear what now takes those sequences."""
        ask = self._link.unless_lost
        for consumer in await ask(self._js.consumers_info(stream)):
            if consumer.delivered and consumer.delivered.stream_seq > survives:
                # Readers of others may have a policy that cannot go back.
                with suppress(APIError):
                    await ask(self._js.reset_consumer(stream, consumer.name, seq=survives + 1))

    async def _note_ahead(self, stream: str, known: int, last: int) -> Restored:
        """Note what a relay sent and did not live to note: it must not be sent twice."""
        at = {await self._id_at(stream, seq): seq for seq in range(known + 1, last + 1)}
        at.pop("", None)
        noted = await asyncio.to_thread(self._note, at)
        if unknown := len(at) - noted:
            log.error(
                "stream %s holds %s events that the database does not know; "
                "was the database restored from a copy?",
                stream,
                unknown,
            )
        return Restored(noted=noted, unknown=unknown)

    def _note(self, at: dict[str, int]) -> int:
        with self._store.begin("relay") as session:
            return sum(_note_one(session, event_id, seq) for event_id, seq in at.items())

    def _remember(self, stream: str, created: str) -> None:
        with self._store.begin("relay") as session:
            session.merge(StreamRow(name=stream, created=created))


def _note_one(session: Session, event_id: str, seq: int) -> int:
    row = (OUTBOX.c.event_id == event_id) & OUTBOX.c.stream_seq.is_(None)
    return session.connection().execute(update(OUTBOX).where(row).values(stream_seq=seq)).rowcount
