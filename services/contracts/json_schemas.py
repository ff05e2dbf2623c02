"""JSON Schemas (2020-12) of events and of what comes in, for readers and writers outside."""

import inspect
from collections.abc import Iterator
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from schemas.agents import AgentDraft
from schemas.answers import NotDone
from schemas.asks import ASKS
from schemas.base import Event
from schemas.challenges import ChallengeDraft
from schemas.pool_lines import ChallengeLine, UnitLine
from schemas.registry import BY_TYPE
from schemas.units import UnitDraft
from services.contracts.docstrings import described_fields

Json = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"
INCOMING: tuple[type[BaseModel], ...] = (
    UnitDraft, ChallengeDraft, AgentDraft, UnitLine, ChallengeLine,
    *(ask.takes for ask in ASKS), *(ask.answers for ask in ASKS), NotDone,
)  # fmt: skip


class _Generate(GenerateJsonSchema):
    """Schemas that say what a field is for, and do not repeat its name as a title."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002
        return False

    def model_schema(self, schema: Any) -> Json:
        made = super().model_schema(schema)
        kind = cast("type[BaseModel]", schema["cls"])
        made["description"] = inspect.cleandoc(kind.__doc__ or "")
        for name, text in described_fields(kind).items():
            _describe(made["properties"].get(name), text)
        if issubclass(kind, Event):
            _as_sent(made, kind)
        return made


def _describe(field: Json | None, text: str) -> None:
    if field is not None:
        field["description"] = text.replace("``", "`")


def _as_sent(made: Json, kind: type[Event]) -> None:
    made["title"] = kind.type_name()
    # A writer may leave them to be made; a reader always finds them.
    made["required"] = ["id", "time", *made.get("required", ())]


def event_schemas() -> dict[str, Json]:
    """The schema of every event by its type; values inside may grow, so nothing is closed."""
    return {name: _opened(_standalone(name, kind)) for name, kind in sorted(BY_TYPE.items())}


def incoming_schemas() -> dict[str, Json]:
    """The schema of everything that comes in, by its name; unknown fields are refused."""
    kinds = {kind.__name__: kind for kind in INCOMING}
    return {name: _standalone(name, kind) for name, kind in sorted(kinds.items())}


def component_schemas() -> dict[str, Json]:
    """
    Every schema there is, referring to each other inside one document.

    Those of events are open and named ``event.…``, so that a value which also comes in,
    such as a name in three languages, may be closed there.
    """
    told = _components(tuple(BY_TYPE.values()), "event.")
    taken = _components(tuple(dict.fromkeys(INCOMING)), "")
    return {name: _opened(schema) for name, schema in told.items()} | taken


def _components(kinds: tuple[type[BaseModel], ...], prefix: str) -> dict[str, Json]:
    _, made = models_json_schema(
        [(kind, "validation") for kind in kinds],
        ref_template=f"#/components/schemas/{prefix}{{model}}",
        schema_generator=_Generate,
    )
    return {f"{prefix}{name}": schema for name, schema in sorted(made["$defs"].items())}


def _standalone(name: str, kind: type[BaseModel]) -> Json:
    made = kind.model_json_schema(schema_generator=_Generate)
    return {"$schema": DIALECT, "$id": f"urn:piiri:schema:{name}", **made}


def _opened(schema: Json) -> Json:
    for part in _objects(schema):
        if part.get("additionalProperties") is False:
            del part["additionalProperties"]
    return schema


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _objects(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
