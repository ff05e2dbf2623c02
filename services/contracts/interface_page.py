"""The page that shows people which interfaces there are, from the published documents."""

import json
from functools import cache
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from schemas.registry import BY_TYPE
from services.contracts.documents import published
from services.kit.pages import show
from services.kit.refusing import known_problems

pages = APIRouter(include_in_schema=False)
SCHEMAS = "schemas/"


@pages.get("/interfaces", name="interfaces")
def get_interfaces(request: Request) -> HTMLResponse:
    """Show events, schemas and codes of refusals, with the documents that tell more."""
    return show(
        request,
        "look/interfaces.html",
        openapi="/api/openapi.json",
        asyncapi="/api/asyncapi.json",
        events=list(_events()),
        schemas=list(_schemas()),
        problems=known_problems(),
    )


@cache
def _events() -> tuple[dict[str, str], ...]:
    """Every event once: its type, where it is published and what it tells."""
    channels = _document("asyncapi.json")["channels"].values()
    found = {
        message["name"]: {
            "type": message["name"],
            "subject": channel["address"],
            "what": message["summary"],
            "schema": f"/api/schemas/{message['name']}.json",
        }
        for channel in channels
        for message in channel.get("messages", {}).values()
        if message.get("name") in BY_TYPE
    }
    return tuple(found[name] for name in sorted(found))


@cache
def _schemas() -> tuple[dict[str, str], ...]:
    """Every schema of what comes in or is answered; events have their own list."""
    paths = [path for path in published() if path.startswith(SCHEMAS)]
    names = {path.removeprefix(SCHEMAS).removesuffix(".json") for path in paths}
    return tuple(
        {
            "name": name,
            "what": _document(f"{SCHEMAS}{name}.json").get("description", "").split("\n")[0],
            "href": f"/api/schemas/{name}.json",
        }
        for name in sorted(names - BY_TYPE.keys())
    )


def _document(path: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(published()[path].read_text(encoding="utf-8"))
    return told
