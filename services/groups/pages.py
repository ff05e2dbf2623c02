"""The facilitators' way in: proposals to correct, approve or reject."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import Field
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.base import Schema
from schemas.errors import Refused
from schemas.groups import RejectReason
from schemas.people import Visitor
from schemas.personal_data import NoIdentityCode, NoPersonalData
from services.access.doors import FacilitatorDep, SignedInDep, StoreDep, must_still_be
from services.groups import actions, queries
from services.groups.board import board_values, page_values, told
from services.groups.elsewhere_pages import pages as elsewhere_pages
from services.groups.errors import UnknownProposal
from services.groups.export import board_workbook
from services.groups.group_pages import pages as group_pages
from services.groups.invitation_pages import pages as invitation_pages
from services.groups.late_pages import pages as late_pages
from services.groups.paging import FILTERS
from services.groups.placing import place_challenge
from services.groups.sizes import MostDep
from services.groups.standing import standing
from services.kit.forms import Form, SentForm
from services.kit.live import fragments
from services.kit.pages import go, language_of, show
from services.kit.refusing import status_of
from services.kit.store import Store
from services.look.engine import render

pages = APIRouter(include_in_schema=False)
pages.include_router(invitation_pages)
pages.include_router(group_pages)
pages.include_router(elsewhere_pages)
pages.include_router(late_pages)

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Seconds = Annotated[float, Query(ge=0, le=253_402_300_799)]
"""A moment as POSIX time."""


class Rejection(Schema):
    """Why a proposal is rejected."""

    reason: RejectReason
    note: Annotated[str, Field(max_length=500), NoIdentityCode] = ""


class OwnTitle(Schema):
    """A facilitator's own title for a group; it travels in letters, so it names nobody."""

    title: Annotated[str, Field(max_length=160), NoPersonalData] = ""


@pages.get("/proposals")
def proposals(
    request: Request,
    _facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
    since: Seconds = 0,
    said: str = "",
    about: str = "",
) -> Response:
    """Show the board; what came after ``since`` is marked as new."""
    lang = language_of(request)
    filters = filters_in(request.url.query)
    from_then = _moment(since) if since else None
    with store.read() as session:
        words = told(session, said, about, lang)
        found = standing(session, lang, filters)
        board = board_values(
            session, visitor, lang, found, filters=filters, said=words, since=from_then
        )
        values = page_values(session, found, board, lang, filters=filters)
    return show(request, "groups/proposals.html", **values)


@pages.get("/proposals/board.xlsx")
def proposals_workbook(
    request: Request, _facilitator: FacilitatorDep, visitor: SignedInDep, store: StoreDep
) -> Response:
    """Give the board as an Excel file, narrowed as the page is."""
    lang = language_of(request)
    with store.read() as session:
        found = standing(session, lang, filters_in(request.url.query))
        body = board_workbook(session, visitor, lang, found)
    headers = {"Content-Disposition": 'attachment; filename="vertaispiiri.xlsx"'}
    return Response(body, media_type=XLSX, headers=headers)


@pages.get("/proposals/live", response_class=EventSourceResponse)
async def proposals_live(
    request: Request, facilitator: FacilitatorDep, visitor: SignedInDep, since: Seconds = 0
) -> AsyncIterator[ServerSentEvent]:
    """Tell how many proposals others and the matcher changed since the page was shown."""
    lang, moment = language_of(request), _moment(since)

    def tell(session: Session) -> str:
        must_still_be(request, session, visitor)
        count = queries.changed_since(session, moment, facilitator.person_id)
        values = {"count": count, "since": since, "now": datetime.now(UTC)}
        return render(lang, "groups/_news.html", **values)

    async for fragment in fragments(request, tell):
        yield fragment


@pages.post("/proposals/move")
def post_move(
    request: Request,
    form: SentForm,
    facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Move a member to another proposal, out of one, or into one."""
    challenge_id = form.text("challenge_id")
    source, to = form.text("from_proposal_id"), form.text("to_proposal_id") or None

    def move(session: Session) -> None:
        if source:
            seen = form.whole("version")
            actions.move_member(
                session, facilitator, source, challenge_id, to=to, seen_version=seen
            )
        elif to:
            place_challenge(session, facilitator, challenge_id, to)
        else:
            raise UnknownProposal

    code, about = ("moved", to) if to else ("taken-out", challenge_id)
    return _decided(request, store, visitor, move, code, about, focus=challenge_id)


@pages.post("/proposals/{proposal_id}/approve")
def post_approval(
    request: Request,
    proposal_id: str,
    form: SentForm,
    facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
    most: MostDep,
) -> Response:
    """Approve a proposal; its members are invited."""

    def approve(session: Session) -> None:
        seen = form.whole("version")
        actions.approve_group(session, facilitator, proposal_id, seen_version=seen, most=most)

    return _decided(request, store, visitor, approve, "approved", proposal_id)


@pages.post("/proposals/{proposal_id}/reject")
def post_rejection(
    request: Request,
    proposal_id: str,
    form: SentForm,
    facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Reject a proposal with a reason."""

    def reject(session: Session) -> None:
        why = form.without("version").into(Rejection)
        seen = form.whole("version")
        actions.reject_proposal(
            session, facilitator, proposal_id, why.reason, note=why.note, seen_version=seen
        )

    return _decided(request, store, visitor, reject, "rejected", proposal_id)


@pages.post("/proposals/{proposal_id}/rename")
def post_name(
    request: Request,
    proposal_id: str,
    form: SentForm,
    facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Give a proposal a title of one's own; an empty one brings the concepts back."""

    def rename(session: Session) -> None:
        title = form.only("title").into(OwnTitle).title
        seen = form.whole("version")
        actions.rename_proposal(session, facilitator, proposal_id, title, seen_version=seen)

    return _decided(request, store, visitor, rename, "renamed", proposal_id)


def _decided(
    request: Request,
    store: Store,
    visitor: Visitor,
    act: Callable[[Session], None],
    code: str,
    about: str | None,
    *,
    focus: str = "",
) -> Response:
    """Act, and answer with the board anew, or with the page where there is no JavaScript."""
    refused: Refused | None = None
    try:
        with store.begin() as session:
            act(session)
    except Refused as refusal:
        refused = refusal
    by_htmx = request.headers.get("hx-request") == "true"
    if not refused and not by_htmx:
        return go(request, f"/proposals?{urlencode({'said': code, 'about': about or ''})}")
    lang = language_of(request)
    filters = filters_in(request.headers.get("hx-current-url", "").partition("?")[2])
    with store.read() as session:
        words = "" if refused else told(session, code, about or "", lang)
        found = standing(session, lang, filters)
        board = board_values(
            session,
            visitor,
            lang,
            found,
            filters=filters,
            said=words,
            refused=refused,
            focus=focus,
        )
        if by_htmx:
            return show(request, "groups/_board.html", **board)
        values = page_values(session, found, board, lang, filters=filters)
    status = status_of(refused) if refused else 200
    return show(request, "groups/proposals.html", status=status, **values)


def filters_in(query: str) -> Form:
    """Read what the board is narrowed by out of an address; a board sent anew stays narrowed."""
    asked = parse_qs(query.partition("#")[0])
    return Form({name: tuple(asked.get(name, ("",))[:1]) for name in FILTERS})


def _moment(since: float) -> datetime:
    return datetime.fromtimestamp(since, UTC)
