"""Pages that need no business: accessibility, privacy, the HTTP interface."""

from datetime import date

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse

from services.kit.headers import policy
from services.kit.pages import show
from services.look.assets import static
from services.look.statement import statement

NOTICE_UPDATED = date(2026, 11, 25)
SWAGGER_POLICY = policy(style_src="'self' 'unsafe-inline'")
"""Swagger UI writes style attributes; scripts stay ours alone."""


def plain_pages(
    operator: str = "", contact: str = "", openapi: str = "/api/openapi.json"
) -> APIRouter:
    """
    Return the routes.

    Parameters
    ----------
    operator, contact
        Who runs the service and how to reach them: the controller of the privacy notice.
    """
    pages = APIRouter(include_in_schema=False)

    @pages.get("/accessibility", name="accessibility")
    def accessibility(request: Request) -> HTMLResponse:
        return show(request, "look/accessibility.html", statement=statement())

    @pages.get("/privacy", name="privacy")
    def privacy(request: Request) -> HTMLResponse:
        controller = {"name": operator or "Vertaispiiri", "contact": contact}
        return show(request, "look/privacy.html", controller=controller, updated=NOTICE_UPDATED)

    @pages.get("/interfaces/http", name="http_interface")
    def http_interface(request: Request) -> HTMLResponse:
        headers = {"Content-Security-Policy": SWAGGER_POLICY}
        return show(request, "look/http_interface.html", headers=headers, openapi=openapi)

    @pages.get("/favicon.ico")
    def favicon() -> RedirectResponse:
        return RedirectResponse(static("logo.svg"), status_code=301)

    @pages.get("/robots.txt")
    def robots() -> PlainTextResponse:
        return PlainTextResponse("User-agent: *\nDisallow: /api/\n")

    return pages
