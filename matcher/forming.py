"""What changed since the last round, and the groups that follow from it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from matcher.again import KEPT
from matcher.choosing import Found, gain, put_together
from matcher.exchanges import exchanged
from matcher.left_out import WhyLeftOut
from matcher.rounds import Members, Round, worth
from matcher.seating import Seating
from schemas.reasons import Reason

WHOLE_UP_TO = 400
"""Free challenges up to which every round looks at all of them."""
DEBT = 10
"""Beyond that, all are looked at again when a tenth of the pool has changed."""
LOOK = 50
"""A large pool is looked at in quiet, once, when one in so many has changed since the last look."""
IN_FLUX = 0.2
"""Share of the price of moves that is asked when a tenth of the pool or more has changed."""
LEAST_GAIN = 1e-6
"""What better groups must be worth more, so that no rounding moves anybody."""
FEW = 40
"""Free challenges up to which one search is made of many runs already."""
STARTS = 10
"""Searches of a small pool that has no groups yet: each takes a tenth of a second."""
LARGE_STARTS = 3
"""The same of a larger one: groups that start well are those that later changes leave whole."""
SEVERAL_UP_TO = 3_000
"""Free challenges up to which the first groups come of several searches: a second each."""
TRIES = 4
"""Searches of a small pool when nothing has changed, from its groups and from nothing."""


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
        if small or not before or not asked:
            found = _better if quiet else _anew
            priced = self._priced(round_, len(free))
            kept, new = exchanged(round_, *found(priced, sorted(free), before))
        else:
            kept, new = self._again(round_, sorted(free), before, quiet)
        other = bool(new) or _seats(kept) != _seats(before)
        self.restless = not quiet or (small and other)
        self.unrest = self.unrest if self.restless else 0
        self.rest = [*map(list, kept.values()), *new]
        return kept, new

    def _again(self, round_: Round, free: list[str], before: Members, quiet: bool) -> Found:
        """A large pool from where it is; in quiet as it was unless that is worth less."""
        priced = self._priced(round_, len(free))
        floor = 0.0 if self._in_flux(len(free)) else KEPT
        found = exchanged(round_, *priced.again(free, before, self.rest, floor))
        kept, new = found
        now = self._value(priced, [*kept.values(), *new])
        if quiet and now <= self._value(priced, before.values()) + LEAST_GAIN:
            return before, []
        return found

    def _value(self, round_: Round, groups: Iterable[Sequence[str]]) -> float:
        """What groups are worth, pairs that still sit together included."""
        groups = list(groups)
        home = {key: at for at, ids in enumerate(groups) for key in ids}
        kept = 0.0
        for ids in self.rest:
            common = Counter(home[key] for key in ids if key in home)
            kept += sum(number * (number - 1) / 2 for number in common.values())
        return worth(round_, groups) + round_.pair_price * kept

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
        statistics = round_.neighbours.likeness.collection
        if self._seating is None or self._seating.collection is not statistics:
            self.forget()
            known = (free - self.changed) | _members(before)
            self._seating = Seating(round_, known, before)
        return self._seating.round(round_, self.changed, self.nudged, free)

    def call(self, name: str, ids: Iterable[str]) -> None:
        """Give a new group its name."""
        if self._seating is not None:
            self._seating.call(name, ids)

    def left_out(
        self, round_: Round, free: set[str], before: Members, after: Members
    ) -> dict[str, Reason]:
        """Why each of those who wait does; only what may have changed is asked again."""
        groups = list(after.values())
        waiting = free - _members(after)
        why = WhyLeftOut(round_, groups)
        known = self._left or {}
        asked = waiting - known.keys()
        if self._left is None:
            asked = waiting
        else:
            asked |= waiting & self._touched(round_, before, after)
        found = {key: why(key) if key in asked else known[key] for key in sorted(waiting)}
        self._left = found
        return found

    def _touched(self, round_: Round, before: Members, after: Members) -> set[str]:
        """Who may wait for another reason: near, or of a unit, that the round had to do with."""
        seats = _seats(before).items() ^ _seats(after).items()
        moved = {key for key, _ in seats} | self.changed | self.nudged
        for name in {name for _, name in seats}:
            moved |= {*before.get(name, ()), *after.get(name, ())}
        touched, units = set(moved), set()
        for key in moved & round_.entries.keys():
            touched |= round_.neighbours.near[key].keys()
            units.add(round_.entries[key].unit.id)
        return touched | {key for key, entry in round_.entries.items() if entry.unit.id in units}

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


def _anew(round_: Round, free: list[str], before: Members) -> Found:
    """Groups from where the present ones are; from nothing, the best of several searches."""
    if before or not FEW < len(free) <= SEVERAL_UP_TO:
        return round_.form(free, before)
    starts = STARTS if len(free) <= WHOLE_UP_TO else LARGE_STARTS
    found = [each.form(free, {}) for each in _by_seeds(round_, starts)]
    return _best(round_, [*found, put_together(round_, found, {})], {}, -np.inf) or found[0]


def _better(round_: Round, free: list[str], before: Members) -> Found:
    """The best of some searches, if it is worth more than the present groups and the moves."""
    if len(free) > WHOLE_UP_TO:
        found = [round_.form(free, before)]
    else:
        found = [each.form(free, before) for each in _by_seeds(round_, TRIES)]
        if len(free) > FEW:
            other = [each.form(free, {}) for each in _by_seeds(round_, TRIES)]
            found.append(put_together(round_, [(before, []), *found, *other], before) or found[0])
    return _best(round_, found, before, LEAST_GAIN) or (before, [])


def _by_seeds(round_: Round, number: int) -> list[Round]:
    return [replace(round_, seed=round_.seed + turn) for turn in range(number)]


def _best(
    round_: Round, found: Sequence[Found | None], before: Members, least: float
) -> Found | None:
    """The first of those that gain most, None when none gains more than the least."""
    best, most = None, least
    for one in found:
        if one is not None and (more := gain(round_, one, before)) > most:
            best, most = one, more
    return best


def _members(groups: Mapping[str, Sequence[str]]) -> set[str]:
    return {key for ids in groups.values() for key in ids}


def _seats(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {key: name for name, ids in groups.items() for key in ids}
