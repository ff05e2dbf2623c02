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

    @property
    def owner(self) -> NDArray[np.intp]:
        """Number of the text that each total is of."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


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
    keys = _keys(owner, columns)
    if weights is None:
        keys = np.sort(keys)
        firsts = _firsts(keys)
        return _told(n, keys[firsts], np.diff(np.append(firsts, len(keys))).astype(np.float64))
    order = np.argsort(keys)
    keys = keys[order]
    firsts = _firsts(keys)
    place = np.empty(len(keys), np.intp)
    # In the order given, not sorted: sums of floats must not depend on how a sort breaks ties.
    place[order] = np.repeat(np.arange(len(firsts)), np.diff(np.append(firsts, len(keys))))
    return _told(n, keys[firsts], np.bincount(place, weights, len(firsts)).astype(np.float64))


def strongest(
    n: int, owner: NDArray[np.intp], columns: NDArray[Any], weights: NDArray[np.float64]
) -> Sums:
    """Keep the highest weight of each text and column, as :func:`summed` adds them up."""
    keys = _keys(owner, columns)
    order = np.argsort(keys)
    keys = keys[order]
    firsts = _firsts(keys)
    best = np.maximum.reduceat(weights[order], firsts) if len(keys) else np.zeros(0)
    return _told(n, keys[firsts], best)


def _keys(owner: NDArray[np.intp], columns: NDArray[Any]) -> NDArray[np.int64]:
    return (owner.astype(np.int64) << _COLUMN_BITS) | columns.astype(np.int64)


def _firsts(keys: NDArray[np.int64]) -> NDArray[np.intp]:
    """Places where another key begins."""
    return np.flatnonzero(np.concatenate([keys[:1] == keys[:1], keys[1:] != keys[:-1]]))


def _told(n: int, keys: NDArray[np.int64], totals: NDArray[np.float64]) -> Sums:
    starts = np.searchsorted(keys, np.arange(n + 1, dtype=np.int64) << _COLUMN_BITS)
    return Sums(starts, (keys & ((1 << _COLUMN_BITS) - 1)).astype(np.intp), totals)


def spread(
    starts: NDArray[Any], chosen: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """
    Take some of many lists that lie end to end.

    Returns
    -------
    tuple
        For each element of the lists chosen, which of the chosen it is of and where it lies.
    """
    firsts = starts[chosen].astype(np.intp)
    sizes = starts[chosen + 1].astype(np.intp) - firsts
    before = np.cumsum(sizes) - sizes
    places = np.repeat(firsts - before, sizes) + np.arange(int(sizes.sum()))
    return np.repeat(np.arange(len(chosen)), sizes), places
