"""Challenges: registered, revised and withdrawn by their unit, read as their visibility lets."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from schemas.asking import PeersAnswer, PeersQuestion
from schemas.asks import ChallengeEntry
from schemas.challenges import ChallengeCard, ChallengePatch, ChallengeStatus
from schemas.ids import KEY
from schemas.people import Visitor
from services.access.doors import StoreDep
from services.api.caller import CallerDep, UnitDep, UnitOrDeskDep, acting_for
from services.api.pages_of import AfterQuery, LimitQuery, Part
from services.api.pressure import RoomDep
from services.api.seeing import hidden_among, peers_without, visible
from services.api.units import KeyPath
from services.api.versions import SeenDep, tagged
from services.challenges import queries
from services.challenges.actions import revise_challenge
from services.challenges.errors import UnknownChallenge
from services.entering.actions import enter_challenge, leave_challenge
from services.kit.asking import Asker, NoAnswer
from services.kit.store import Store

challenges = APIRouter(prefix="/challenges", tags=["challenges"])

LOOKS = 600
"""Of one key in a minute: each is asked of the pool."""


@challenges.get("")
def list_challenges(
    store: StoreDep,
    caller: CallerDep,
    unit_id: Annotated[str, Query(pattern=rf"^$|{KEY}", description="Of this unit only.")] = "",
    status: ChallengeStatus | None = ChallengeStatus.OPEN,
    limit: LimitQuery = 50,
    after: AfterQuery = "",
) -> Part[ChallengeCard]:
    """List the challenges you may see, by key; a part may hold fewer than asked for."""
    with store.read() as session:
        found = queries.cards(session, unit_id=unit_id, status=status, limit=limit, after=after)
        shown = visible(session, caller, found)
    return Part(items=shown, next=found[-1].id if len(found) == limit else None)


@challenges.get("/{challenge_id}")
def get_challenge(
    challenge_id: KeyPath, store: StoreDep, caller: CallerDep, response: Response
) -> ChallengeCard:
    """Read a challenge; the ETag is its version."""
    card = _card(store, caller, challenge_id)
    return tagged(response, card, card.version)


@challenges.post("", status_code=201, responses={200: {"description": "It was there already."}})
def post_challenge(
    entry: ChallengeEntry, store: StoreDep, caller: UnitDep, _room: RoomDep, response: Response
) -> ChallengeCard:
    """
    Register a challenge of a unit.

    With an `id` of the sender's own the request may be repeated: the same again is answered
    200 and changes nothing, another content with the same `id` is refused.
    """
    member = acting_for(caller, entry.unit_id)
    with store.begin() as session:
        card, made = enter_challenge(
            session, member, entry.draft(), challenge_id=entry.id, sample=entry.sample
        )
    response.status_code = 201 if made else 200
    response.headers["Location"] = f"/api/v1/challenges/{card.id}"
    return tagged(response, card, card.version)


@challenges.patch("/{challenge_id}")
def patch_challenge(
    challenge_id: KeyPath,
    patch: ChallengePatch,
    store: StoreDep,
    caller: UnitDep,
    seen: SeenDep,
    _room: RoomDep,
    response: Response,
) -> ChallengeCard:
    """Change some fields of a challenge; those that are left out stay."""
    member = acting_for(caller, _card(store, caller, challenge_id).unit_id)
    with store.begin() as session:
        card = revise_challenge(session, member, challenge_id, patch, seen_version=seen)
    return tagged(response, card, card.version)


@challenges.post("/{challenge_id}/withdrawal")
def post_withdrawal(
    challenge_id: KeyPath,
    store: StoreDep,
    caller: UnitDep,
    seen: SeenDep,
    _room: RoomDep,
    response: Response,
) -> ChallengeCard:
    """Withdraw a challenge; a second time changes nothing."""
    member = acting_for(caller, _card(store, caller, challenge_id).unit_id)
    with store.begin() as session:
        card = leave_challenge(session, member, challenge_id, seen_version=seen)
    return tagged(response, card, card.version)


@challenges.get("/{challenge_id}/peers")
def get_peers(
    request: Request,
    challenge_id: KeyPath,
    store: StoreDep,
    caller: UnitOrDeskDep,
    limit: Annotated[int, Query(ge=1, le=50)] = 8,
) -> PeersAnswer:
    """Find who shares a challenge, the strongest first, and why."""
    request.app.state.limits.take("peers", caller.person_id, most=LOOKS, per_s=60)
    card = _card(store, caller, challenge_id)
    answer = _peers(request.app.state.asker, card, limit)
    with store.read() as session:
        hidden = hidden_among(session, caller, [peer.challenge_id for peer in answer.peers])
    return answer.model_copy(update={"peers": peers_without(answer.peers, hidden)})


def _peers(asker: Asker | None, card: ChallengeCard, limit: int) -> PeersAnswer:
    """Ask the pool about a challenge, or about its text while it is too new to be in the pool."""
    if asker is None:
        raise NoAnswer(PeersQuestion.subject)
    whole = PeersQuestion(challenge_id=card.id, unit_id=card.unit_id, limit=limit)
    answer = asker.ask(PeersQuestion.subject, whole, PeersAnswer)
    if answer.peers or card.status is not ChallengeStatus.OPEN:
        return answer
    told = PeersQuestion(
        title=card.title,
        text=card.text,
        language=card.language,
        themes=card.themes,
        unit_id=card.unit_id,
        limit=limit,
    )
    return asker.ask(PeersQuestion.subject, told, PeersAnswer)


def _card(store: Store, caller: Visitor, challenge_id: str) -> ChallengeCard:
    """Return a challenge; one that the caller may not see is not told from one that is not."""
    with store.read() as session:
        shown = visible(session, caller, [queries.card(session, challenge_id)])
    if not shown:
        raise UnknownChallenge(challenge_id)
    return shown[0]
