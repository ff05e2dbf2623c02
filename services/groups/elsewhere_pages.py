"""The facilitator's way in: where else a challenge could go, and other ways to make a group."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from schemas.asking import (
    PlacesAnswer,
    PlacesQuestion,
    QualityQuestion,
    VariantsAnswer,
    VariantsQuestion,
)
from schemas.groups import Quality
from services.access.doors import FacilitatorDep, SignedInDep, StoreDep
from services.challenges.errors import UnknownChallenge
from services.groups.asking import ask_pool, question_of
from services.groups.elsewhere import places_values, variants_values
from services.groups.errors import UnknownProposal
from services.groups.remaking import Remake, remake_proposal
from services.kit.forms import SentForm
from services.kit.pages import go, language_of, show

pages = APIRouter()


@pages.get("/proposals/places/{challenge_id}")
def places(
    request: Request,
    challenge_id: str,
    _facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Show the groups a challenge could go to, and what stands in the way of each."""
    question = question_of(PlacesQuestion, UnknownChallenge, challenge_id=challenge_id)
    answer = ask_pool(request, PlacesQuestion.subject, question, PlacesAnswer)
    with store.read() as session:
        values = places_values(session, visitor, challenge_id, answer, language_of(request))
    return show(request, "groups/places.html", **values)


@pages.get("/proposals/quality")
def quality(request: Request, _facilitator: FacilitatorDep, _visitor: SignedInDep) -> Response:
    """Show how good the proposals are together; the board asks for it when it is there."""
    found = ask_pool(request, QualityQuestion.subject, QualityQuestion(), Quality)
    part = request.headers.get("hx-request") == "true"
    template = "groups/_quality.html" if part else "groups/quality.html"
    return show(request, template, quality=found)


@pages.get("/proposals/{proposal_id}/variants")
def variants(
    request: Request,
    proposal_id: str,
    _facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Show other ways of making a proposed group."""
    question = question_of(VariantsQuestion, UnknownProposal, proposal_id=proposal_id)
    answer = ask_pool(request, VariantsQuestion.subject, question, VariantsAnswer)
    with store.read() as session:
        values = variants_values(session, visitor, proposal_id, answer, language_of(request))
    return show(request, "groups/variants.html", **values)


@pages.post("/proposals/{proposal_id}/variants")
def post_variant(
    request: Request, proposal_id: str, form: SentForm, facilitator: FacilitatorDep, store: StoreDep
) -> Response:
    """Make the group in the way that was chosen."""
    wanted = form.only("joins", "leaves").into(Remake)
    with store.begin() as session:
        seen = form.whole("version")
        remake_proposal(session, facilitator, proposal_id, wanted, seen_version=seen)
    return go(request, f"/proposals?said=remade&about={proposal_id}")
