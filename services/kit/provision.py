"""Streams and consumers as they should be, set in one place; run twice, it changes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from nats.js import JetStreamContext
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DeliverPolicy,
    DiscardPolicy,
    RetentionPolicy,
    StorageType,
    StoreCompression,
    StreamConfig,
)
from nats.js.errors import NotFoundError

from services.kit.bus import Subscribers
from services.kit.streams import (
    ADVISORIES,
    ADVISORY_SUBJECTS,
    NOTICES,
    NOTICES_SUBJECTS,
    PIIRI,
    piiri_subjects,
)

DAY_S: Final = 86_400.0
MIB: Final = 1024 * 1024
DUPLICATE_WINDOW_S: Final = 600.0
ACK_WAIT_S: Final = 10.0
"""
How long a killed worker's events are missing. A batch takes well under a second, and what
takes longer says every few seconds that it is in progress.
"""
BACKOFF_S: Final = (ACK_WAIT_S, 30.0, 60.0)
"""
For messages whose consumer died; without it the server sends them again at once. All that
were in hand wait, not only the one that may have been the cause: a minute is the most.
"""
MAX_ACK_PENDING: Final = 1000


@dataclass(frozen=True)
class Change:
    """One difference between what is and what should be; ``was`` is None for a new thing."""

    thing: str
    field: str
    was: Any
    wanted: Any

    def __str__(self) -> str:
        """Tell it in a line."""
        if self.field == "":
            return f"{self.thing}: is missing"
        return f"{self.thing}: {self.field} is {self.was!r}, should be {self.wanted!r}"


def wanted_streams(retention_days: int = 30, replicas: int = 1) -> list[StreamConfig]:
    """Describe the streams; three replicas in a cluster of three."""
    keep: dict[str, Any] = {
        "retention": RetentionPolicy.LIMITS,
        "storage": StorageType.FILE,
        "compression": StoreCompression.S2,
        "num_replicas": replicas,
        "allow_direct": True,
    }
    log: dict[str, Any] = {
        **keep,
        # A full stream answers with an error: that is back-pressure, losing old events is not.
        "discard": DiscardPolicy.NEW,
        "max_age": retention_days * DAY_S,
        "max_msg_size": MIB,
        "duplicate_window": DUPLICATE_WINDOW_S,
        "allow_atomic": True,
        "deny_delete": True,
        "deny_purge": True,
    }
    return [
        StreamConfig(PIIRI, subjects=list(piiri_subjects()), max_bytes=1024 * MIB, **log),
        StreamConfig(NOTICES, subjects=list(NOTICES_SUBJECTS), max_bytes=256 * MIB, **log),
        StreamConfig(
            ADVISORIES,
            subjects=list(ADVISORY_SUBJECTS),
            max_bytes=16 * MIB,
            max_age=retention_days * DAY_S,
            discard=DiscardPolicy.OLD,
            **keep,
        ),
    ]


def wanted_consumer(subscribers: Subscribers) -> ConsumerConfig:
    """
    Describe the durable consumer of a context.

    A type of event that is heard from today on is not delivered from the past: raise the
    version of the subscribers to hear everything again.
    """
    return ConsumerConfig(
        name=subscribers.durable,
        durable_name=subscribers.durable,
        description=f"what {subscribers.context} hears",
        filter_subjects=subscribers.filter_subjects,
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=ACK_WAIT_S,
        backoff=list(BACKOFF_S),
        # The bus counts by itself, since a shut-down is no fault of the message.
        max_deliver=-1,
        max_ack_pending=MAX_ACK_PENDING,
    )


async def provision(
    js: JetStreamContext,
    streams: Sequence[StreamConfig],
    consumers: Iterable[Subscribers] = (),
    *,
    update: bool = True,
    apply: bool = True,
) -> list[Change]:
    """
    Bring the server to what is wanted.

    Parameters
    ----------
    js
        JetStream of the server.
    streams, consumers
        What is wanted; anything else on the server is left alone.
    update
        False creates what is missing and leaves drift as it is, so that an older version of
        the product does not undo what a newer one has set.
    apply
        False only reports.

    Returns
    -------
    list of Change
        What was changed, or would be.
    """
    changes: list[Change] = []
    for stream in streams:
        changes += await _stream(js, stream, update=update, apply=apply)
    for subscribers in consumers:
        changes += await _consumer(js, wanted_consumer(subscribers), update=update, apply=apply)
    return changes


async def _stream(
    js: JetStreamContext, wanted: StreamConfig, *, update: bool, apply: bool
) -> list[Change]:
    thing = f"stream {wanted.name}"
    try:
        present = (await js.stream_info(str(wanted.name))).config
    except NotFoundError:
        if apply:
            await js.add_stream(wanted)
        return [Change(thing, "", None, None)]
    changes = _differences(thing, present, wanted) if update else []
    if changes and apply:
        await js.update_stream(wanted)
    return changes


async def _consumer(
    js: JetStreamContext, wanted: ConsumerConfig, *, update: bool, apply: bool
) -> list[Change]:
    thing = f"consumer {wanted.name}"
    try:
        present = (await js.consumer_info(PIIRI, str(wanted.name))).config
    except NotFoundError:
        if apply:
            await js.add_consumer(PIIRI, wanted)
        return [Change(thing, "", None, None)]
    changes = _differences(thing, present, wanted) if update else []
    if changes and apply:
        await js.add_consumer(PIIRI, wanted)
    return changes


def _differences(
    thing: str, present: StreamConfig | ConsumerConfig, wanted: StreamConfig | ConsumerConfig
) -> list[Change]:
    """Compare the fields we set; the server fills in others of its own."""
    changes = []
    for field, value in vars(wanted).items():
        was = getattr(present, field)
        if value in (None, False, -1, 0) and field != "max_deliver":
            continue
        same = sorted(was or []) == sorted(value) if field.endswith("subjects") else was == value
        if not same:
            changes.append(Change(thing, field, was, value))
    return changes
