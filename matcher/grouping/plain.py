"""
The loops' arithmetic once more, in plain numpy: slow, short and easy to believe.

Tests hold the compiled loops against it.
"""

import numpy as np
from numpy.typing import NDArray


def gains(
    affinity: NDArray[np.float64], labels: NDArray[np.int64], slots: int
) -> NDArray[np.float64]:
    """Sum of each item's affinities to each group's members, ``(slots, n)``."""
    inside = labels[None, :] == np.arange(slots)[:, None]
    sums: NDArray[np.float64] = inside.astype(np.float64) @ affinity
    return sums


def score(affinity: NDArray[np.float64], labels: NDArray[np.int64], threshold: float) -> float:
    """Sum over pairs inside groups of affinity minus threshold."""
    together = (labels[:, None] == labels[None, :]) & (labels[:, None] >= 0)
    return float(np.triu((affinity - threshold) * together, 1).sum())


def move_change(
    affinity: NDArray[np.float64],
    labels: NDArray[np.int64],
    threshold: float,
    item: int,
    group: int,
    out: int | None = None,
) -> float:
    """Change of the score when an item goes to a group, and ``out`` to the item's old one."""
    after = labels.copy()
    after[item] = group
    if out is not None:
        after[out] = labels[item]
    return score(affinity, after, threshold) - score(affinity, labels, threshold)


def swap_changes(
    affinity: NDArray[np.float64],
    gains: NDArray[np.float64],
    labels: NDArray[np.int64],
    item: int,
) -> NDArray[np.float64]:
    """Change of the score when an item and each other change places; ``-inf`` in its group."""
    everybody = np.arange(len(labels))
    mine = gains[labels, item] - gains[labels[item], item]
    theirs = gains[labels[item]] - gains[labels, everybody]
    change = mine + theirs - 2.0 * affinity[item]
    return np.where(labels == labels[item], -np.inf, change)


def improving_moves(
    affinity: NDArray[np.float64],
    labels: NDArray[np.int64],
    *,
    lower: int,
    upper: int,
    threshold: float,
) -> list[tuple[int, int, int | None]]:
    """Every insertion or swap between groups that keeps the sizes and raises the score."""
    used, sizes = np.unique(labels[labels >= 0], return_counts=True)
    size = dict(zip(used.tolist(), sizes.tolist(), strict=True))
    found: list[tuple[int, int, int | None]] = []
    for item in range(len(labels)):
        here = int(labels[item])
        for group in used.tolist():
            if group == here:
                continue
            outs: list[int | None] = [*np.flatnonzero(labels == group).tolist()]
            if size[group] < upper and (here < 0 or size[here] > lower):
                outs.append(None)
            found += [
                (item, group, out)
                for out in outs
                if move_change(affinity, labels, threshold, item, group, out) > 1e-9
            ]
    return found
