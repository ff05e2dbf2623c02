"""What the page of a challenge shows: its text as understood, its peers, its group."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from sqlmodel import Session

from matcher.text import Analysis, analyse
from matcher.text.generic import UNNAMED
from schemas.challenges import ChallengeCard, ChallengeStatus
from schemas.codes import Language
from schemas.groups import Peer
from schemas.people import Role, Visitor
from services.challenges.beside import hidden, on_the_map, shown_peers
from services.challenges.errors import UnknownChallenge
from services.challenges.form import unit_values
from services.challenges.seen import Seen, names, seen, spoken
from services.challenges.themes import theme_names
from services.groups import queries as groups
from services.groups.sizes import held_seats
from services.groups.states import InvitationState
from services.look.geography import mapped
from services.look.layout import address
from services.look.words import N_, say
from services.matching import queries as matching

CONCEPTS = 6
STATES = {
    InvitationState.OFFERED: N_("Fasilitoija tarkistaa, sopiiko haaste jo hyväksyttyyn ryhmään."),
    InvitationState.INVITED: N_("Kutsu odottaa vastaustanne."),
    InvitationState.ACCEPTED: N_("Olette mukana ryhmässä."),
}
PROPOSED = N_("Fasilitoija tarkistaa ehdotuksen ennen kutsuja.")
FOUND = N_("Teille on ehdotettu ryhmää")
HEADINGS = {
    InvitationState.OFFERED: FOUND,
    InvitationState.INVITED: N_("Teidät on kutsuttu ryhmään"),
    InvitationState.ACCEPTED: N_("Ryhmä löytyi"),
}
TO_PROPOSAL, TO_INVITATION, TO_GROUP = N_("Katso ehdotus"), N_("Katso kutsu"), N_("Katso ryhmä")

Values = dict[str, Any]
Stretch = tuple[str, bool]


def page_values(session: Session, visitor: Visitor, challenge_id: str, lang: Language) -> Values:
    """
    Return what ``challenges/challenge.html`` shows.

    Raises
    ------
    UnknownChallenge
        When there is none that the visitor may see.
    """
    one = visible(session, visitor, challenge_id)
    state = state_values(session, visitor, challenge_id, lang)
    open_now = one.card.status is ChallengeStatus.OPEN
    return {
        **state,
        "unit": unit_values(one.unit, lang),
        "own": one.unit.id == visitor.unit_id,
        "themes": theme_names(one.card.themes, lang),
        "concepts": _labels(_understood(one.card), lang),
        "live": open_now and _insider(visitor, one.card),
        "sample": one.card.sample or any(peer["sample"] for peer in state["peers"]),
    }


def state_values(session: Session, visitor: Visitor, challenge_id: str, lang: Language) -> Values:
    """
    Return what changes by itself on the page: group, peers, and what is shared with them.

    Of a challenge that is not open there is nothing: what was told last holds no more, though
    it may take the matcher a moment to say so.
    """
    one = visible(session, visitor, challenge_id)
    inside = _insider(visitor, one.card) and one.card.status is ChallengeStatus.OPEN
    told_last = matching.peers(session, challenge_id) if inside else []
    found = seen(session, visitor, (peer.challenge_id for peer in told_last))
    peers = shown_peers(told_last, found, lang)
    units = [one.unit, *(found[str(peer["id"])].unit for peer in on_the_map(peers))]
    counts, points = mapped(units, lang, own=one.unit.id, unnamed=hidden(found))
    proposal = _proposal(session, visitor, challenge_id, lang) if inside else None
    waits = inside and proposal is None
    return {
        "challenge": told(one.card),
        "peers": peers,
        "names": names(found, lang),
        "proposal": proposal,
        "left_out": matching.left_out(session, challenge_id) if waits else None,
        "stretches": marked(
            one.card.text, understand(one.card.text, spoken(one.card)), _shared(told_last)
        ),
        "counts": counts,
        "points": points,
    }


def visible(session: Session, visitor: Visitor, challenge_id: str) -> Seen:
    """Return a challenge that a visitor may see; to others it does not exist."""
    one = seen(session, visitor, [challenge_id]).get(challenge_id)
    if one is None or not one.allowed:
        raise UnknownChallenge(challenge_id)
    return one


def told(card: ChallengeCard) -> ChallengeCard:
    """Return a card that says which language it speaks."""
    return card if card.language else card.model_copy(update={"language": spoken(card)})


@lru_cache(maxsize=512)
def understand(text: str, lang: str) -> Analysis:
    """Understand a text, the same one once."""
    return analyse(text, lang)


def _understood(card: ChallengeCard) -> Analysis:
    """Understand a challenge by its title and text together, as matching does."""
    return understand(f"{card.title}. {card.text}", spoken(card))


def marked(text: str, understood: Analysis, shared: Collection[str]) -> list[Stretch]:
    """Cut a text into stretches, those that carry a shared concept marked."""
    spans = sorted(span for one in understood.concepts if one.id in shared for span in one.spans)
    stretches: list[Stretch] = []
    at = 0
    for start, end in spans:
        if start >= at:
            stretches += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [stretch for stretch in [*stretches, (text[at:], False)] if stretch[0]]


def _labels(understood: Analysis, lang: Language) -> list[str]:
    found = (one.label.text(lang) for one in understood.concepts if one.id not in UNNAMED)
    return list(dict.fromkeys(found))[:CONCEPTS]


def _shared(peers: list[Peer]) -> set[str]:
    return {c.id for peer in peers for reason in peer.reasons for c in reason.concepts}


def _insider(visitor: Visitor, card: ChallengeCard) -> bool:
    """Whether the visitor works with the challenge: its unit, or a facilitator."""
    return visitor.unit_id == card.unit_id or visitor.role in (Role.FACILITATOR, Role.ADMIN)


def _proposal(
    session: Session, visitor: Visitor, challenge_id: str, lang: Language
) -> Values | None:
    seat = groups.seat_of(session, challenge_id)
    if seat is not None:
        own = visitor.unit_id == seat.member.unit_id
        path, link = f"/groups/{seat.group_id}", TO_GROUP
        if own and seat.state is not InvitationState.ACCEPTED:
            path, link = f"/invitations/{seat.id}", TO_INVITATION
        offered = seat.state is InvitationState.OFFERED
        return {
            "heading": say(lang, HEADINGS[seat.state]),
            "href": "" if offered and own else address(lang, path),
            "link": say(lang, link),
            "members": len(held_seats(session, seat.group_id)),
            "status": say(lang, STATES[seat.state]),
        }
    view = groups.proposal_of(session, challenge_id)
    if view is None:
        return None
    href = (
        ""
        if visitor.unit_id
        else address(lang, f"/proposals?show={view.proposal.id}#proposal-{view.proposal.id}")
    )
    return {
        "heading": say(lang, FOUND),
        "href": href,
        "link": say(lang, TO_PROPOSAL),
        "members": len(view.proposal.members),
        "status": say(lang, PROPOSED),
    }
