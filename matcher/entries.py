"""A challenge in the pool with what matching reads of it and its unit."""

from collections.abc import Iterable, Set
from dataclasses import dataclass

from matcher.text import Features, features
from matcher.text.encoders import Encoder
from schemas.challenges import ChallengeCard, ChallengeDraft
from schemas.codes import Language, MeetingMode, Stage
from schemas.units import UnitProfile

LANGUAGES: tuple[Language, ...] = ("fi", "sv", "en")
STAGES = tuple(Stage)


@dataclass
class Entry:
    """A challenge in the pool."""

    card: ChallengeCard
    unit: UnitProfile
    need: Features
    """Title, text and what is sought, with the chosen themes and CPV codes."""
    offer: Features | None
    """What the unit has done already, when it says so."""

    @property
    def key(self) -> str:
        """The challenge's id."""
        return self.card.id

    @property
    def languages(self) -> tuple[Language, ...]:
        """Languages the unit can meet in for this challenge."""
        spoken = self.card.working_languages or self.unit.languages
        return tuple(lang for lang in LANGUAGES if lang in spoken)

    def __post_init__(self) -> None:
        # Read for every pair of challenges: worked out once.
        self.mask = sum(1 << LANGUAGES.index(lang) for lang in self.languages)
        """The languages as bits."""
        self.stage = STAGES.index(self.card.stage)
        """How far the procurement is, from 0."""
        self.on_site = self.card.meeting_mode == MeetingMode.ONSITE
        """Whether the unit wants to meet in person."""
        place = self.unit.location
        self.point = None if place is None else (place.lat, place.lon)
        """Where the unit is, in degrees."""


class ByUnit:
    """The keys of each unit's challenges, in the order they came."""

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._keys: dict[str, dict[str, None]] = {}
        for entry in entries:
            self.put(entry)

    def __getitem__(self, unit_id: str) -> Set[str]:
        """Keys of a unit's challenges; none of a unit that has no challenge."""
        return self._keys.get(unit_id, {}).keys()

    def put(self, entry: Entry, known: Entry | None = None) -> None:
        """Take a challenge over, in place of what was known of it."""
        if known is not None and known.unit.id != entry.unit.id:
            self.drop(known)
        self._keys.setdefault(entry.unit.id, {})[entry.key] = None

    def drop(self, entry: Entry) -> None:
        """Let a challenge go."""
        own = self._keys[entry.unit.id]
        del own[entry.key]
        if not own:
            del self._keys[entry.unit.id]


def entry_of(card: ChallengeCard, unit: UnitProfile, encoder: Encoder | None = None) -> Entry:
    """Read a challenge; its texts are analysed, 1-2 ms, and 30-90 ms more by an encoder."""
    offer = None
    if card.offers.strip():
        offer = features(card.offers, card.language, encoder=encoder)
    return Entry(card, unit, need_of(card, encoder), offer)


def need_of(draft: ChallengeDraft, encoder: Encoder | None = None) -> Features:
    """Features of what a draft is about."""
    text = _need_text(draft)
    return features(text, draft.language, themes=draft.themes, cpv=draft.cpv, encoder=encoder)


def texts_of(draft: ChallengeDraft) -> tuple[str, ...]:
    """Texts of a draft that are compared: what it is about and, if any, what it offers."""
    return (_need_text(draft), *([draft.offers] if draft.offers.strip() else []))


def _need_text(draft: ChallengeDraft) -> str:
    return ". ".join(part for part in (draft.title, draft.text, draft.seeks) if part)
