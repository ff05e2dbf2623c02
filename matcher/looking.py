"""
A look at everybody beside the pool: begun as a copy, searched, taken up as far as it holds.

The search may take seconds, and changes are seated one by one meanwhile. What came of them
stays: who came, changed, moved or was decided about since the look began, and who is pinned,
keeps the seat it has now, and a group that somebody decided about takes nobody else in. The
others sit where the search has put them, where no rule is in the way by now.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass

from matcher.choosing import Found
from matcher.entries import Entry
from matcher.exchanges import exchanged
from matcher.rounds import Members, Round, worth
from matcher.searches import LEAST_GAIN, better


@dataclass(frozen=True)
class Look:
    """What a look starts from; nothing of it is changed, so that any thread may search it."""

    round: Round
    """With copies of its own, and with the price of moves that is asked."""
    free: list[str]
    """Challenges that may be placed, sorted."""
    before: Members
    rest: list[list[str]]
    """Groups of the last look at everybody: who sits together since then."""
    small: bool
    """Whether few enough are free that several searches are made."""
    kept: float
    """Share of those pairs to keep at least, in a large pool."""
    debt: int
    unrest: int
    """Changes that were counted when it began; see ``Forming``."""

    def search(self) -> "Looked":
        """Find groups worth more than the present ones and the moves; the same look, the same."""
        if self.small or not self.before:
            found = better(self.round, self.free, self.before)
            return Looked(self, *exchanged(self.round, *found))
        found = self.again()
        more, now = (
            value(self.round, groups, self.rest)
            for groups in (groups_of(found), self.before.values())
        )
        return Looked(self, *(found if more > now + LEAST_GAIN else (self.before, [])))

    def again(self) -> Found:
        """Groups of a large pool from where it is, whether they are worth more or not."""
        found = self.round.again(self.free, self.before, self.rest, self.kept)
        return exchanged(self.round, *found)


@dataclass(frozen=True)
class Looked:
    """What a look came to: groups that live on by their names, and new ones."""

    look: Look
    groups: Members
    new: list[list[str]]

    @property
    def is_better(self) -> bool:
        """Whether it found anything else than what was there."""
        return bool(self.new) or seats_of(self.groups) != seats_of(self.look.before)


def value(round_: Round, groups: Iterable[Sequence[str]], rest: Iterable[Sequence[str]]) -> float:
    """What groups are worth, pairs that sit together since the last look included."""
    groups = list(groups)
    home = {key: at for at, ids in enumerate(groups) for key in ids}
    kept = 0.0
    for ids in rest:
        common = Counter(home[key] for key in ids if key in home)
        kept += sum(number * (number - 1) / 2 for number in common.values())
    return worth(round_, groups) + round_.pair_price * kept


def changed_since(look: Look, round_: Round, present: Members) -> tuple[set[str], set[str]]:
    """
    What is not as it was when a look began.

    Returns
    -------
    tuple
        Challenges that came, changed, moved or were decided about, and the proposals that
        those decisions were about.
    """
    was, now = seats_of(look.before), seats_of(present)
    ruled = look.round.rulings.differs(round_.rulings)
    pins = (look.round.rulings.pins, round_.rulings.pins)
    decided = {at.get(key, "") for key in ruled for at in (was, now, *pins)} & present.keys()
    moved = {key for key in was.keys() | now.keys() if was.get(key) != now.get(key)}
    known = look.round.entries
    other = {key for key, entry in round_.entries.items() if not _same(known.get(key), entry)}
    return ruled | moved | other | {key for at in decided for key in present[at]}, decided


def _same(one: Entry | None, other: Entry) -> bool:
    if one is None or one is other:
        return one is other
    return one.card == other.card and one.unit == other.unit


def what_holds(
    looked: Looked, round_: Round, free: Set[str], present: Members, changed: Set[str]
) -> Found:
    """
    The groups of a look as far as they still hold, those that are left too small without.

    ``changed`` are challenges that are to be seated anew besides. What is returned keeps every
    rule of a group and of a unit; who has no seat by that is in none of the groups.
    """
    fixed, decided = changed_since(looked.look, round_, present)
    fixed |= changed | round_.rulings.pins.keys()
    named = {at: [key for key in ids if key in fixed] for at, ids in present.items()}
    held = round_.held()
    held.update(round_.entries[key].unit.id for ids in named.values() for key in ids)
    new: list[list[str]] = []
    for name, ids in [*looked.groups.items(), *(("", ids) for ids in looked.new)]:
        if name in decided:
            continue
        # One that was decided or let go meanwhile is a new one, under another name.
        group = named[name] if name in present else []
        for key in ids:
            if key in free and key not in fixed and _may_sit(round_, key, name, group, held):
                group.append(key)
                held[round_.entries[key].unit.id] += 1
        if name not in present:
            new.append(group)
    least = round_.rules.lower
    kept = {name: ids for name, ids in named.items() if len(ids) >= least}
    return kept, [ids for ids in new if len(ids) >= least]


def _may_sit(
    round_: Round, key: str, name: str, group: Sequence[str], held: Mapping[str, int]
) -> bool:
    full = len(group) >= round_.rules.upper
    capped = held[round_.entries[key].unit.id] >= round_.rules.most_groups
    barred = (name, key) in round_.rulings.kept_out
    return not (full or capped or barred) and round_.fits(key, group)


def groups_of(found: Found) -> list[list[str]]:
    """Groups that live on and new ones alike."""
    kept, new = found
    return [*kept.values(), *new]


def seats_of(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The group of each challenge that sits in one."""
    return {key: name for name, ids in groups.items() for key in ids}
