"""Challenges as arrays: who is here, who is near whom, who sits where, what was decided."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.incremental.affinity import NO_SCALE, Scores, affinities, weights_of
from matcher.incremental.arrays import Items, Texts, groups_of, grown
from matcher.incremental.placing import WIDE
from matcher.incremental.rules import Work, rules_of
from matcher.incremental.search import near
from matcher.incremental.table import Table
from matcher.params import GroupRules

Numbers = NDArray[np.int64]
BUDGET = 1500
"""Postings that one search reads at most."""
CANDIDATES = 96
"""Items whose affinity is worked out in one search."""


class State:
    """
    Items in groups.

    Parameters
    ----------
    columns
        Number of sparse columns of a text; the first ``indexed`` of them are searched, so
        two texts without one of these in common are no peers.
    dense
        Length of the dense part of a text.
    budget
        Postings that one search reads at most: what it costs, and how much it finds.
    scale
        Scores of texts, rising, and what they are worth: ``matcher.text.scale.scale_of``.
    """

    def __init__(
        self,
        rules: GroupRules,
        *,
        columns: int,
        indexed: int,
        dense: int = 0,
        budget: int = BUDGET,
        scale: tuple[Scores, Scores] = NO_SCALE,
    ) -> None:
        self.rules = rules
        self.table = Table(columns, indexed, dense)
        self._weights, self._budget = weights_of(rules.affinity, scale), budget
        self._m = 0
        self._outside: dict[int, int] = {}
        self._apart: set[tuple[int, int]] = set()
        self._kept_out: set[tuple[int, int]] = set()
        self._seat(np.zeros(0, np.int64))
        self._rule()

    # All at once.

    def load(self, texts: Texts, items: Items, labels: Numbers) -> None:
        """Start from these items, numbered from 0, in groups; -1 for those that wait."""
        order = self.table.load(texts, items, np.arange(len(labels)), 0)
        self._seat(labels[order])
        self._rule()

    def merge(self) -> None:
        """Take the append segment into the main one, and let go of what was withdrawn."""
        rows = self.table.merge()
        self._seat(self._groups.label[rows].astype(np.int64))
        self._rule()

    def adopt(self, labels: Mapping[int, int]) -> None:
        """Take over the groups of a full run: group by item; who is not in it waits."""
        rows = np.full(self.table.n, -1, np.int64)
        for key, group in labels.items():
            rows[self.table.row[key]] = group
        self._seat(rows)

    @property
    def waiting(self) -> int:
        """Items in the append segment, and items withdrawn, since the last merge."""
        return self.table.n - self.table.main + self.table.gone

    def _seat(self, labels: Numbers) -> None:
        units = self.table.items.unit
        self._m = max(self._m, int(labels.max(initial=-1)) + 1)
        self._groups = groups_of(
            labels, units, self._m, self.rules.upper, len(units), self._outside
        )

    def _rule(self) -> None:
        """Lay out what people decided, by the present rows of the items."""
        row, table = self.table.row, self.table
        pairs = np.sort(row[np.array(sorted(self._apart), np.int64).reshape(-1, 2)], axis=1)
        pairs = pairs[(pairs >= 0).all(axis=1)]
        outs = np.array(sorted(self._kept_out), np.int64).reshape(-1, 2)
        inside = row[outs[:, 1]]
        kept = (outs[:, 0] << 32) | inside
        apart = (pairs[:, 0] << 32) | pairs[:, 1]
        self._rules = rules_of(self.rules, apart, kept[inside >= 0])
        self._work = Work(
            scratch=np.zeros(table.columns, np.float32),
            score=np.zeros(len(table.ranks), np.float32),
            touched=np.empty(self._budget + 1, np.int32),
            found=np.empty(CANDIDATES, np.int32),
        )

    def _room_for_units(self, unit: int) -> None:
        if len(self._groups.held) <= unit:
            self._groups = self._groups._replace(held=grown(self._groups.held, unit + 1))

    def _room_for_a_group(self) -> None:
        if len(self._groups.size) <= self._m:
            members = grown(self._groups.members, self._m + 1)
            size = grown(self._groups.size, self._m + 1)
            self._groups = self._groups._replace(members=members, size=size)

    # What was decided, and what can be asked.

    def decide(
        self,
        *,
        apart: Iterable[tuple[int, int]] = (),
        kept_out: Iterable[tuple[int, int]] = (),
        pinned: Iterable[int] = (),
    ) -> None:
        """Take over pairs kept apart, (group, item) kept out, and items that nobody moves."""
        self._apart, self._kept_out = set(apart), set(kept_out)
        self.table.items.pinned[:] = 0
        self.table.items.pinned[self.table.row[list(pinned)]] = 1
        self._rule()

    def hold(self, outside: Mapping[int, int]) -> None:
        """Take over how many groups units are in elsewhere, in live ones."""
        self._room_for_units(max(outside, default=0))
        for unit in {*self._outside, *outside}:
            change = outside.get(unit, 0) - self._outside.get(unit, 0)
            self._groups.held[unit] += change
        self._outside = dict(outside)

    def excess(self, unit: int) -> int:
        """Groups that a unit is in above its cap; below 0 when it may be in more."""
        return int(self._groups.held[unit]) - self.rules.most_groups

    def near(self, key: int, most: int = WIDE) -> list[tuple[int, float]]:
        """The nearest of an item by affinity, strongest first."""
        row = int(self.table.row[key])
        ids, values = near(
            self._weights,
            self.table.texts,
            self.table.items,
            self.table.post,
            row,
            int(self.table.ranks[row]),
            self._budget,
            most,
            self._work,
        )
        return list(zip(self.table.key[ids].tolist(), values.tolist(), strict=True))

    def affinity(self, key: int, others: Sequence[int]) -> NDArray[np.float64]:
        """Affinity of an item to others."""
        rows = self.table.row[list(others)].astype(np.int32)
        out = np.empty(len(rows))
        affinities(
            self._weights,
            self.table.texts,
            self.table.items,
            int(self.table.row[key]),
            rows,
            len(rows),
            out,
            self._work.scratch,
        )
        return out

    def groups(self) -> dict[int, list[int]]:
        """Items by group, both rising."""
        return {int(g): self.members(int(g)) for g in np.flatnonzero(self._groups.size[: self._m])}

    def members(self, group: int) -> list[int]:
        """Items of a group, rising."""
        rows = self._groups.members[group, : self._groups.size[group]]
        return sorted(self.table.key[rows].tolist())

    def group_of(self, key: int) -> int:
        """Group of an item, -1 for none."""
        return int(self._groups.label[self.table.row[key]])

    def __contains__(self, key: int) -> bool:
        return key in self.table

    def __len__(self) -> int:
        return len(self.table)

    # To be kept.

    def snapshot(self) -> dict[str, Any]:
        """All of it, merged, as arrays and lists by name."""
        self.merge()
        return self.table.snapshot() | {
            "label": self._groups.label[: self.table.n].copy(),
            "groups": self._m,
            "apart": sorted(self._apart),
            "kept_out": sorted(self._kept_out),
            "outside": sorted(self._outside.items()),
        }

    def restore(self, kept: Mapping[str, Any]) -> None:
        """Go on from a snapshot of a core made with the same arguments."""
        self._apart = {(a, b) for a, b in kept["apart"]}
        self._kept_out = {(a, b) for a, b in kept["kept_out"]}
        self._outside, self._m = dict(kept["outside"]), kept["groups"]
        self._seat(kept["label"].astype(np.int64)[self.table.restore(kept)])
        self._rule()
