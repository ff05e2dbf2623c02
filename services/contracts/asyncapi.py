"""
An AsyncAPI 3.0 document of everything that passes on NATS.

Made here and not by the consumer's framework: that one sees a batch of raw messages a
context, while readers want each fact, its key and its fields.
"""

from typing import Any

from schemas.answers import NotDone
from schemas.asks import ASKS, Ask
from schemas.base import Event
from schemas.registry import BY_TYPE, EVENTS
from services.contracts.json_schemas import component_schemas

Json = dict[str, Any]
CONTRACT_VERSION = "1.0.0"
"""Of the contract, not of the product: raised when this document gains or loses something."""
KEYS = {
    "directory": ("unit_id", "Key of the unit."),
    "directory.agent_appointed": ("agent_id", "Key of the agent."),
    "challenges": ("unit_id", "Key of the challenge's unit, whose events keep their order."),
    "matching": ("proposal_id", "Key of the proposal."),
    "matching.peers_found": ("unit_id", "Key of the challenge's unit."),
    "matching.left_out": ("unit_id", "Key of the challenge's unit."),
    "matching.seat_proposed": ("group_id", "Key of the group."),
    "groups": ("group_id", "Key of the group."),
    "groups.rejected": ("proposal_id", "Key of the proposal."),
    "groups.member_moved": ("proposal_id", "Key of the proposal."),
    "notices": ("region_code", "Two-digit code of the region, Statistics Finland."),
}
"""What the last part of a subject names, by context or fact."""

ABOUT = """\
Vertaispiiri finds procurement units that share a challenge and proposes developer groups.
Facts are kept in JetStream: PIIRI holds what the contexts tell one another, NOTICES what
other systems subscribe to. Delivery is at least once; `ce-id` tells a repeat, and the events
of one key come in the order of their making. Readers skip fields they do not know. No event
holds personal data. Requests on `piiri.ask.…` are answered on the reply subject and are not
kept."""

REPLY = "The reply subject that the NATS client gives with its request."


def asyncapi_document() -> Json:
    """Compose the document."""
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": "application/json",
        "servers": {"nats": _server()},
        "channels": dict(
            sorted({e.fact: _channel(e) for e in EVENTS}.items())
            + [pair for ask in ASKS for pair in _ask_channels(ask).items()]
        ),
        "operations": {f"tell{e.__name__}": _send(e) for e in EVENTS}
        | {_title(ask): _receive(ask) for ask in ASKS},
        "components": {
            "messageTraits": {"cloudEvent": {"headers": _headers()}},
            "schemas": component_schemas(),
        },
    }


def _info() -> Json:
    return {
        "title": "Vertaispiiri on NATS",
        "version": CONTRACT_VERSION,
        "description": ABOUT,
        "license": {"name": "EUPL-1.2", "url": "https://eupl.eu/1.2/en/"},
    }


def _server() -> Json:
    return {
        "host": "{host}:{port}",
        "protocol": "nats",
        "description": "As set in PIIRI_NATS_URL; the demo starts its own on the same computer.",
        "variables": {"host": {"default": "localhost"}, "port": {"default": "4222"}},
    }


def _channel(event: type[Event]) -> Json:
    key, says = KEYS.get(event.fact) or KEYS[event.fact.split(".")[0]]
    message = {
        "name": event.type_name(),
        "title": event.__name__,
        "summary": _first_line(event),
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
        "payload": {"$ref": f"#/components/schemas/event.{event.__name__}"},
    }
    return {
        "address": f"piiri.{event.fact}.{{{key}}}",
        "title": event.fact,
        "parameters": {key: {"description": says}},
        "messages": {event.__name__: message},
    }


def _send(event: type[Event]) -> Json:
    channel = f"#/channels/{event.fact}"
    return {
        "action": "send",
        "channel": {"$ref": channel},
        "summary": _first_line(event),
        "messages": [{"$ref": f"{channel}/messages/{event.__name__}"}],
    }


def _first_line(event: type[Event]) -> str:
    return (event.__doc__ or "").strip().splitlines()[0]


def _ask_channels(ask: Ask) -> dict[str, Json]:
    takes = {
        "name": ask.takes.__name__,
        "contentType": "application/json",
        "payload": {"$ref": f"#/components/schemas/{ask.takes.__name__}"},
    }
    answers = {
        kind: {"name": kind, "payload": {"$ref": f"#/components/schemas/{kind}"}}
        for kind in (ask.answers.__name__, NotDone.__name__)
    }
    name = ask.subject.removeprefix("piiri.")
    return {
        name: {"address": ask.subject, "messages": {ask.takes.__name__: takes}},
        f"{name}.reply": {"address": None, "description": REPLY, "messages": answers},
    }


def _receive(ask: Ask) -> Json:
    channel = f"#/channels/{ask.subject.removeprefix('piiri.')}"
    kinds = (ask.answers.__name__, NotDone.__name__)
    replies = [{"$ref": f"{channel}.reply/messages/{kind}"} for kind in kinds]
    return {
        "action": "receive",
        "channel": {"$ref": channel},
        "summary": ask.says,
        "messages": [{"$ref": f"{channel}/messages/{ask.takes.__name__}"}],
        "reply": {
            "channel": {"$ref": f"{channel}.reply"},
            "messages": replies,
        },
    }


def _title(ask: Ask) -> str:
    _, context, verb = ask.subject.removeprefix("piiri.").split(".")
    return f"ask{context.capitalize()}{verb.capitalize()}"


def _headers() -> Json:
    text, required = {"type": "string"}, ("Nats-Msg-Id", "ce-id", "ce-type", "ce-time")
    return {
        "type": "object",
        "required": list(required),
        "properties": {
            "Nats-Msg-Id": text | {"format": "uuid", "description": "Equals ce-id."},
            "ce-specversion": text | {"const": "1.0"},
            "ce-id": text | {"format": "uuid", "description": "The event's id; tells a repeat."},
            "ce-type": text | {"enum": sorted(BY_TYPE)},
            "ce-source": text | {"description": "The context that told it, /piiri/<context>."},
            "ce-subject": text | {"description": "The key, last part of the subject."},
            "ce-time": text | {"format": "date-time"},
            "content-type": text | {"const": "application/json"},
            "traceparent": text | {"description": "W3C trace context of the whole chain."},
        },
    }
