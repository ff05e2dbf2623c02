"""Signing in by a letter, and signing out."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.base import Schema
from schemas.people import Visitor
from services.access import actions, queries, sessions
from services.access.doors import StoreDep, cookie_name, let_in, let_out
from services.access.errors import LinkSpent
from services.access.roles import START, own_path, role_name
from services.kit.forms import Form, Misfilled, SentForm
from services.kit.limits import at_most
from services.kit.pages import go, language_of, show
from services.kit.refusing import status_of

pages = APIRouter(include_in_schema=False)

LETTERS = 60
"""From one address in ten minutes: a large organisation's people share one."""


class Address(Schema):
    """Where a sign-in letter is sent."""

    email: Annotated[str, Field(pattern=r"^[^@\s]{1,64}@[^@\s]{1,190}$")]


@pages.get("/sign-in")
def sign_in(request: Request, next: str = "") -> Response:  # noqa: A002  # as addresses have it
    """Show the ways to sign in."""
    return _sign_in(request, Form(), back=own_path(next))


@pages.post("/sign-in", dependencies=[at_most("sign-in", LETTERS, per_s=600)])
def post_sign_in(request: Request, form: SentForm, store: StoreDep) -> Response:
    """Send a sign-in letter, and say the same whether or not the address is known."""
    back = own_path(form.text("next"))
    try:
        address = form.only("email").into(Address)
    except Misfilled as wrong:
        return _sign_in(request, form.after(wrong), back=back, status=status_of(wrong))
    with store.begin() as session:
        actions.send_link(session, address.email, back)
    return _sign_in(request, Form(), back=back, sent=True)


@pages.get("/sign-in/{token}")
def landing(request: Request, token: str, store: StoreDep, next: str = "") -> Response:  # noqa: A002
    """Show the button that signs in: mail scanners open links, and must not spend them."""
    with store.read() as session:
        person = queries.link_holder(session, sessions.digest(token), datetime.now(UTC))
        if person is None:
            raise LinkSpent
        roles = _named(session, request, queries.visitors(session, person))
    values: dict[str, Any] = {"token": token, "next": own_path(next), "roles": roles}
    return show(request, "access/landing.html", **values)


@pages.post("/sign-in/{token}")
def post_landing(request: Request, token: str, form: SentForm, store: StoreDep) -> Response:
    """Spend the link and let the person in, in the role chosen."""
    with store.begin() as session:
        person = actions.use_link(session, token)
        found = {key_of(one): one for one in queries.visitors(session, person)}
        visitor = found.get(form.text("role")) or next(iter(found.values()), None)
        if visitor is None:
            raise LinkSpent
        return enter(request, session, visitor, own_path(form.text("next")))


@pages.post("/sign-out")
def post_sign_out(request: Request, store: StoreDep) -> Response:
    """End the browser's session."""
    token = request.cookies.get(cookie_name(request))
    if token:
        with store.begin() as session:
            sessions.sign_out(session, token)
    answer = go(request, "/")
    let_out(request, answer)
    return answer


def enter(request: Request, session: Session, visitor: Visitor, back: str) -> Response:
    """Sign a browser in, in place of whoever it was before, and send it to its work."""
    before = request.cookies.get(cookie_name(request))
    if before:
        sessions.sign_out(session, before)
    token = sessions.sign_in(session, visitor)
    answer = go(request, back or START[visitor.role])
    let_in(request, answer, token)
    return answer


def key_of(visitor: Visitor) -> str:
    """Write a role as the value of a form."""
    return ":".join(filter(None, (visitor.role, visitor.unit_id, visitor.agent_id)))


def _named(session: Session, request: Request, visitors: list[Visitor]) -> list[tuple[str, str]]:
    lang = language_of(request)
    return [(key_of(one), role_name(session, one, lang)) for one in visitors]


def _sign_in(
    request: Request, form: Form, *, back: str, sent: bool = False, status: int = 200
) -> Response:
    demo = bool(request.app.state.demo)
    values: dict[str, Any] = {"next": back, "demo": demo, "ways": [], "form": form, "sent": sent}
    return show(request, "access/sign_in.html", status=status, **values)
