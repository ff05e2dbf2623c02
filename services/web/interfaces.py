"""The documents that other systems build on, and the page that lists them."""

from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import FileResponse, Response

from schemas.asks import ASKS
from schemas.base import Event
from schemas.errors import NotFound, PiiriError
from schemas.registry import EVENTS
from services.contracts.documents import published
from services.kit.pages import show
from services.kit.refusing import status_for

OPENAPI = "/api/openapi.json"
AT = "/schemas"

interfaces = APIRouter(include_in_schema=False)


@interfaces.get("/interfaces")
def list_interfaces(request: Request) -> Response:
    """Show every interface, event, schema and code of refusal."""
    values: dict[str, Any] = {
        "openapi": OPENAPI,
        "asyncapi": f"{AT}/asyncapi.json",
        "events": [_event(event) for event in EVENTS],
        "schemas": [_schema(path) for path in published() if path.startswith("schemas/")],
        "problems": sorted(set(_problems(PiiriError))),
    }
    return show(request, "look/interfaces.html", **values)


documents = APIRouter(include_in_schema=False)


@documents.get(OPENAPI)
def openapi() -> Response:
    """Hand out the description of the HTTP interface, as it is committed."""
    return FileResponse(published()["openapi.json"], media_type="application/json", headers=KEEP)


@documents.get(AT + "/{path:path}")
def document(path: str) -> Response:
    """Hand out a generated document, as the package holds it."""
    file = published().get(path) or published().get(f"schemas/{path}")
    if file is None:
        raise NotFound(path)
    return FileResponse(file, media_type="application/schema+json", headers=KEEP)


KEEP = {"Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
"""Public documents: another site's tools may read them."""


def _event(event: type[Event]) -> dict[str, str]:
    return {
        "type": event.type_name(),
        "subject": f"piiri.{event.fact}.*",
        "what": _first_line(event),
        "schema": f"{AT}/{event.type_name()}.json",
    }


def _schema(path: str) -> dict[str, str]:
    name = path.removeprefix("schemas/").removesuffix(".json")
    said = {ask.takes.__name__: ask.says for ask in ASKS}
    return {"name": name, "what": said.get(name, ""), "href": f"{AT}/{name}.json"}


def _first_line(kind: type) -> str:
    return (kind.__doc__ or "").strip().splitlines()[0]


def _problems(family: type[PiiriError]) -> Iterator[tuple[str, int]]:
    for kind in family.__subclasses__():
        yield kind.code, status_for(kind)
        yield from _problems(kind)
