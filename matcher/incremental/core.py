"""Challenges as arrays: each new one finds its peers and its seat at once."""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from matcher.incremental import placing
from matcher.incremental.arrays import grown
from matcher.incremental.joined import HOW, Joined
from matcher.incremental.rules import enter, holds, leave, may_meet
from matcher.incremental.state import State
from matcher.incremental.table import Item
from matcher.incremental.weighing import weakest_of

Near = Mapping[int, float]
Move = tuple[int, int, int]
"""Item, the group it was in or -1, the group it is in now or -1."""


class Core(State):
    """Items in groups, kept up one by one."""

    def add(self, item: Item) -> tuple[int, Joined]:
        """Take an item in and seat it; its number, and what became of it."""
        key = self.insert(item)
        return key, self.join(key)

    def insert(self, item: Item) -> int:
        """Take an item in without a seat; its number."""
        key = self.table.enter(item)
        self._room_for_units(item.unit)
        n = self.table.n
        self._groups = self._groups._replace(label=grown(self._groups.label, n))
        self._work = self._work._replace(score=grown(self._work.score, n))
        self._groups.label[n - 1] = -1
        return key

    def put(self, key: int, group: int) -> tuple[Move, ...] | None:
        """
        Seat an item where a person wants it, whatever the cap of its unit.

        Who may not sit beside it leaves, and the weakest when the group is full: who moved is
        returned. None, and nothing changed, when there is no such group, when somebody
        pinned is in the way or when they have no language in common.
        """
        row, items = int(self.table.row[key]), self.table.items
        if group < 0 or not self._groups.size[group] or self._groups.label[row] >= 0:
            return None
        out = self._in_the_way(row, group)
        if out is None:
            return None
        for other in out:
            leave(items, self._groups, other)
        enter(items, self._groups, row, group)
        items.pinned[row] = 1
        moved = self._rejoin([int(self.table.key[other]) for other in out], group)
        return moved + self._settle(group)

    def _in_the_way(self, row: int, group: int) -> list[int] | None:
        """Rows that must leave a group for an item; None when they cannot."""
        items, groups = self.table.items, self._groups
        members = groups.members[group, : groups.size[group]].tolist()
        if holds(self._rules.kept_out, (group << 32) | row):
            return None
        out = [other for other in members if not may_meet(self._rules, items, row, other)]
        if not out and len(members) >= self.rules.upper:
            out = [self._weakest(group)]
        common = np.bitwise_and.reduce(
            items.mask[[row, *(other for other in members if other not in out)]]
        )
        fixed = any(other < 0 or items.pinned[other] for other in out)
        return None if fixed or not common else out

    def _weakest(self, group: int) -> int:
        """Row of the member that a group would miss least, -1 when all are pinned."""
        weakest, _ = weakest_of(
            self._weights,
            self.table.texts,
            self.table.items,
            self._rules,
            self._groups,
            self._work,
            group,
        )
        return int(weakest)

    def join(self, key: int, *, home: int = -1, near: Near | None = None) -> Joined:
        """
        Seat an item that sits nowhere.

        ``home`` is the group that it left, if any; ``near`` its nearest with their affinities,
        strongest first, searched for when they are not known.
        """
        self._room_for_a_group()
        known = (near is not None, *_nearest(self.table.row, near or {}))
        log = np.empty((self.rules.upper + 1, 3), np.int64)
        how, group, gain, moves, _, _ = placing.place(
            self._weights,
            self.table.texts,
            self.table.items,
            self._rules,
            self._groups,
            self.table.post,
            self._work,
            int(self.table.row[key]),
            home,
            self._m,
            self.table.ranks,
            self._budget,
            known,
            log,
        )
        if self._groups.size[self._m]:
            self._m += 1
        moved = [(int(self.table.key[i]), int(a), int(b)) for i, a, b in log[:moves].tolist()]
        others = tuple(move for move in moved if move[0] != key)
        return Joined(HOW[how], int(group), float(gain), others)

    def revise(
        self, key: int, item: Item, *, to: int = -1, near: Near | None = None
    ) -> tuple[int, Joined]:
        """
        Take a changed item over under a new number; it goes back unless it fits no more.

        ``to`` is the group that a person wants it in, if any; ``near`` as in ``join``.
        """
        pinned = self.table.items.pinned[self.table.row[key]]
        home = self._leave(key)
        new = self.insert(item)
        self.table.items.pinned[self.table.row[new]] = pinned
        self._rename(key, new)
        moved = self.put(new, to)
        if moved is None:
            joined = self.join(new, home=home, near=near)
        else:
            joined = Joined("seat", to, 0.0, moved)
        return new, joined._replace(moved=joined.moved + self._settle(home))

    def _rename(self, old: int, new: int) -> None:
        """Let what was decided about an item hold for it under its new number."""
        apart = {pair for pair in self._apart if old in pair}
        outs = {out for out in self._kept_out if out[1] == old}
        if apart or outs:
            others = {a if b == old else b for a, b in apart}
            self._apart = self._apart - apart | {(other, new) for other in others}
            self._kept_out = self._kept_out - outs | {(group, new) for group, _ in outs}
            self._rule()

    def withdraw(self, key: int) -> tuple[Move, ...]:
        """Take an item out; who moved since its group became too small."""
        return self._settle(self._leave(key))

    def withdraw_all(self, keys: Iterable[int]) -> None:
        """Take several items out at once: none of them takes a seat before it goes."""
        for group in sorted({self._leave(key) for key in keys}):
            self._settle(group)

    def free(self, key: int) -> tuple[Move, ...]:
        """Free an item's seat, and keep the item."""
        group = int(leave(self.table.items, self._groups, int(self.table.row[key])))
        return self._settle(group)

    def _leave(self, key: int) -> int:
        if key not in self:
            raise ValueError(f"there is no item {key}")
        row = int(self.table.row[key])
        group = int(leave(self.table.items, self._groups, row))
        self.table.remove(key)
        return group

    def _settle(self, group: int) -> tuple[Move, ...]:
        """Let a group that became too small go, and seat its members anew."""
        if group < 0 or not 0 < self._groups.size[group] < self.rules.lower:
            return ()
        rows = self._groups.members[group, : self._groups.size[group]].tolist()
        keys = [int(self.table.key[row]) for row in rows]
        for row in rows:
            leave(self.table.items, self._groups, row)
        return self._rejoin(keys, group)

    def _rejoin(self, keys: list[int], group: int) -> tuple[Move, ...]:
        """Seat those who left a group anew; who moved, from where to where."""
        moved = {key: (key, group, -1) for key in keys}
        for key in sorted(keys):
            if self._groups.label[self.table.row[key]] < 0:
                joined = self.join(key)
                moved[key] = (key, group, joined.group)
                for other, source, to in joined.moved:
                    first = moved[other][1] if other in moved else source
                    moved[other] = (other, first, to)
        return tuple(move for move in moved.values() if move[1] != move[2])


def _nearest(row: NDArray[np.int64], near: Near) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Rows of the nearest, and their affinities."""
    keys = np.fromiter(near.keys(), np.int64, len(near))
    return row[keys].astype(np.int32), np.fromiter(near.values(), np.float64, len(near))
