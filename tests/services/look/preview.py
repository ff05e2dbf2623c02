"""Every page with invented values, to be looked at: ``python tests/services/look/preview.py``."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.sse import EventSourceResponse, ServerSentEvent

sys.path.insert(0, str(Path(__file__).parent))

import invented

from services.kit.dressing import dress
from services.kit.forms import Form, Misfilled, SentForm
from services.kit.headers import policy
from services.kit.pages import language_of, show
from services.look.engine import render
from services.look.layout import Viewer

UNIT = Viewer("unit_member", "Kokkolan kaupunki", waiting=1)
FACILITATOR = Viewer("facilitator", "Fasilitoija", waiting=3)
AGENT = Viewer("agent", "Lappi ja Kainuu", waiting=2)
SWAGGER = {"Content-Security-Policy": policy(style_src="'self' 'unsafe-inline'")}


@dataclass(frozen=True)
class Preview:
    """A page as one role sees it."""

    path: str
    template: str
    values: dict[str, Any]
    viewer: Viewer | None = None
    sample: bool = False
    status: int = 200


def a_misfilled_form() -> Form:
    from schemas.challenges import ChallengeDraft

    form = Form({"title": ("Ruo",), "text": ("Soita 040 123 4567, kerron lisää.",)})
    try:
        form.into(ChallengeDraft)
    except Misfilled as wrong:
        return form.after(wrong)
    raise AssertionError("the form was to be misfilled")


NEW = {"form": invented.FORM, "saved": True, "unit": invented.UNIT, "editing": "", "version": 0}
NEW |= {**invented.CHOICES, "peers": invented.PEERS_BESIDE, "names": invented.NAMES}
BLANK = {**NEW, "saved": False, "form": Form(), "peers": None, "suggested": []}
LEFT_OUT = {"proposal": None, "left_out": invented.SHARED, "peers": [], "points": []}

PREVIEWS = (
    Preview("/", "look/front.html", invented.FRONT, sample=True),
    Preview("/home", "challenges/home.html", invented.HOME, UNIT, sample=True),
    Preview("/challenges/new", "challenges/new.html", BLANK, UNIT),
    Preview("/challenges/filled", "challenges/new.html", NEW, UNIT, sample=True),
    Preview(
        "/challenges/wrong", "challenges/new.html", {**BLANK, "form": a_misfilled_form()}, UNIT
    ),
    Preview(
        "/challenges/silent", "challenges/new.html", {**NEW, "peers": {"answered": False}}, UNIT
    ),
    Preview(
        "/challenges/ch-1", "challenges/challenge.html", invented.CHALLENGE_PAGE, UNIT, sample=True
    ),
    Preview(
        "/challenges/ch-2",
        "challenges/challenge.html",
        {**invented.CHALLENGE_PAGE, **LEFT_OUT, "live": False},
        UNIT,
        sample=True,
    ),
    Preview("/invitations/in-1", "groups/invitation.html", invented.INVITATION, UNIT, sample=True),
    Preview("/proposals", "groups/proposals.html", invented.PROPOSALS, FACILITATOR, sample=True),
    Preview("/groups", "groups/groups.html", invented.GROUPS, FACILITATOR, sample=True),
    Preview("/groups/gr-1", "groups/group.html", invented.GROUP, FACILITATOR, sample=True),
    Preview("/inbox", "notices/inbox.html", invented.INBOX, AGENT, sample=True),
    Preview("/area", "directory/area.html", invented.AREA, AGENT, sample=True),
    Preview("/sign-in", "access/sign_in.html", invented.SIGN_IN),
    Preview("/sign-in/token", "access/landing.html", invented.LANDING),
    Preview("/demo/sign-in", "access/demo_sign_in.html", invented.DEMO_SIGN_IN),
    Preview("/demo/letters", "notices/letters.html", invented.LETTERS, sample=True),
    Preview("/accessibility", "look/accessibility.html", invented.ACCESSIBILITY),
    Preview("/privacy", "look/privacy.html", invented.PRIVACY),
    Preview("/feedback", "look/feedback.html", {"form": Form(), "sent": False}),
    Preview("/interfaces", "look/interfaces.html", invented.INTERFACES),
    Preview(
        "/error",
        "look/error.html",
        {"number": 500, "why": "broken", "reference": "9f3a1c20", "complaints": ()},
    ),
)


def preview_app() -> FastAPI:
    """Return an application that shows every preview at its path, with its live parts."""
    app = FastAPI(openapi_url="/api/openapi.json", docs_url=None, redoc_url=None)
    for preview in PREVIEWS:
        app.get(preview.path)(_shown(preview))

    @app.get("/interfaces/http")
    def http_interface(request: Request) -> Response:
        values = {"openapi": "/api/openapi.json"}
        return show(request, "look/http_interface.html", headers=SWAGGER, **values)

    unanswered = ["Hiljaisuus"]

    @app.post("/challenges/peers")
    def post_peers(request: Request, form: SentForm) -> Response:
        values = {**NEW, "form": form, "fresh": True, "peers": invented.PEERS_BESIDE}
        if form.text("title") in unanswered:
            unanswered.remove(form.text("title"))
            values["peers"] = {"answered": False}
        return show(request, "challenges/_peers.html", **values)

    @app.post("/proposals/move")
    def post_move(request: Request, form: SentForm) -> Response:
        done = {"said": "Siirretty ryhmään.", "focus": form.text("challenge_id")}
        return show(request, "groups/_board.html", **{**invented.BOARD, **done})

    @app.get("/proposals/quality")
    def quality(request: Request) -> Response:
        return show(request, "groups/_quality.html", quality=invented.QUALITY)

    @app.get("/challenges/ch-1/live", response_class=EventSourceResponse)
    async def challenge_live(request: Request) -> AsyncIterator[ServerSentEvent]:
        values = {**invented.CHALLENGE_PAGE, "peers": invented.PEERS[:1]}
        yield ServerSentEvent(raw_data=_fragment(request, "challenges/_live.html", values), id="1")
        await asyncio.sleep(3600)

    @app.get("/proposals/live", response_class=EventSourceResponse)
    async def proposals_live(request: Request) -> AsyncIterator[ServerSentEvent]:
        values = {"count": 2, "since": 0, "now": invented.NOW}
        yield ServerSentEvent(raw_data=_fragment(request, "groups/_news.html", values), id="1")
        await asyncio.sleep(3600)

    dress(app, demo=True)
    return app


def _fragment(request: Request, template: str, values: dict[str, Any]) -> str:
    return render(language_of(request), template, **values)


def _shown(preview: Preview) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        request.state.viewer = preview.viewer
        status, values = preview.status, {"sample": preview.sample, **preview.values}
        return show(request, preview.template, status=status, **values)

    return page


if __name__ == "__main__":
    uvicorn.run(preview_app(), host="127.0.0.1", port=8123)
