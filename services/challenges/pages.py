"""The unit's way in: register a challenge, see its peers, change it, withdraw it."""

from collections.abc import AsyncIterator
from typing import Any

from fastapi import APIRouter
from fastapi.sse import EventSourceResponse, ServerSentEvent
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.challenges import ChallengeCard, ChallengeStatus
from schemas.errors import PiiriError, Refused
from schemas.people import Member
from services.access.doors import MemberDep, SignedInDep, StoreDep, must_still_be
from services.challenges import actions, drafts, queries
from services.challenges.beside import NOTHING, SILENT, ask_peers, beside
from services.challenges.errors import ChallengeNotOpen, UnknownChallenge
from services.challenges.form import draft_of, form_values, patch_of, theme_choices
from services.challenges.home import home_values
from services.challenges.showing import page_values, state_values
from services.challenges.themes import current
from services.kit.forms import Form, SentForm
from services.kit.live import fragments
from services.kit.pages import go, language_of, show
from services.kit.refusing import status_of
from services.kit.store import Store
from services.look.engine import render

pages = APIRouter(include_in_schema=False)

LOOKS = 120
"""Of one person in a minute; the form asks at most every 600 ms."""


@pages.get("/home")
def home(request: Request, member: MemberDep, store: StoreDep) -> Response:
    """Show what needs the unit's answer, and its challenges."""
    with store.read() as session:
        values = home_values(session, member.unit_id, language_of(request))
    return show(request, "challenges/home.html", **values)


@pages.get("/challenges/new")
def new_challenge(request: Request, member: MemberDep, store: StoreDep) -> Response:
    """Show the form, as it was left."""
    with store.read() as session:
        form = Form(drafts.saved_draft(session, member))
        values = form_values(session, form, member.unit_id, language_of(request))
    return show(request, "challenges/new.html", **{**values, "saved": bool(form.values)})


@pages.post("/challenges")
def post_challenge(
    request: Request, form: SentForm, member: MemberDep, store: StoreDep
) -> Response:
    """Register the challenge in the form."""
    try:
        draft = draft_of(form)
        with store.begin() as session:
            card = actions.register_challenge(session, member, draft)
            drafts.drop_draft(session, member)
    except Refused as refusal:
        return _again(request, store, member, form, refusal)
    return go(request, f"/challenges/{card.id}")


@pages.post("/challenges/peers")
def post_peers(
    request: Request, form: SentForm, visitor: SignedInDep, member: MemberDep, store: StoreDep
) -> Response:
    """Tell who shares what is being written, and keep what is written."""
    request.app.state.limits.take("peers", member.person_id, most=LOOKS, per_s=60)
    lang = language_of(request)
    if not form.text("version"):
        with store.begin() as session:
            drafts.save_draft(session, member, form.values)
    try:
        answer = ask_peers(request.app.state.asker, form, member.unit_id)
    except PiiriError:
        values = SILENT
    else:
        with store.read() as session:
            told = f"{form.text('title')}\n{form.text('text')}"
            values = beside(session, visitor, answer, lang, told) if answer else NOTHING
    more = {"form": form, "themes": theme_choices(lang), "fresh": True}
    return show(request, "challenges/_peers.html", **{**values, **more})


@pages.post("/challenges/draft/drop")
def post_drop_draft(request: Request, member: MemberDep, store: StoreDep) -> Response:
    """Begin the form anew."""
    with store.begin() as session:
        drafts.drop_draft(session, member)
    return go(request, "/challenges/new")


@pages.get("/challenges/{challenge_id}")
def challenge(
    request: Request, challenge_id: str, visitor: SignedInDep, store: StoreDep
) -> Response:
    """Show a challenge: one's own with its peers, another's as far as it may be seen."""
    with store.read() as session:
        values = page_values(session, visitor, challenge_id, language_of(request))
    return show(request, "challenges/challenge.html", **values)


@pages.get("/challenges/{challenge_id}/live", response_class=EventSourceResponse)
async def challenge_live(
    request: Request, challenge_id: str, visitor: SignedInDep
) -> AsyncIterator[ServerSentEvent]:
    """Keep peers and proposal of a challenge up to date."""
    lang = language_of(request)

    def tell(session: Session) -> str:
        must_still_be(request, session, visitor)
        values = state_values(session, visitor, challenge_id, lang)
        return render(lang, "challenges/_live.html", **values)

    async for fragment in fragments(request, tell):
        yield fragment


@pages.get("/challenges/{challenge_id}/edit")
def edit(request: Request, challenge_id: str, member: MemberDep, store: StoreDep) -> Response:
    """Show the form with what the challenge says."""
    with store.read() as session:
        card = _own(session, member, challenge_id)
        lang = language_of(request)
        values = form_values(
            session,
            Form.of(card.model_copy(update={"themes": current(card.themes)})),
            member.unit_id,
            lang,
            editing=challenge_id,
            version=card.version,
        )
    return show(request, "challenges/new.html", **values)


@pages.post("/challenges/{challenge_id}/edit")
def post_edit(
    request: Request, challenge_id: str, form: SentForm, member: MemberDep, store: StoreDep
) -> Response:
    """Take over the changes in the form."""
    seen = form.whole("version")
    sent = form.without("version")
    with store.read() as session:
        version = _own(session, member, challenge_id).version
    try:
        patch = patch_of(draft_of(sent))
        with store.begin() as session:
            actions.revise_challenge(session, member, challenge_id, patch, seen_version=seen)
    except Refused as refusal:
        about = {"editing": challenge_id, "version": version}
        return _again(request, store, member, sent, refusal, **about)
    return go(request, f"/challenges/{challenge_id}")


@pages.post("/challenges/{challenge_id}/withdraw")
def post_withdraw(
    request: Request, challenge_id: str, member: MemberDep, store: StoreDep
) -> Response:
    """Withdraw the challenge for good."""
    with store.begin() as session:
        actions.withdraw_challenge(session, member, challenge_id)
    return go(request, f"/challenges/{challenge_id}")


def _own(session: Session, member: Member, challenge_id: str) -> ChallengeCard:
    """Return an open challenge of the member's unit; another unit's does not exist here."""
    card = queries.card(session, challenge_id)
    if card.unit_id != member.unit_id:
        raise UnknownChallenge(challenge_id)
    if card.status is not ChallengeStatus.OPEN:
        raise ChallengeNotOpen(challenge_id)
    return card


def _again(
    request: Request, store: Store, member: Member, form: Form, refusal: Refused, **about: Any
) -> Response:
    """Show the form as it was sent, with what is wrong."""
    with store.read() as session:
        sent = form.after(refusal)
        values = form_values(session, sent, member.unit_id, language_of(request), **about)
    return show(request, "challenges/new.html", status=status_of(refusal), **values)
