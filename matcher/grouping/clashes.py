"""Rules that cannot hold together: the smallest set that clashes, in words."""

from collections import deque
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray


class Blocks:
    """Items tied together by must-links, directly or over others."""

    def __init__(self, n: int, must_link: NDArray[np.int64]) -> None:
        self.neighbours: dict[int, list[int]] = {}
        for i, j in must_link.tolist():
            self.neighbours.setdefault(i, []).append(j)
            self.neighbours.setdefault(j, []).append(i)
        self.block = np.arange(n)
        for start in sorted(self.neighbours):
            if self.block[start] == start:
                for item in self._reach(start):
                    self.block[item] = start

    def path(self, i: int, j: int) -> list[tuple[int, int]]:
        """The fewest must-links that tie two items together."""
        came = self._reach(i)
        steps = []
        while j != i:
            steps.append((min(j, came[j]), max(j, came[j])))
            j = came[j]
        return steps[::-1]

    def _reach(self, start: int) -> dict[int, int]:
        came = {start: start}
        queue = deque([start])
        while queue:
            item = queue.popleft()
            for other in self.neighbours.get(item, ()):
                if other not in came:
                    came[other] = item
                    queue.append(other)
        return came


def refuse_clashes(
    blocks: Blocks,
    cannot_link: NDArray[np.int64],
    pins: Mapping[int, int],
    weight: NDArray[np.float64],
    lower: float,
    upper: float,
    groups: int | None,
) -> None:
    """
    Refuse rules that no partition can keep.

    Raises
    ------
    ValueError
        Naming the smallest set of rules found that clash.
    """
    _links(blocks, cannot_link)
    _pins(blocks, pins, cannot_link)
    _weights(blocks, weight, pins, upper, groups)
    if groups is not None:
        _numbers(weight, lower, upper, groups)


def _ties(path: list[tuple[int, int]]) -> str:
    return " and ".join(f"must-link [{i}, {j}]" for i, j in path)


def _links(blocks: Blocks, cannot_link: NDArray[np.int64]) -> None:
    tied = blocks.block[cannot_link[:, 0]] == blocks.block[cannot_link[:, 1]]
    clashes = [blocks.path(i, j) for i, j in cannot_link[tied].tolist()]
    if clashes:
        path = min(clashes, key=len)
        ends = [item for step in path for item in step]
        odd = sorted(item for item in set(ends) if ends.count(item) % 2 == 1)
        raise ValueError(f"the rules clash: {_ties(path)} against cannot-link {odd}")


def _pins(blocks: Blocks, pins: Mapping[int, int], cannot_link: NDArray[np.int64]) -> None:
    first: dict[int, int] = {}
    for item in sorted(pins):
        other = first.setdefault(int(blocks.block[item]), item)
        if pins[item] != pins[other]:
            raise ValueError(
                f"the rules clash: {_ties(blocks.path(other, item))} against item {other} "
                f"pinned to {pins[other]} and item {item} pinned to {pins[item]}"
            )
    where = {block: pins[item] for block, item in first.items()}
    if not where:
        return
    for i, j in cannot_link.tolist():
        a, b = int(blocks.block[i]), int(blocks.block[j])
        if a in where and where[a] >= 0 and where[a] == where.get(b):
            ties = [f"cannot-link [{i}, {j}]"]
            for end, block in ((i, a), (j, b)):
                ties += [f"must-link [{x}, {y}]" for x, y in blocks.path(first[block], end)]
            raise ValueError(
                f"the rules clash: {' and '.join(ties)} against items {first[a]} and {first[b]} "
                f"both pinned to group {where[a]}"
            )


def _weights(
    blocks: Blocks,
    weight: NDArray[np.float64],
    pins: Mapping[int, int],
    upper: float,
    groups: int | None,
) -> None:
    loads = np.bincount(blocks.block, weights=weight, minlength=len(weight))
    tied = np.bincount(blocks.block, minlength=len(weight)) > 1
    for block in np.flatnonzero(loads > upper + 1e-9):
        if tied[block]:
            items = np.flatnonzero(blocks.block == block).tolist()
            raise ValueError(
                f"the rules clash: must-links tie items {items} together, their sum "
                f"{loads[block]:g} is above upper = {upper:g}"
            )
        if groups is not None:
            raise ValueError(
                f"the rules clash: item {block} weighs {loads[block]:g}, above upper = {upper:g}, "
                f"and groups={groups} places everybody"
            )
    full: dict[int, float] = {}
    seen = set()
    for item, group in pins.items():
        tie = int(blocks.block[item])
        if group >= 0 and tie not in seen:
            seen.add(tie)
            full[group] = full.get(group, 0.0) + float(loads[tie])
    for group, load in sorted(full.items()):
        if load > upper + 1e-9:
            raise ValueError(
                f"the rules clash: items pinned to group {group}, and those tied to them, sum to "
                f"{load:g}, above upper = {upper:g}"
            )


def _numbers(weight: NDArray[np.float64], lower: float, upper: float, groups: int) -> None:
    total = float(weight.sum())
    if total < groups * lower - 1e-9:
        raise ValueError(
            f"the rules clash: {groups} groups of at least {lower:g} need {groups * lower:g}, "
            f"there is {total:g}"
        )
    if total > groups * upper + 1e-9:
        raise ValueError(
            f"the rules clash: {groups} groups of at most {upper:g} hold {groups * upper:g}, "
            f"there is {total:g} to place"
        )
