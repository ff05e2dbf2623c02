"""What a field accepts, in words made from its JSON Schema, so that they cannot drift from it."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import BaseModel

Json = dict[str, Any]
FORMATS = {
    "date": "a date, YYYY-MM-DD",
    "date-time": "a time with its offset, 2026-11-02T09:15:00Z",
    "uuid": "a UUID",
}
SIMPLE = {"boolean": "true or false", "null": "null", "object": "an object"}


@cache
def schema_of(kind: type[BaseModel]) -> Json:
    """The JSON Schema of what a model takes in."""
    return kind.model_json_schema()


def at(root: Json, path: Sequence[str | int]) -> tuple[tuple[str | int, ...], Json]:
    """
    Follow a path as far as the schema knows it; the way taken and the schema there.

    Steps that name a branch of a union are not fields and are left out.
    """
    here, taken = resolved(root, root), []
    for step in path:
        if (found := _step(root, here, step)) is not None:
            here = found
            taken.append(step)
        elif (found := _branch(root, here, step)) is not None:
            here = found
    return tuple(taken), here


def _step(root: Json, schema: Json, step: str | int) -> Json | None:
    if isinstance(step, int) and "items" in schema:
        return resolved(root, schema["items"])
    if step in schema.get("properties", {}):
        return resolved(root, schema["properties"][step])
    inner = (_step(root, resolved(root, one), step) for one in schema.get("anyOf", ()))
    return next((found for found in inner if found is not None), None)


def _branch(root: Json, schema: Json, step: str | int) -> Json | None:
    target = schema.get("discriminator", {}).get("mapping", {}).get(step)
    return resolved(root, {"$ref": target}) if target else None


def resolved(root: Json, schema: Json) -> Json:
    """Follow a reference into the schema's definitions."""
    if "$ref" not in schema:
        return schema
    return resolved(root, root["$defs"][schema["$ref"].rsplit("/", 1)[-1]])


def described(root: Json, schema: Json) -> str:
    """Say what a schema accepts."""
    schema = resolved(root, schema)
    if "anyOf" in schema or "oneOf" in schema:
        every = [described(root, one) for one in (schema.get("anyOf") or schema["oneOf"])]
        return " or ".join(dict.fromkeys(every))
    if "enum" in schema or "const" in schema:
        return "one of " + ", ".join(_value(one) for one in schema.get("enum") or [schema["const"]])
    match schema.get("type"):
        case "string":
            return _text(schema)
        case "integer" | "number":
            return _number(schema)
        case "array":
            return (
                f"a list of {_span(schema, 'Items', 'items')}: {described(root, schema['items'])}"
            )
        case "object" if "properties" in schema:
            return f"an object with the fields {', '.join(schema['properties'])}"
    return SIMPLE.get(schema.get("type", ""), "any value")


def _value(value: object) -> str:
    return '""' if value == "" else str(value)


def _text(schema: Json) -> str:
    if schema.get("format") in FORMATS:
        return FORMATS[schema["format"]]
    what = schema.get("description") or "text"
    if "pattern" in schema and "description" not in schema:
        what = f"text of the form {schema['pattern']}"
    if {"minLength", "maxLength"} & schema.keys():
        return f"{what}, {_span(schema, 'Length', 'characters')}"
    return str(what)


def _number(schema: Json) -> str:
    what = "a whole number" if schema["type"] == "integer" else "a number"
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is None and high is None:
        return what
    return f"{what} from {low:g}" + ("" if high is None else f" to {high:g}")


def _span(schema: Json, of: str, unit: str) -> str:
    low, high = schema.get(f"min{of}"), schema.get(f"max{of}")
    if high is None:
        return f"at least {low} {unit}" if low else unit
    return f"{low} to {high} {unit}" if low else f"at most {high} {unit}"
