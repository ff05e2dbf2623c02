"""Errors → answers, decided once: a page for people, problem+json under ``/api``."""

import logging
from secrets import token_hex
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from schemas.errors import (
    Broken,
    Conflict,
    NotAllowed,
    NotFound,
    PiiriError,
    Refused,
    Unavailable,
)
from services.kit import pages
from services.kit.complaints import from_errors
from services.kit.forms import Misfilled
from services.kit.limits import TooManyRequests
from services.kit.problems import PROBLEM, problem, request_faults
from services.look.complaints import Complaint
from services.look.layout import address

log = logging.getLogger(__name__)

STATUSES: tuple[tuple[type[PiiriError], int], ...] = (
    (Misfilled, 422),
    (TooManyRequests, 429),
    (NotFound, 404),
    (NotAllowed, 403),
    (Conflict, 409),
    (Refused, 400),
    (Unavailable, 503),
    (Broken, 500),
)
"""First match wins."""
SIGN_IN = "not-signed-in"
"""The code of the refusal that a reader answers by signing in."""


def status_of(error: PiiriError) -> int:
    """Return the HTTP status of an error."""
    return 401 if error.code == SIGN_IN else status_for(type(error))


def status_for(kind: type[PiiriError]) -> int:
    """Return the HTTP status of a kind of error."""
    if kind.code == SIGN_IN:
        return 401
    return next((status for family, status in STATUSES if issubclass(kind, family)), 500)


def refuse_well(app: FastAPI) -> None:
    """Answer every error of an application in its reader's form."""
    app.add_exception_handler(PiiriError, _answer_error)
    app.add_exception_handler(RequestValidationError, _answer_invalid)
    app.add_exception_handler(HTTPException, _answer_http)


async def _answer_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, PiiriError)  # noqa: S101  # as registered
    status = status_of(error)
    if status >= 500:
        return _fault(request, error, status, error.code)
    if status == 401 and not for_programs(request) and request.method == "GET":
        return RedirectResponse(_sign_in(request), status_code=303)
    found = error.complaints if isinstance(error, Misfilled) else ()
    return answer(request, status, error.code, detail=str(error), found=found, error=error)


async def _answer_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as registered
    if for_programs(request):
        faults = request_faults(request, error.errors())
        body = problem(422, Misfilled.code, detail="What was sent is not valid", faults=faults)
        return JSONResponse(body, 422, media_type=PROBLEM)
    return answer(request, 422, Misfilled.code, found=from_errors(error.errors(), skip=1))


async def _answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered
    codes = {401: SIGN_IN, 403: "not-allowed", 404: "not-found", 409: "conflict"}
    code = codes.get(error.status_code, "broken" if error.status_code >= 500 else "refused")
    said = answer(request, error.status_code, code, detail=str(error.detail))
    said.headers.update(error.headers or {})
    return said


def _fault(request: Request, error: Exception, status: int, code: str) -> Response:
    """Tell a reference and nothing else; the log holds the rest under it."""
    reference = token_hex(4)
    path = pages.path_of(request)
    log.error("fault %s at %s %r", reference, request.method, path, exc_info=error)
    return answer(request, status, code, reference=reference)


def answer(
    request: Request,
    status: int,
    code: str,
    *,
    detail: str = "",
    reference: str = "",
    found: tuple[Complaint, ...] = (),
    error: PiiriError | None = None,
) -> Response:
    """Answer with an error's page, or with problem+json to programs."""
    headers = waiting(status, error)
    if for_programs(request):
        faults = error.faults if isinstance(error, Misfilled) else ()
        body = problem(status, code, detail=detail, reference=reference, faults=faults)
        return JSONResponse(body, status, headers, media_type=PROBLEM)
    values = {"why": error or code, "reference": reference, "complaints": found}
    template = "look/error.html"
    return pages.show(request, template, status=status, headers=headers, number=status, **values)


def waiting(status: int, error: PiiriError | None) -> dict[str, str]:
    """Return the header that says when to come again, where that helps."""
    if isinstance(error, TooManyRequests):
        return {"Retry-After": error.facts[0]}
    return {"Retry-After": "5"} if status == 503 else {}


class Shield:
    """
    Answer what nobody else caught, inside the other layers.

    Starlette's own handler stands outside them: its answer would lack headers and language.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a fault before the answer began is answered here."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self.app(scope, receive, watched)
        except ClientDisconnect:
            log.debug("a reader left before all was sent")
        except Exception as error:
            if begun or scope["type"] != "http":
                raise
            await _fault(Request(scope), error, 500, "broken")(scope, receive, send)


def for_programs(request: Request) -> bool:
    """Whether the request came to the HTTP interface."""
    return pages.path_of(request).startswith("/api/")


def _sign_in(request: Request) -> str:
    back = urlencode({"next": pages.path_of(request)})
    return f"{address(pages.language_of(request), '/sign-in')}?{back}"
