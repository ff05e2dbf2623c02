"""Words that units write and no concept catches: what an administrator may want to add."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from sqlmodel import Session, col, select

from matcher.text import analyse
from matcher.text.additions import LANGS
from schemas.challenges import ChallengeCard
from services.matching.tables import KnownChallenge

ENOUGH_UNITS = 3
"""Units that must have written a word before it is listed: a name of a person, or what would
tell one unit's challenge, is not."""
AT_A_TIME = 200


class Unknown(NamedTuple):
    """A word in its dictionary form, and who wrote it."""

    word: str
    languages: tuple[str, ...]
    units: int
    challenges: int


def unknown_words(session: Session, at_least: int = ENOUGH_UNITS) -> list[Unknown]:
    """
    List unknown words of the open challenges, those of most units first.

    Single words only, and only those that units of ``at_least`` different ids wrote, but
    never fewer than ``ENOUGH_UNITS``.
    """
    wanted = select(KnownChallenge).where(col(KnownChallenge.is_open))
    rows = session.exec(wanted.execution_options(yield_per=AT_A_TIME)).all()
    cards = (ChallengeCard.model_validate(row.body) for row in rows)
    return counted(cards, max(at_least, ENOUGH_UNITS))


def counted(cards: Iterable[ChallengeCard], at_least: int) -> list[Unknown]:
    """Count the unknown words of challenges by unit."""
    units: dict[str, set[str]] = defaultdict(set)
    challenges: dict[str, set[str]] = defaultdict(set)
    languages: dict[str, set[str]] = defaultdict(set)
    for card in cards:
        said = ". ".join(part for part in (card.title, card.text, card.seeks, card.offers) if part)
        read = analyse(said, card.language)
        spoken = {token.lemma: token.lang for token in read.tokens}
        for word in read.unknown:
            units[word].add(card.unit_id)
            challenges[word].add(card.id)
            languages[word].add(spoken.get(word, read.language))
    found = [
        Unknown(
            word,
            tuple(lang for lang in LANGS if lang in languages[word]),
            len(units[word]),
            len(challenges[word]),
        )
        for word in units
        if len(units[word]) >= at_least
    ]
    return sorted(found, key=lambda one: (-one.units, -one.challenges, one.word))
