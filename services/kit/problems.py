"""Errors as RFC 9457 writes them, with our code and the fields that were wrong."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, TypeAdapter
from starlette.requests import Request

from schemas.accepted import described
from schemas.answers import FieldFault, part_faults

PROBLEM = "application/problem+json"
NOT_JSON = FieldFault(
    field="", wrong="not sent as JSON", accepted="JSON, with Content-Type: application/json"
)


def problem(
    status: int,
    code: str,
    *,
    detail: str = "",
    reference: str = "",
    faults: Iterable[FieldFault] = (),
) -> dict[str, object]:
    """Write a problem; ``reference`` finds the fault in the log."""
    told: dict[str, object] = {
        "type": f"urn:vertaispiiri:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
    }
    more = {"detail": detail, "reference": reference}
    told |= {name: text for name, text in more.items() if text}
    if errors := [fault.model_dump() for fault in faults]:
        told["errors"] = errors
    return told


def request_faults(request: Request, errors: Iterable[Any]) -> tuple[FieldFault, ...]:
    """Say what was wrong in a request: in its body by the body's schema, else by parameter."""
    found: list[FieldFault] = []
    for error in errors:
        place, *loc = error["loc"]
        body = _body_model(request)
        if place == "body" and isinstance(error.get("input"), bytes):
            found.append(NOT_JSON)
        elif place == "body" and body is not None and error["type"] != "json_invalid":
            found += part_faults([{**error, "loc": tuple(loc)}], body)
        else:
            found.append(_parameter_fault(request, place, loc, error))
    return tuple(found)


def _body_model(request: Request) -> type[BaseModel] | None:
    field = getattr(request.scope.get("route"), "body_field", None)
    kind = field.field_info.annotation if field is not None else None
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _parameter_fault(request: Request, place: str, loc: list[Any], error: Any) -> FieldFault:
    if place == "body":
        return FieldFault(field="", wrong=str(error["msg"]), accepted="JSON as in RFC 8259")
    dependant = getattr(request.scope.get("route"), "dependant", None)
    known = getattr(dependant, f"{place}_params", [])
    asked = next((one for one in known if loc and one.alias == loc[0]), None)
    accepted = "a value"
    if asked is not None:
        schema = TypeAdapter(asked.field_info.rebuild_annotation()).json_schema()
        accepted = described(schema, schema)
    field = ".".join(str(part) for part in loc)
    return FieldFault(field=field, wrong=str(error["msg"]), accepted=accepted)
