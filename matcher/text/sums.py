"""Sums over the columns of many texts at once: a sort for a block, not a dictionary a text."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_COLUMN_BITS = 32


class Sums(NamedTuple):
    """Columns and totals of some texts, end to end; those of text ``i`` begin at ``starts[i]``."""

    starts: NDArray[np.intp]
    columns: NDArray[np.intp]
    totals: NDArray[np.float64]

    def of(self, at: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Sorted columns and totals of one text."""
        held = slice(self.starts[at], self.starts[at + 1])
        return self.columns[held], self.totals[held]


def joined(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """Arrays end to end; an empty one of whole numbers when there are none."""
    return np.concatenate(parts) if parts else np.zeros(0, np.int32)


def owners(parts: Sequence[NDArray[Any]]) -> NDArray[np.intp]:
    """Number of the part that each element of some arrays, end to end, is from."""
    return np.repeat(np.arange(len(parts)), [len(part) for part in parts])


def summed(
    n: int,
    owner: NDArray[np.intp],
    columns: NDArray[Any],
    weights: NDArray[Any] | None = None,
) -> Sums:
    """
    Add up weights by text and column.

    Parameters
    ----------
    n
        Number of texts.
    owner, columns
        Text and column of each weight, in no order.
    weights
        None counts instead.
    """
    keys, place = np.unique(
        (owner.astype(np.int64) << _COLUMN_BITS) | columns.astype(np.int64), return_inverse=True
    )
    totals = np.bincount(place, weights, len(keys)).astype(np.float64)
    starts = np.searchsorted(keys, np.arange(n + 1, dtype=np.int64) << _COLUMN_BITS)
    return Sums(starts, (keys & ((1 << _COLUMN_BITS) - 1)).astype(np.intp), totals)
