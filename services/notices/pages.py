"""The agents' way in: what starts in and near their regions; and everyone's feedback."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response

from schemas.base import Schema
from schemas.people import Role
from services.access.doors import AgentDep, FacilitatorDep, SignedInDep, StoreDep
from services.access.errors import RoleNeeded
from services.kit.forms import Form, Misfilled, SentForm
from services.kit.limits import at_most
from services.kit.pages import go, language_of, show
from services.kit.refusing import status_of
from services.notices import actions
from services.notices.feedback import close_feedback, receive_feedback
from services.notices.inbox import inbox_values
from services.notices.tables import Answer

pages = APIRouter(include_in_schema=False)

MESSAGES = 20
"""From one address in an hour; one machine shall not use up what all may write."""


class Said(Schema):
    """What a reader says of the service."""

    message: Annotated[str, Field(min_length=3, max_length=4000)]
    email: Annotated[str, Field(max_length=254, pattern=r"^([^@\s]+@[^@\s]+)?$")] = ""


class Reply(Schema):
    """What an agent says to a notice."""

    answer: Answer


@pages.get("/inbox")
def inbox(request: Request, visitor: SignedInDep, store: StoreDep) -> Response:
    """Show an agent's notices, nearest first; to facilitators those that no agent had."""
    if visitor.role not in (Role.AGENT, Role.FACILITATOR):
        raise RoleNeeded(Role.AGENT)
    digest_at = request.app.state.settings.digest_at
    with store.read() as session:
        values = inbox_values(session, visitor, language_of(request), digest_at)
    return show(request, "notices/inbox.html", **values)


@pages.post("/inbox/{notice_id}")
def post_answer(
    request: Request, notice_id: str, form: SentForm, agent: AgentDep, store: StoreDep
) -> Response:
    """Say that one supports a group, or that it is not for oneself."""
    reply = form.into(Reply)
    with store.begin() as session:
        actions.answer_notice(session, agent, notice_id, reply.answer)
    return go(request, "/inbox")


@pages.get("/feedback")
def feedback(request: Request) -> Response:
    """Show the form of feedback."""
    return show(request, "look/feedback.html", form=Form(), sent=False)


@pages.post("/feedback", dependencies=[at_most("feedback", MESSAGES, per_s=3600)])
def post_feedback(request: Request, form: SentForm, store: StoreDep) -> Response:
    """Keep what was said, to be answered within 14 days."""
    try:
        said = form.into(Said)
    except Misfilled as wrong:
        again, status = form.after(wrong), status_of(wrong)
        return show(request, "look/feedback.html", status=status, form=again, sent=False)
    with store.begin() as session:
        receive_feedback(session, said.message, said.email, language_of(request))
    return show(request, "look/feedback.html", form=Form(), sent=True)


@pages.post("/feedback/{feedback_id}/answered")
def post_answered(
    request: Request, feedback_id: str, _facilitator: FacilitatorDep, store: StoreDep
) -> Response:
    """Note that a reader was answered."""
    with store.begin() as session:
        close_feedback(session, feedback_id)
    return go(request, "/inbox")
