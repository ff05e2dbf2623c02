"""
Old events read by new code: a registry of pure functions, one step for each old type.

A field may be added to an event at any time, with a default. A field whose meaning changes
makes a new type instead:

1. Raise the event's ``type_version`` and change its fields.
2. Add ``Upcast("piiri.….v1", "piiri.….v2", function)`` to ``UPCASTS``. The function gets
   the body of an old event and returns that of the new one; it changes nothing else,
   asks nobody and keeps ``id``, ``time`` and the causes.
3. Leave ``tests/schemas/events/piiri.….v1.json`` where it is and add that of v2.

Steps follow each other: v1 to v2, v2 to v3. Everything that reads a stored or streamed
event reads it by ``read_event``, so the old types need no class any more.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from schemas.base import Event
from schemas.errors import Broken
from schemas.registry import BY_TYPE

Body = dict[str, Any]


class UnknownEventType(Broken):
    """An event has a type that this version does not know."""

    code = "unknown-event-type"


class Upcast(NamedTuple):
    """One step from an old type of event to the next."""

    old: str
    new: str
    change: Callable[[Body], Body]


UPCASTS: tuple[Upcast, ...] = ()
"""Every step there has been; none is ever taken out."""


def upcast(type_name: str, body: Body, steps: Iterable[Upcast] = UPCASTS) -> tuple[str, Body]:
    """Bring a body to the newest type that the steps lead to."""
    by_old = {step.old: step for step in steps}
    while step := by_old.pop(type_name, None):
        type_name, body = step.new, step.change(dict(body))
    return type_name, body


def read_event(
    type_name: str,
    body: str | bytes,
    steps: Iterable[Upcast] = UPCASTS,
    known: Mapping[str, type[Event]] = BY_TYPE,
) -> Event:
    """
    Read an event of any version from its type (the header ``ce-type``) and its JSON body.

    Raises
    ------
    UnknownEventType
        When neither a class nor a step is for the type.
    pydantic.ValidationError
        When the body does not fit the type.
    """
    if type_name in known:
        return known[type_name].model_validate_json(body, extra="ignore")
    newest, value = upcast(type_name, json.loads(body), steps)
    if newest not in known:
        raise UnknownEventType(type_name)
    return known[newest].model_validate(value, extra="ignore")
