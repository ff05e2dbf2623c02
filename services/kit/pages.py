"""The browser's edge: show a template, or go on to the next page."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from schemas.codes import Language
from services.look import languages
from services.look.engine import render
from services.look.layout import Page, Viewer, address


def show(
    request: Request,
    template: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **values: object,
) -> HTMLResponse:
    """
    Answer with a template, addressed ``challenges/new.html``, in the reader's language.

    The layout's own value is ``page``; what the template needs besides stands at its top.
    What a signed-in reader sees is not kept by browsers or proxies on the way.
    """
    page = page_of(request)
    keep = {"Cache-Control": "no-store" if page.viewer else "no-cache"}
    body = render(page.lang, template, page=page, **{"sample": False, **values})
    return HTMLResponse(body, status, {**keep, "Content-Language": page.lang, **(headers or {})})


def go(request: Request, path: str) -> RedirectResponse:
    """Answer a form that was done with the page to see next, ``/challenges/ch-1``."""
    return RedirectResponse(address(language_of(request), path), status_code=303)


def page_of(request: Request) -> Page:
    """Return what the layout needs to know of a request."""
    viewer = getattr(request.state, "viewer", None)
    return Page(
        lang=language_of(request),
        path=path_of(request),
        query=request.url.query if request.method == "GET" else "",
        viewer=viewer if isinstance(viewer, Viewer) else None,
        demo=bool(getattr(request.app.state, "demo", False)),
    )


def path_of(request: Request) -> str:
    """Return the path without the language."""
    path: str = request.scope["path"]
    return path.removeprefix(request.scope.get("root_path", "")) or "/"


def language_of(request: Request) -> Language:
    """Return the language of the address, else the one the reader wants."""
    in_address = languages.as_language(request.scope.get("root_path", "").rpartition("/")[2])
    return in_address or languages.wanted(
        request.headers.get("accept-language", ""), request.cookies.get(languages.COOKIE)
    )
