"""An event as a message: CloudEvents 1.0 in binary mode, and back."""

from collections.abc import Mapping
from uuid import UUID

from pydantic import ValidationError

from schemas.base import Event
from schemas.errors import Refused
from schemas.upcast import UnknownEventType, read_event


class Undecodable(Refused):
    """The message is no event that this build knows."""

    code = "undecodable"


def headers_of(event: Event) -> dict[str, str]:
    """Describe an event in headers; ``Nats-Msg-Id`` lets the server drop a repeat."""
    chain = event.correlation_id or event.id
    return {
        "Nats-Msg-Id": str(event.id),
        "ce-specversion": "1.0",
        "ce-id": str(event.id),
        "ce-type": event.type_name(),
        "ce-source": f"/piiri/{event.fact.split('.')[0]}",
        "ce-subject": event.key,
        "ce-time": event.time.isoformat(),
        "content-type": "application/json",
        "traceparent": f"00-{chain.hex}-{event.id.hex[:16]}-01",
    }


def event_id(headers: Mapping[str, str] | None) -> str | None:
    """Read the event's id, or nothing when the message does not say."""
    try:
        return str(UUID((headers or {}).get("ce-id", "")))
    except ValueError:
        return None


def event_of(headers: Mapping[str, str] | None, body: bytes) -> Event:
    """
    Read the event in a message.

    Raises
    ------
    Undecodable
        Saying what is wrong: no id, an unknown type or version, or a field that does not fit.
    """
    headers = headers or {}
    name = headers.get("ce-type", "")
    if "ce-id" not in headers:
        raise Undecodable("the header ce-id is missing")
    try:
        event = read_event(name, body)
    except UnknownEventType as error:
        raise Undecodable(
            f"the type {name!r} is unknown to this build; upgrade, then replay"
        ) from error
    except ValidationError as error:
        raise Undecodable(f"{name}: {_first_problem(error)}") from error
    except ValueError as error:
        raise Undecodable(f"{name}: the body is not JSON") from error
    if str(event.id) != headers["ce-id"]:
        raise Undecodable(f"{name}: the id in the body is not that of the header ce-id")
    return event


def _first_problem(error: ValidationError) -> str:
    """Name the field and the rule; the value itself may be personal and is left out."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "body"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"{where}: {first['msg']}{more}"
