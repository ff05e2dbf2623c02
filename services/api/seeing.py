"""What a caller may see of challenges and of the groups they are in."""

from collections.abc import Iterable

from sqlmodel import Session

from schemas.challenges import ChallengeCard
from schemas.groups import Peer
from schemas.people import Visitor
from schemas.reasons import Concept, Reason
from services.challenges import queries as challenges
from services.directory import queries as directory
from services.kit.days import today


def visible(
    session: Session, visitor: Visitor, cards: Iterable[ChallengeCard]
) -> list[ChallengeCard]:
    """Return the challenges that the visitor may see, in their order."""
    wanted = list(cards)
    units = directory.units_by_id(session, {card.unit_id for card in wanted})
    own = own_regions(session, visitor)
    return [
        card
        for card in wanted
        if challenges.may_see(
            card,
            visitor,
            unit_regions=frozenset(units[card.unit_id].regions) if card.unit_id in units else own,
            visitor_regions=own,
        )
    ]


def own_regions(session: Session, visitor: Visitor) -> frozenset[str]:
    """Return the regions of a visitor's unit, or of an agent today."""
    if visitor.agent_id:
        return directory.agent(session, visitor.agent_id).regions(today())
    unit = directory.find_unit(session, visitor.unit_id) if visitor.unit_id else None
    return frozenset(unit.regions) if unit is not None else frozenset()


def hidden_among(session: Session, visitor: Visitor, ids: Iterable[str]) -> frozenset[str]:
    """Return the challenges among the ids that the visitor may not see."""
    wanted = set(ids)
    cards = challenges.cards_by_id(session, wanted)
    return frozenset(wanted - {card.id for card in visible(session, visitor, cards.values())})


def reasons_without(reasons: Iterable[Reason], hidden: frozenset[str]) -> tuple[Reason, ...]:
    """Return the reasons that do not lead to a hidden challenge, without words of its text."""
    kept = (one for one in reasons if not hidden & set(one.challenges))
    if not hidden:
        return tuple(kept)
    return tuple(
        one.model_copy(update={"concepts": without_words(one.concepts), "units": ()})
        for one in kept
    )


def without_words(concepts: Iterable[Concept]) -> tuple[Concept, ...]:
    """Return concepts without the words that carried them in somebody's text."""
    return tuple(one.model_copy(update={"words": ()}) for one in concepts)


def peers_without(peers: Iterable[Peer], hidden: frozenset[str]) -> tuple[Peer, ...]:
    """Return the peers that may be seen."""
    return tuple(
        peer.model_copy(update={"reasons": reasons_without(peer.reasons, hidden)})
        for peer in peers
        if peer.challenge_id not in hidden
    )
