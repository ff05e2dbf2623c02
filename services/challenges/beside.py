"""Who shares a challenge, beside its form: asked at once, while it is being written."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from schemas.asking import PeersAnswer, PeersQuestion
from schemas.codes import Language
from schemas.groups import Peer
from schemas.people import Visitor
from services.challenges.seen import Seen, names, seen
from services.kit.asking import Asker, NoAnswer
from services.kit.forms import Form
from services.look.geography import mapped

ENOUGH = 12
"""Characters, title and text together, from which it is worth asking."""
SHOWN = 6
TIMEOUT_S = 1.0
LIMITS = {"title": 160, "text": 6000}
"""Of the question; a longer text is asked about by its beginning."""

Values = dict[str, Any]
NOTHING: Values = {"peers": None, "names": {}, "suggested": []}
SILENT: Values = {**NOTHING, "peers": {"answered": False}}


def ask_peers(asker: Asker | None, form: Form, unit_id: str) -> PeersAnswer | None:
    """
    Ask the pool who shares what stands in the form; None when there is too little to ask.

    Raises
    ------
    PiiriError
        When there is no answer within a second.
    """
    told = {name: form.text(name).strip()[:most] for name, most in LIMITS.items()}
    if sum(len(text) for text in told.values()) < ENOUGH:
        return None
    if asker is None:
        raise NoAnswer(PeersQuestion.subject)
    question = PeersQuestion(**told, unit_id=unit_id)
    return asker.ask(PeersQuestion.subject, question, PeersAnswer, TIMEOUT_S)


def beside(
    session: Session, visitor: Visitor, answer: PeersAnswer, lang: Language, text: str = ""
) -> Values:
    """Return what ``challenges/_peers.html`` shows of an answer, about this text."""
    found = seen(session, visitor, (peer.challenge_id for peer in answer.peers))
    peers = shown_peers(answer.peers, found, lang)[:SHOWN]
    units = [found[str(peer["id"])].unit for peer in on_the_map(peers)]
    counts, points = mapped(units, lang, unnamed=hidden(found))
    return {
        "peers": {
            "answered": True,
            "understood": bool(answer.concepts),
            "found": peers,
            "map": {"counts": counts, "points": points},
            "own": text,
            "lang": answer.language,
        },
        "names": names(found, lang),
        "suggested": list(answer.themes),
    }


def shown_peers(peers: Iterable[Peer], found: dict[str, Seen], lang: Language) -> list[Values]:
    """Return peers as the pages show them; those that are gone meanwhile are left out."""
    return [
        {
            **found[peer.challenge_id].shown(lang),
            "id": peer.challenge_id,
            "fit": peer.fit,
            "close": peer.close,
            "reasons": list(peer.reasons),
        }
        for peer in peers
        if peer.challenge_id in found
    ]


def on_the_map(peers: list[Values]) -> list[Values]:
    """Return the close peers, which the map shows; all of them where none is close."""
    return [peer for peer in peers if peer["close"]] or peers


def hidden(found: dict[str, Seen]) -> set[str]:
    """Return the units that may not be named."""
    return {one.unit.id for one in found.values() if not one.allowed}
