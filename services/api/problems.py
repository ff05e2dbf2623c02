"""Refusals of rules as other systems read them: with the field and what is accepted."""

from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, Response

from schemas.errors import PiiriError, Refused
from services.access.errors import NotSignedIn
from services.challenges.errors import ChallengeChanged
from services.entering.refusals import VersionPassed, faults_of
from services.groups.errors import ProposalChanged
from services.kit.problems import PROBLEM, problem
from services.kit.refusing import refuse_well, status_of, waiting

PASSED: tuple[type[Refused], ...] = (ChallengeChanged, ProposalChanged, VersionPassed)
"""If-Match named a version that is no more: 412, as HTTP has it."""
API = "/api/"


def explain_to_programs(app: FastAPI) -> None:
    """Answer refusals under ``/api/`` by field; everything else stays with the kit."""
    refuse_well(app)
    for_people = app.exception_handlers[PiiriError]

    async def refused(request: Request, error: Exception) -> Response:
        if request.url.path.startswith(API) and isinstance(error, Refused):
            return _refusal(error)
        return await for_people(request, error)  # type: ignore[misc,no-any-return]  # the kit's is async

    app.add_exception_handler(PiiriError, refused)


def _refusal(error: PiiriError) -> Response:
    status = 412 if isinstance(error, PASSED) else status_of(error)
    headers = waiting(status, error)
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    faults = tuple(one for one in faults_of(error) if one.field)
    body = problem(status, error.code, detail=str(error), faults=faults)
    return JSONResponse(body, status, headers, media_type=PROBLEM)
