"""What changed since the last round, and the groups that follow from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from matcher.again import KEPT
from matcher.choosing import Found
from matcher.entries import ByUnit
from matcher.exchanges import exchanged
from matcher.left_out import WhyLeftOut
from matcher.looking import (
    Look,
    Looked,
    changed_since,
    groups_of,
    seats_of,
    value,
    what_holds,
)
from matcher.rounds import Members, Round
from matcher.searches import LEAST_GAIN, WHOLE_UP_TO, anew
from matcher.seating import Seating
from matcher.text import Collection
from schemas.reasons import Reason

DEBT = 10
"""Beyond that, all are looked at again when a tenth of the pool has changed."""
LOOK = 50
"""A large pool is looked at in quiet, once, when one in so many has changed since the last look."""
IN_FLUX = 0.2
"""Share of the price of moves that is asked when a tenth of the pool or more has changed."""


@dataclass
class Forming:
    """Groups kept up: round by round, one by one or all at once."""

    changed: set[str] = field(default_factory=set)
    """New or changed challenges, and those about which something was decided."""
    nudged: set[str] = field(default_factory=set)
    """Near one that is gone or changed: those who wait may have a seat, or another reason, now."""
    debt: int = 0
    """Challenges seated one by one since everybody was looked at."""
    unrest: int = 0
    """Challenges that changed since a look at everybody found nothing better."""
    restless: bool = False
    """Whether to look at everybody once more may find better groups."""
    rest: list[list[str]] = field(default_factory=list)
    """Groups when everybody was looked at last: who sits together since then."""
    _read: set[str] = field(default_factory=set)
    """Challenges that were here when proposals told before were read: none of them is new."""
    _seating: Seating | None = None
    _left: dict[str, Reason] | None = None

    @property
    def waits(self) -> bool:
        """Whether something changed since the last round."""
        return bool(self.changed or self.nudged)

    def touch(self, challenges: set[str]) -> None:
        """Note whose proposals were changed from outside: they are seated anew."""
        if challenges:
            self.changed |= challenges
            self.forget()

    def settle(self, groups: Iterable[Iterable[str]], known: Iterable[str]) -> None:
        """Start from groups told before, where nothing is known of an earlier look."""
        if not self.rest:
            self.rest = [sorted(ids) for ids in groups]
            self._read = set(known) if self.rest else set()

    def drop(self, name: str, members: set[str]) -> None:
        """Note that a proposal was decided: its members are seated anew, under other names."""
        self.changed |= members
        if self._seating is not None:
            self._seating.uncall(name)

    def forget(self) -> None:
        """Let go of what is only kept to be quick."""
        self._seating = self._left = None

    def gone(self, key: str, near: Iterable[str]) -> None:
        """Note that a challenge is here no more, and who was near it."""
        self.changed.discard(key)
        self.nudged |= {key, *near}

    def form(self, round_: Round, free: set[str], before: Members, whole: bool | None) -> Found:
        """Groups that live on by their names, and new ones."""
        quiet, asked = not self.waits, whole is True
        if quiet and whole is not True:
            return before, []
        self.debt += len(self.changed)
        self.unrest += len(self.changed - self._read)
        self._read = set()
        if whole is None:
            whole = len(free) <= WHOLE_UP_TO or self.debt * DEBT > len(free)
        small = len(free) <= WHOLE_UP_TO
        if not whole:
            self.restless |= small or self.debt * LOOK > len(free)
            return self._one_by_one(round_, free, before)
        self.forget()
        self.debt = 0
        look = self._look(round_, free, before)
        if quiet:
            looked = look.search()
            kept, new = looked.groups, looked.new
        elif small or not before or not asked:
            kept, new = exchanged(round_, *anew(look.round, look.free, before))
        else:
            kept, new = look.again()
        other = bool(new) or seats_of(kept) != seats_of(before)
        self.restless = not quiet or (small and other)
        self.unrest = self.unrest if self.restless else 0
        self.rest = [*map(list, kept.values()), *new]
        return kept, new

    # A look at everybody beside the pool.

    def keeps_up(self, free: int) -> bool:
        """Whether what changed may be seated one by one, and the rest be left to a look beside."""
        return free > WHOLE_UP_TO and bool(self.rest) and len(self.changed) * DEBT <= free

    def is_due(self, free: int) -> bool:
        """Whether so much was seated one by one that a look need not wait for quiet."""
        return self.restless and self.debt * DEBT > free

    def look(self, round_: Round, free: set[str], before: Members) -> Look | None:
        """Begin a look at everybody as they are; None when changes wait or it is not worth it."""
        return self._look(round_, free, before) if self.restless and not self.waits else None

    def _look(self, round_: Round, free: set[str], before: Members) -> Look:
        return Look(
            self._priced(round_, len(free)),
            sorted(free),
            before,
            self.rest,
            small=len(free) <= WHOLE_UP_TO,
            kept=0.0 if self._in_flux(len(free)) else KEPT,
            debt=self.debt,
            unrest=self.unrest,
        )

    def take_up(self, round_: Round, free: set[str], before: Members, looked: Looked) -> Found:
        """
        Groups of a look as far as they still hold, and what changed since seated beside them.

        Where they are worth no more than the present ones by now, where everybody was looked at
        meanwhile, or where anything changed in a small pool, it is a round as if there had been
        no look.
        """
        found, small = None, len(free) <= WHOLE_UP_TO
        if self.rest == looked.look.rest:
            found = self._what_holds(round_, free, before, looked, small=small)
        if found is None:
            return self.form(round_, free, before, None if small else False)
        self.debt = max(0, self.debt - looked.look.debt) + len(self.changed)
        self.unrest = max(0, self.unrest - looked.look.unrest) + len(self.changed - self._read)
        self._read = set()
        self.restless = looked.is_better if small else self.debt * LOOK > len(free)
        self.rest = groups_of((looked.groups, looked.new))
        return found

    def _what_holds(
        self, round_: Round, free: set[str], before: Members, looked: Looked, *, small: bool
    ) -> Found | None:
        """Groups that follow from a look by now; None when it is of no use any more."""
        since, _ = changed_since(looked.look, round_, before)
        if not (since or self.waits):
            if looked.is_better:
                self._adopt(round_, looked)
            return looked.groups, looked.new
        if small:
            return None
        if not looked.is_better:
            return self._one_by_one(round_, free, before) if self.waits else (before, [])
        found = what_holds(looked, round_, free, before, self.changed)
        priced = self._priced(round_, len(free))
        now = value(priced, groups_of(found), self.rest)
        if now <= value(priced, before.values(), self.rest) + LEAST_GAIN:
            return None
        seating = self._seated(round_, free, before)
        seating.adopt(*found)
        had = seats_of(before).keys() | seats_of(looked.groups).keys()
        had = had.union(*looked.new, free - set(looked.look.free))
        loose = had.difference(*groups_of(found))
        return seating.round(round_, self.changed, self.nudged | loose, free)

    def _adopt(self, round_: Round, looked: Looked) -> None:
        """Go on from the groups of a look, where nothing changed since it began."""
        if self._seating is not None and self._seating.collection is _statistics(round_):
            self._seating.adopt(looked.groups, looked.new)
        else:
            self.forget()

    def _in_flux(self, free: int) -> bool:
        """Whether the pool is hardly what it was when it came to rest."""
        return self.unrest * DEBT > free

    def _priced(self, round_: Round, free: int) -> Round:
        """The round with the price of moves lowered when the pool is hardly what it was."""
        if not self._in_flux(free):
            return round_
        lower = {"move_penalty": round_.rules.move_penalty * IN_FLUX}
        return replace(round_, rules=round_.rules.model_copy(update=lower))

    def _one_by_one(self, round_: Round, free: set[str], before: Members) -> Found:
        seating = self._seated(round_, free, before)
        return seating.round(round_, self.changed, self.nudged, free)

    def _seated(self, round_: Round, free: set[str], before: Members) -> Seating:
        """Where everybody sits, made anew when the statistics of the texts are others."""
        if self._seating is None or self._seating.collection is not _statistics(round_):
            self.forget()
            known = (free - self.changed) | _members(before)
            self._seating = Seating(round_, known, before)
        return self._seating

    def call(self, name: str, ids: Iterable[str]) -> None:
        """Give a new group its name."""
        if self._seating is not None:
            self._seating.call(name, ids)

    def left_out(
        self, round_: Round, free: set[str], before: Members, after: Members, units: ByUnit
    ) -> tuple[dict[str, Reason], frozenset[str]]:
        """
        Why each of those who wait does; only what may have changed is asked again.

        With those who wait since this round, or for another reason: all of them where nothing
        is known of a round before.
        """
        groups = list(after.values())
        waiting = free - _members(after)
        why = WhyLeftOut(round_, groups, units)
        known = self._left or {}
        asked = waiting - known.keys()
        if self._left is not None:
            asked |= waiting & self._touched(round_, before, after, units)
        found = {key: why(key) if key in asked else known[key] for key in sorted(waiting)}
        self._left = found
        return found, frozenset(key for key in asked if found[key] != known.get(key))

    def _touched(self, round_: Round, before: Members, after: Members, units: ByUnit) -> set[str]:
        """Who may wait for another reason: near, or of a unit, that the round had to do with."""
        seats = seats_of(before).items() ^ seats_of(after).items()
        moved = {key for key, _ in seats} | self.changed | self.nudged
        for name in {name for _, name in seats}:
            moved |= {*before.get(name, ()), *after.get(name, ())}
        touched = set(moved)
        for key in moved & round_.entries.keys():
            touched |= round_.neighbours.near[key].keys()
            touched |= units[round_.entries[key].unit.id]
        return touched

    def snapshot(self) -> dict[str, Any]:
        """All that a round depends on, as JSON holds it."""
        return {
            "dirty": sorted(self.changed),
            "nudged": sorted(self.nudged),
            "debt": self.debt,
            "unrest": self.unrest,
            "restless": self.restless,
            "rest": self.rest,
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Forming":
        """Go on from a snapshot."""
        return cls(
            set(kept["dirty"]),
            set(kept.get("nudged", ())),
            **{name: kept[name] for name in ("debt", "unrest", "restless", "rest") if name in kept},
        )

    def done(self) -> None:
        """Note that a round has told what followed from the changes."""
        self.changed, self.nudged = set(), set()


def _members(groups: Mapping[str, Sequence[str]]) -> set[str]:
    return {key for ids in groups.values() for key in ids}


def _statistics(round_: Round) -> Collection:
    """Of the texts, as the rows were made with them."""
    return round_.neighbours.likeness.collection
