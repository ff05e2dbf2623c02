"""Follow the streams readably."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js.api import ConsumerConfig, DeliverPolicy

from services.kit.connection import API_TIMEOUT_S
from services.kit.streams import NOTICES, PIIRI


@dataclass(frozen=True)
class Told:
    """One event of a stream; its words stay out, since they may be long."""

    stream: str
    seq: int
    time: str
    type: str
    key: str
    id: str
    causation_id: str
    correlation_id: str
    sample: bool
    replay_for: str = ""
    """The consumer an event is played again for."""

    def line(self) -> str:
        """Write it for a reader."""
        name = self.type.removeprefix("piiri.")
        marks = [f"cause {self.causation_id[:8]}"] if self.causation_id else []
        marks += ["sample"] if self.sample else []
        marks += [f"replay for {self.replay_for}"] if self.replay_for else []
        tail = f"  ({', '.join(marks)})" if marks else ""
        return f"{self.time[:23]}  {self.seq:>8}  {name:<34} {self.key:<24} {self.id[:8]}{tail}"

    def json(self) -> str:
        """Write it for a program."""
        return json.dumps(asdict(self))


def told(message: Msg) -> Told:
    """Read what a message tells; an unreadable one still shows where it is."""
    headers = message.headers or {}
    try:
        body = json.loads(message.data)
    except ValueError:
        body = {}
    body = body if isinstance(body, dict) else {}
    tokens = message.subject.split(".")
    return Told(
        stream=message.metadata.stream,
        seq=message.metadata.sequence.stream,
        time=headers.get("ce-time", ""),
        type=headers.get("ce-type", message.subject),
        key=headers.get("ce-subject", tokens[-1]),
        id=headers.get("ce-id", ""),
        causation_id=str(body.get("causation_id") or ""),
        correlation_id=str(body.get("correlation_id") or ""),
        sample=bool(body.get("sample")),
        replay_for=tokens[2] if tokens[:2] == ["piiri", "replay"] else "",
    )


async def tail(
    client: Client, *, last: int = 20, follow: bool = True, types: str = "*"
) -> AsyncIterator[Told]:
    """
    Go through the streams from their last events on.

    Parameters
    ----------
    client
        A connection.
    last
        How many of the newest of each stream to begin with.
    follow
        Whether to wait for more; else it ends with the newest.
    types
        A pattern for the type, ``piiri.challenges.*``.
    """
    jetstream = client.jetstream(timeout=API_TIMEOUT_S)
    queue: asyncio.Queue[Msg] = asyncio.Queue(1000)
    ends: dict[str, int] = {}
    subscriptions = []
    for stream in (PIIRI, NOTICES):
        state = (await jetstream.stream_info(stream)).state
        ends[stream] = state.last_seq
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.BY_START_SEQUENCE,
            opt_start_seq=max(state.first_seq, state.last_seq - last + 1, 1),
        )
        subscriptions.append(
            await jetstream.subscribe(
                ">", stream=stream, config=config, ordered_consumer=True, cb=queue.put
            )
        )
    try:
        async for one in _read(queue, ends if not follow else None):
            if fnmatchcase(one.type, types):
                yield one
    finally:
        for subscription in subscriptions:
            await subscription.unsubscribe()


async def _read(queue: asyncio.Queue[Msg], ends: dict[str, int] | None) -> AsyncIterator[Told]:
    """Read until cancelled, or until the given ends are reached."""
    left = {stream: seq for stream, seq in (ends or {}).items() if seq}
    while ends is None or left:
        one = told(await queue.get())
        yield one
        if one.seq >= left.get(one.stream, one.seq + 1):
            del left[one.stream]
