"""The generated documents for whoever asks: no key, no language, no other host."""

from fastapi import APIRouter
from starlette.responses import FileResponse, JSONResponse

from schemas.errors import NotFound
from services.contracts.documents import published

documents = APIRouter(prefix="/api", include_in_schema=False)
HOUR = {"Cache-Control": "public, max-age=3600"}


@documents.get("/openapi.json")
def openapi() -> FileResponse:
    """Describe the HTTP interface."""
    return _file("openapi.json")


@documents.get("/asyncapi.json")
def asyncapi() -> FileResponse:
    """Describe what passes on NATS."""
    return _file("asyncapi.json")


@documents.get("/schemas")
def schemas() -> JSONResponse:
    """List the JSON Schemas by name."""
    names = sorted(path for path in published() if path.startswith("schemas/"))
    return JSONResponse({"items": [f"/api/{path}" for path in names]}, headers=HOUR)


@documents.get("/schemas/{name}.json")
def schema(name: str) -> FileResponse:
    """Show one JSON Schema."""
    return _file(f"schemas/{name}.json")


def _file(path: str) -> FileResponse:
    # Looked up among the files there are, so that no path leads elsewhere.
    found = published().get(path)
    if found is None:
        raise NotFound(path)
    return FileResponse(found, media_type="application/json", headers=HOUR)
