"""The OpenAPI document of the interface, made from the routes."""

from typing import Any

from fastapi import FastAPI

from services.api.router import api_router

CONTRACT_VERSION = "1.1.0"
"""Of the interface, not of the product: raised when something is added or taken away."""
ABOUT = """\
Units register challenges, ask who shares them, and answer invitations; facilitators decide on
proposals. Every request but those for themes and regions needs a key. Refusals are
`application/problem+json` (RFC 9457) with a stable `code` and, where fields are concerned,
`errors`: field, what was wrong, what is accepted. A version is told by ETag and checked by
If-Match. 503 with Retry-After asks to come again later."""
PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "A stable name of the refusal."},
        "detail": {"type": "string"},
        "reference": {"type": "string", "description": "Names a fault in the service's log."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "wrong", "accepted"],
                "properties": {
                    "field": {"type": "string"},
                    "wrong": {"type": "string"},
                    "accepted": {"type": "string"},
                },
            },
        },
    },
}
REFUSALS = {
    "400": "What was asked for cannot be done as it stands.",
    "401": "No valid key.",
    "403": "The key's role may not do this.",
    "404": "There is no such thing, or you may not see it.",
    "409": "The state does not allow it.",
    "412": "If-Match names another version.",
    "422": "What was sent is not valid.",
    "429": "Too much in a short time; Retry-After says when to come again.",
    "503": "Not now; Retry-After says when.",
}


def openapi_document() -> dict[str, Any]:
    """Compose the document."""
    app = FastAPI(title="Vertaispiiri", version=CONTRACT_VERSION, description=ABOUT)
    app.include_router(api_router())
    document: dict[str, Any] = app.openapi()
    document["info"]["license"] = {"name": "EUPL-1.2", "identifier": "EUPL-1.2"}
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = PROBLEM
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"] |= _refusals(operation)
    return document


def _refusals(operation: dict[str, Any]) -> dict[str, Any]:
    told = {"422", "503"} if not operation.get("security") else REFUSALS.keys()
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {code: {"description": REFUSALS[code], "content": content} for code in sorted(told)}
