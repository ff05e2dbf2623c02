"""Challenges as one visitor may see them: the name stands there, or it does not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from matcher.text.languages import detect
from matcher.text.tokens import tokens
from schemas.challenges import ChallengeCard
from schemas.codes import Language
from schemas.people import Visitor
from schemas.units import UnitProfile
from services.challenges import queries
from services.directory import queries as directory
from services.kit.days import today


@dataclass(frozen=True)
class Seen:
    """A challenge and its unit, as far as the visitor may see them."""

    card: ChallengeCard
    unit: UnitProfile
    allowed: bool
    """Whether the title, the text and the unit's name may be shown."""

    @property
    def region(self) -> str:
        """The unit's first region; empty when it serves the whole country."""
        return next(iter(self.unit.regions), "")

    def shown(self, lang: Language) -> dict[str, object]:
        """Return what lists of challenges show: name, region, title, text and their language."""
        return {
            "name": self.unit.name.text(lang) if self.allowed else "",
            "region": self.region,
            "title": self.card.title if self.allowed else "",
            "text": self.card.text if self.allowed else "",
            "lang": spoken(self.card) if self.allowed else "",
            "sample": self.card.sample,
        }


def seen(session: Session, visitor: Visitor | None, ids: Iterable[str]) -> dict[str, Seen]:
    """Return the challenges that exist among the ids, in the order asked for."""
    wanted = list(dict.fromkeys(ids))
    cards = queries.cards_by_id(session, wanted)
    units = directory.units_by_id(session, {card.unit_id for card in cards.values()})
    own = visitor_regions(session, visitor)
    found: dict[str, Seen] = {}
    for key in wanted:
        card = cards.get(key)
        unit = units.get(card.unit_id) if card is not None else None
        if card is not None and unit is not None:
            regions = frozenset(unit.regions)
            allowed = queries.may_see(card, visitor, unit_regions=regions, visitor_regions=own)
            found[key] = Seen(card, unit, allowed)
    return found


def visitor_regions(session: Session, visitor: Visitor | None) -> frozenset[str]:
    """Return the regions of a visitor's unit or of an agent today."""
    if visitor is None:
        return frozenset()
    if visitor.agent_id:
        return directory.agent(session, visitor.agent_id).regions(today())
    unit = directory.find_unit(session, visitor.unit_id) if visitor.unit_id else None
    return frozenset(unit.regions) if unit is not None else frozenset()


def names(found: Mapping[str, Seen], lang: Language) -> dict[str, str]:
    """Return what the units that may be named are called, by id."""
    return {one.unit.id: one.unit.name.text(lang) for one in found.values() if one.allowed}


def spoken(card: ChallengeCard) -> str:
    """Return the language of a challenge's texts, as told or as read off them."""
    return card.language or detect(tokens(f"{card.title}. {card.text}"))
