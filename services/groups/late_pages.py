"""The facilitator's way in: late challenges and free seats of a live group."""

from typing import Any

from fastapi import APIRouter
from sqlmodel import Session
from starlette.requests import Request
from starlette.responses import Response

from schemas.asking import RefillQuestion
from schemas.codes import Language
from schemas.groups import Refill
from schemas.people import Visitor
from services.access.doors import FacilitatorDep, SignedInDep, StoreDep
from services.challenges.seen import names, seen
from services.groups import late, queries
from services.groups.asking import ask_pool, question_of
from services.groups.errors import AlreadyPlaced, UnknownGroup, UnknownInvitation
from services.groups.naming import group_name
from services.groups.sizes import MostDep
from services.kit.forms import SentForm
from services.kit.pages import go, language_of, show

pages = APIRouter()


@pages.post("/groups/{group_id}/invite")
def post_late_invitation(
    request: Request,
    group_id: str,
    form: SentForm,
    facilitator: FacilitatorDep,
    store: StoreDep,
    most: MostDep,
) -> Response:
    """Invite a late challenge that was offered to the group."""
    with store.begin() as session:
        offer = _offer(session, group_id, form.text("challenge_id"))
        late.invite_late(session, facilitator, offer, most=most)
    return go(request, f"/groups/{group_id}")


@pages.post("/groups/{group_id}/pass-over")
def post_passing_over(
    request: Request, group_id: str, form: SentForm, facilitator: FacilitatorDep, store: StoreDep
) -> Response:
    """Turn down a late challenge that was offered to the group."""
    with store.begin() as session:
        offer = _offer(session, group_id, form.text("challenge_id"))
        late.pass_over(session, facilitator, offer)
    return go(request, f"/groups/{group_id}")


@pages.get("/groups/{group_id}/substitutes")
def substitutes(
    request: Request,
    group_id: str,
    _facilitator: FacilitatorDep,
    visitor: SignedInDep,
    store: StoreDep,
) -> Response:
    """Show who could take a free seat of a group."""
    found = _refill(request, group_id)
    with store.read() as session:
        values = _values(session, visitor, group_id, found, language_of(request))
    return show(request, "groups/substitutes.html", **values)


@pages.post("/groups/{group_id}/substitutes")
def post_substitute(
    request: Request,
    group_id: str,
    form: SentForm,
    facilitator: FacilitatorDep,
    store: StoreDep,
    most: MostDep,
) -> Response:
    """Invite one of them; what the pool says of it now goes into the invitation."""
    challenge_id = form.text("challenge_id")
    able = {one.member.challenge_id: one.member for one in _refill(request, group_id).substitutes}
    if challenge_id not in able:
        raise AlreadyPlaced(challenge_id)
    with store.begin() as session:
        late.invite_substitute(session, facilitator, group_id, able[challenge_id], most=most)
    return go(request, f"/groups/{group_id}")


def _refill(request: Request, group_id: str) -> Refill:
    question = question_of(RefillQuestion, UnknownGroup, group_id=group_id)
    return ask_pool(request, RefillQuestion.subject, question, Refill)


def _offer(session: Session, group_id: str, challenge_id: str) -> str:
    for one in queries.group(session, group_id).invitations:
        if one.member.challenge_id == challenge_id:
            return one.id
    raise UnknownInvitation(challenge_id)


def _values(
    session: Session, visitor: Visitor, group_id: str, refill: Refill, lang: Language
) -> dict[str, Any]:
    view = queries.group(session, group_id)
    found = seen(session, visitor, [one.member.challenge_id for one in refill.substitutes])
    return {
        "group": {"id": group_id, "name": group_name(view, lang)},
        "known": refill.known,
        "cohesion": refill.cohesion,
        "seats": refill.seats,
        "substitutes": [
            {
                **found[one.member.challenge_id].shown(lang),
                "id": one.member.challenge_id,
                "unit": found[one.member.challenge_id].unit.name.text(lang),
                "fit": one.member.fit,
                "reasons": list(one.member.reasons),
                "cohesion": one.cohesion,
            }
            for one in refill.substitutes
            if one.member.challenge_id in found
        ],
        "names": names(found, lang),
        "sample": any(one.card.sample for one in found.values()),
    }
