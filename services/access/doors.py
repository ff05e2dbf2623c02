"""Who is behind a request: what pages ask for as their arguments."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.people import AgentPerson, Facilitator, Member, Role, Visitor
from services.access import sessions
from services.access.errors import NotSignedIn, RoleNeeded
from services.kit.store import Store

COOKIE = "piiri_session"


def the_store(request: Request) -> Store:
    """Return the store of this application."""
    store: Store = request.app.state.store
    return store


StoreDep = Annotated[Store, Depends(the_store)]


def visitor(request: Request, store: StoreDep) -> Visitor | None:
    """Return who is signed in, or None."""
    if not request.cookies.get(cookie_name(request)):
        return None
    with store.read() as session:
        return who(request, session)


def who(request: Request, session: Session) -> Visitor | None:
    """Return who is signed in as of now: a long answer asks again before it says more."""
    token = request.cookies.get(cookie_name(request), "")
    return sessions.who(session, token, datetime.now(UTC))


def must_still_be(request: Request, session: Session, before: Visitor) -> None:
    """
    Let an answer go on while the same visitor is signed in.

    Raises
    ------
    NotSignedIn
        When the session ended or the role was taken away meanwhile.
    """
    if who(request, session) != before:
        raise NotSignedIn


VisitorDep = Annotated[Visitor | None, Depends(visitor)]


def signed_in(found: VisitorDep) -> Visitor:
    """Let a signed-in visitor pass."""
    if found is None:
        raise NotSignedIn
    return found


SignedInDep = Annotated[Visitor, Depends(signed_in)]


def member(found: SignedInDep) -> Member:
    """Let a person of a unit pass."""
    if found.role is not Role.UNIT_MEMBER or found.unit_id is None:
        raise RoleNeeded(Role.UNIT_MEMBER)
    return Member(person_id=found.person_id, unit_id=found.unit_id)


def facilitator(found: SignedInDep) -> Facilitator:
    """Let a facilitator pass."""
    if found.role is not Role.FACILITATOR:
        raise RoleNeeded(Role.FACILITATOR)
    return Facilitator(person_id=found.person_id)


def agent(found: SignedInDep) -> AgentPerson:
    """Let a change agent pass."""
    if found.role is not Role.AGENT or found.agent_id is None:
        raise RoleNeeded(Role.AGENT)
    return AgentPerson(person_id=found.person_id, agent_id=found.agent_id)


MemberDep = Annotated[Member, Depends(member)]
FacilitatorDep = Annotated[Facilitator, Depends(facilitator)]
AgentDep = Annotated[AgentPerson, Depends(agent)]


def cookie_name(request: Request) -> str:
    """Name the cookie; over https the name itself forbids other hosts and plain http."""
    return f"__Host-{COOKIE}" if _secure(request) else COOKIE


def let_in(request: Request, answer: Response, token: str) -> None:
    """Give a browser its token."""
    answer.set_cookie(
        cookie_name(request),
        token,
        max_age=int(sessions.LIFE.total_seconds()),
        path="/",
        secure=_secure(request),
        httponly=True,
        samesite="lax",
    )


def let_out(request: Request, answer: Response) -> None:
    """Take a browser's token away."""
    answer.delete_cookie(
        cookie_name(request), path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def _secure(request: Request) -> bool:
    return str(request.app.state.base_url).startswith("https://")
