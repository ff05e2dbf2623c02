"""
Groups that several searches found, put together so that just enough pairs stay together.

What searches find differs here and there, and each is better in other places. A choice among
all their groups (set packing) takes the best of each; a price for every pair that is parted,
sought by halving, makes the choice keep as many pairs as it has to. That costs hundredths of
a second, where another search takes many times that.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.caps import Labels, Limits
from matcher.grouping.choice import choose
from matcher.grouping.problem import Problem
from matcher.swaps import swapped
from matcher.worths import named, sums_in, worths

STEPS = 7
"""Choices made: each halves, as a ratio, where the price may lie."""
Group = tuple[int, ...]


@dataclass
class Patchwork:
    """The best arrangement seen so far, and every group that was part of one."""

    problem: Problem
    together: sparse.csr_array
    """1 for each pair that is to stay together, ``(n, n)``."""
    limits: Limits
    least: float
    """Pairs to keep."""
    cheapest: float
    """What a pair counts for among arrangements that keep enough, in units of affinity."""
    best: Labels = field(init=False)
    most: tuple[float, float] = (-np.inf, -np.inf)
    """Pairs that the best lacks (0 or less), and what it is worth."""
    groups: dict[Group, tuple[float, float]] = field(default_factory=dict)
    """Worth of each group, and how many pairs it keeps."""
    found: list[list[Group]] = field(default_factory=list)
    """Those of each arrangement."""

    def take(self, found: Labels) -> bool:
        """Note an arrangement, once all who gain have swapped; whether it keeps enough pairs."""
        label = swapped(self.problem, self.limits.unit, named(self.problem, found))
        worth, pairs = worths(self.problem, label), sums_in(self.together, label)
        kept = float(pairs.sum())
        rank = (min(kept - self.least, 0.0), float(worth.sum()) + self.cheapest * kept)
        if rank > self.most:
            self.best, self.most = label, rank
        self.found.append(members_of(label))
        for slot, group in zip(np.unique(label[label >= 0]), self.found[-1], strict=True):
            self.groups[group] = max(
                self.groups.get(group, (-np.inf, 0.0)), (float(worth[slot]), float(pairs[slot]))
            )
        return kept >= self.least

    def put_together(self, low: float, high: float) -> None:
        """
        Choose among the groups at prices from ``low`` to ``high``, in units of affinity.

        What comes of it is only taken for the best where it is: a choice leaves out a whole
        group where one member is in another, or its unit in too many. Where no pairs have to be
        kept searches have little in common, and are put together with the best one by one.
        """
        if self.least > 0:
            self._choose(sorted(self.groups), low, high, STEPS)
            return
        for found in self.found[:]:
            self._choose(sorted({*members_of(self.best), *found}), low, low, 1)

    def _choose(self, groups: Sequence[Group], low: float, high: float, steps: int) -> None:
        """Choose at a price between, and go on with the half in which just enough are kept."""
        worth, pairs = np.array([self.groups[group] for group in groups]).reshape(-1, 2).T
        holds, room = self._scarce(groups)
        for _ in range(steps):
            price = np.sqrt(low * high)
            label = _chosen(self.problem.n, groups, holds, worth + price * pairs, room)
            if label is None:
                return
            low, high = (low, price) if self.take(label) else (price, high)

    def _scarce(self, groups: Sequence[Group]) -> tuple[list[list[int]], NDArray[np.float64]]:
        """What of each group is scarce, by number, and how often each number may be taken."""
        at = np.repeat(np.arange(len(groups)), [len(group) for group in groups])
        who = np.concatenate([np.zeros(0, np.int64), *(np.array(ids) for ids in groups)])
        unit, slots = self.limits.unit[who], self._pinned_to()[who]
        # Who is pinned to one slot sits in one group: of those that hold one, one is taken.
        pins = np.unique(np.stack([at, slots])[:, slots >= 0], axis=1)
        n, units = self.problem.n, len(self.limits.room)
        column = np.concatenate([at, at, pins[0]])
        row = np.concatenate([who, n + unit, n + units + pins[1]])
        once = np.ones(self.problem.slots)
        room = np.concatenate([np.ones(n), self.limits.room, once])
        wanted = np.bincount(row, minlength=len(room))
        scarce = wanted > room
        number = np.cumsum(scarce) - 1
        holds: list[list[int]] = [[] for _ in groups]
        for group, what in zip(column.tolist(), row.tolist(), strict=True):
            if scarce[what]:
                holds[group].append(int(number[what]))
        return holds, room[scarce]

    def _pinned_to(self) -> NDArray[np.int64]:
        """The slot that each item is pinned to, -1 for none."""
        if self.problem.stay is None or self.problem.previous is None:
            return np.full(self.problem.n, -1, np.int64)
        return np.where(self.problem.stay > 0, self.problem.previous, -1).astype(np.int64)


def members_of(label: Labels) -> list[Group]:
    """Members of the group in each slot that is in use, by slot."""
    order = np.argsort(label, kind="stable")
    order = order[np.searchsorted(label[order], 0) :]
    if not len(order):
        return []
    ends = np.flatnonzero(np.diff(label[order])) + 1
    return [tuple(ids.tolist()) for ids in np.split(order, ends)]


def _chosen(
    n: int,
    groups: Sequence[Group],
    holds: Sequence[Sequence[int]],
    value: NDArray[np.float64],
    room: NDArray[np.float64],
) -> Labels | None:
    """The groups that are worth most together, each in a slot of its own; None: not found."""
    free = [at for at, what in enumerate(holds) if not what and value[at] > 0]
    held = [at for at, what in enumerate(holds) if what]
    if held:
        chosen = choose([holds[at] for at in held], value[held], room, len(held))
        if chosen is None:
            return None
        free += [held[at] for at in chosen]
    label = np.full(n, -1, np.int32)
    for slot, at in enumerate(free):
        label[list(groups[at])] = slot
    return label
