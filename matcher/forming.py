"""What changed since the last round, and the groups that follow from it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcher.left_out import WhyLeftOut
from matcher.rounds import Members, Round
from matcher.seating import Seating
from schemas.reasons import Reason

WHOLE_UP_TO = 400
"""Free challenges up to which every round looks at all of them."""
DEBT = 10
"""Beyond that, all are looked at again when a tenth of the pool has changed."""


@dataclass
class Forming:
    """Groups kept up: round by round, one by one or all at once."""

    changed: set[str] = field(default_factory=set)
    """New or changed challenges, and those about which something was decided."""
    nudged: set[str] = field(default_factory=set)
    """Near one that is gone: those of them who wait may have a seat now."""
    debt: int = 0
    """Challenges seated one by one since everybody was looked at."""
    _seating: Seating | None = None
    _left: dict[str, Reason] | None = None

    def touch(self, challenges: set[str]) -> None:
        """Note whose proposals were changed from outside: they are seated anew."""
        if challenges:
            self.changed |= challenges
            self.forget()

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

    def form(
        self, round_: Round, free: set[str], before: Members, whole: bool | None
    ) -> tuple[Members, list[list[str]]]:
        """Groups that live on by their names, and new ones."""
        if not (self.changed or self.nudged) and whole is not True:
            return before, []
        self.debt += len(self.changed)
        if whole is None:
            whole = len(free) <= WHOLE_UP_TO or self.debt * DEBT > len(free)
        if whole:
            self.forget()
            self.debt = 0
            return round_.form(sorted(free), before)
        statistics = round_.neighbours.likeness.collection
        if self._seating is None or self._seating.collection is not statistics:
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
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Forming":
        """Go on from a snapshot."""
        return cls(set(kept["dirty"]), set(kept.get("nudged", ())), kept.get("debt", 0))

    def done(self) -> None:
        """Note that a round has told what followed from the changes."""
        self.changed, self.nudged = set(), set()


def _members(groups: Mapping[str, Sequence[str]]) -> set[str]:
    return {key for ids in groups.values() for key in ids}


def _seats(groups: Mapping[str, Sequence[str]]) -> dict[str, str]:
    return {key: name for name, ids in groups.items() for key in ids}
