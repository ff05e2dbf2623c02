"""The stream's way in: which events a context hears, and with what."""

import re
from collections.abc import Callable
from typing import Any, TypeVar

from sqlmodel import Session

from schemas.base import Event
from services.kit.streams import NOTICES, REPLAY_PREFIX, stream_of

E = TypeVar("E", bound=Event)
Handler = Callable[[E, Session], None]


class Subscribers:
    """
    What one context hears: one durable consumer, ``<context>-v<version>``.

    A batch of events is handled in one transaction; see ``hears``. The hooks are for a
    context that keeps something in memory beside its rows.

    Attributes
    ----------
    gate
        Asked before each pull; the consumer pulls only while it answers True.
    on_batch_failed
        Called after a transaction was undone, before its events are tried again: what
        memory learned from the batch is to be thrown away.
    after_batch
        Called once in the transaction, after the handlers: effects of the whole batch.
    after_commit
        Called once after the commit.
    """

    def __init__(self, context: str, *, version: int = 1) -> None:
        if not re.fullmatch(r"[a-z][a-z_]{0,30}", context):
            raise ValueError(f"a context is named in lower case, got {context!r}")
        self.context = context
        self.durable = f"{context}-v{version}"
        self.handlers: dict[str, tuple[type[Event], Handler[Any]]] = {}
        self.gate: Callable[[], bool] | None = None
        self.on_batch_failed: Callable[[], None] | None = None
        self.after_batch: Callable[[Session], None] | None = None
        self.after_commit: Callable[[], None] | None = None

    @property
    def filter_subjects(self) -> list[str]:
        """The subjects the consumer is given, its own replays included."""
        heard = {f"piiri.{event.fact}.*" for event, _ in self.handlers.values()}
        return [*sorted(heard), f"{REPLAY_PREFIX}{self.durable}.*"]


def hears(subscribers: Subscribers, event_type: type[E]) -> Callable[[Handler[E]], Handler[E]]:
    """
    Register a plain function ``(event, session) -> None`` for a type of event.

    The function is called once for each event, in the order of its making for one key,
    inside a transaction that also notes the event as heard; it neither commits nor
    catches. ``Refused`` and ``Broken`` put the event aside at once, ``Unavailable`` brings
    it back later for as long as it lasts, any other error brings it back four times.

    Raises
    ------
    ValueError
        When the context hears the type already, or it is for readers outside.
    """
    name = event_type.type_name()
    if stream_of(f"piiri.{event_type.fact}.") == NOTICES:
        raise ValueError(f"{name} is told to readers outside, contexts do not hear it")

    def register(handler: Handler[E]) -> Handler[E]:
        if name in subscribers.handlers:
            raise ValueError(f"{subscribers.context} hears {name} already")
        subscribers.handlers[name] = (event_type, handler)
        return handler

    return register
