"""From nodes to items: must-links contracted, outliers set aside, order made canonical."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.kernels.prepare import liked, picked, strongest
from matcher.grouping.problem import Problem

DOUBLE_UP_TO = 10_000
"""Items up to which affinities are searched in the precision they came in."""

LEAST_STAY = 1e-6
"""What it is worth that somebody stays where moving is free: of two names a group keeps its own."""


@dataclass(frozen=True)
class Contracted:
    """The problem as it is searched, and the way back to nodes."""

    problem: Problem
    item: NDArray[np.int64]
    """Item of each node, -1 for a node set aside."""
    names: tuple[int, ...]
    """Labels that the first slots stand for."""
    kept_out: frozenset[int]
    """Nodes that a pin keeps out."""

    def spread(self, slots: NDArray[np.int32]) -> NDArray[np.int64]:
        """Labels of nodes from slots of items."""
        labels = np.full(self.item.shape, -1, np.int64)
        inside = self.item >= 0
        labels[inside] = slots[self.item[inside]]
        return labels


def contract(
    affinity: sparse.csr_array,
    block: NDArray[np.int64],
    cannot: NDArray[np.int64],
    *,
    lower: float,
    upper: float,
    groups: int | None,
    weight: NDArray[np.float64],
    pins: Mapping[int, int],
    previous: NDArray[np.int64] | None,
    move_penalty: float,
    threshold: float,
    masks: NDArray[np.int64] | None = None,
    givers: NDArray[np.uint8] | None = None,
    mix: float = 0.0,
) -> Contracted:
    """
    Make the problem that is searched.

    Items are put in an order that depends on their affinities alone, so that a permutation
    of the input changes nothing but ties, and items that nobody likes above the threshold
    are set aside before the search, so that one more of them changes nobody.
    """
    n = affinity.shape[0]
    blocks, of_block = np.unique(block, return_inverse=True)
    inside = _inside(of_block, len(blocks))
    rows = affinity if len(blocks) == n else sparse.csr_array(inside.T @ affinity @ inside)
    bars = _bars(cannot, of_block, len(blocks))
    block_weight = np.zeros(len(blocks))
    np.add.at(block_weight, of_block, weight)
    heads = np.bincount(of_block, minlength=len(blocks)).astype(np.float64)
    seat = _of_own_pairs(affinity, of_block, heads, threshold)
    pin, names = _slots(pins, previous, of_block, len(blocks), groups)
    keep = np.ones(len(blocks), bool)
    if groups is None:
        alone = (seat > 0) & (block_weight >= lower - 1e-9)
        keep = (_liked(rows, bars, threshold) | alone | (pin >= 0)) & (pin != -1)
        keep &= block_weight <= upper + 1e-9
    order = np.flatnonzero(keep)[_canonical(rows, block_weight, np.flatnonzero(keep))]
    number = np.full(len(blocks), -1, np.int64)
    number[order] = np.arange(len(order))
    before, stay = _stay(previous, of_block, order, names, move_penalty)
    small = _picked(rows, order, number)
    masks_of = np.full(len(blocks), -1, np.int64)
    givers_of = np.zeros(len(blocks), np.uint8)
    if masks is not None:
        np.bitwise_and.at(masks_of, of_block, masks)
    if givers is not None:
        np.maximum.at(givers_of, of_block, givers)
    problem = Problem(
        affinity=small,
        lower=lower,
        upper=upper,
        weight=block_weight[order],
        heads=heads[order],
        groups=groups,
        bars=sparse.csr_array(bars[order][:, order]),
        pin=pin[order],
        previous=before,
        stay=stay,
        threshold=threshold,
        mask=masks_of[order],
        giver=givers_of[order],
        seat=seat[order],
        mix=mix,
        slots=len(names) if groups is None else 0,
    )
    kept_out = frozenset(np.flatnonzero(pin[of_block] == -1).tolist())
    return Contracted(problem, number[of_block], names, kept_out)


def _of_own_pairs(
    affinity: sparse.csr_array,
    of_block: NDArray[np.intp],
    heads: NDArray[np.float64],
    threshold: float,
) -> NDArray[np.float64]:
    """What the nodes of each item are worth together, above the threshold; 0 for single ones."""
    several = np.flatnonzero(heads > 1)
    own = np.zeros(len(heads))
    if not len(several):
        return own
    nodes = np.flatnonzero(np.isin(of_block, several))
    inner = affinity[nodes][:, nodes].tocoo()
    i, j = of_block[nodes[inner.row]], of_block[nodes[inner.col]]
    same = (i == j) & (inner.row != inner.col)
    np.add.at(own, i[same], inner.data[same] / 2.0)
    return own - threshold * heads * (heads - 1) / 2.0


def _inside(of_block: NDArray[np.intp], n_blocks: int) -> sparse.csr_array:
    n = len(of_block)
    return sparse.csr_array((np.ones(n), (np.arange(n), of_block)), shape=(n, n_blocks))


def _picked(
    rows: sparse.csr_array, order: NDArray[np.intp], number: NDArray[np.int64]
) -> sparse.csr_array:
    """Rows and columns in an order; in single precision when there are many."""
    n = len(order)
    indices = np.empty(rows.nnz, np.int32)
    data = np.empty(rows.nnz, rows.dtype if n <= DOUBLE_UP_TO else np.float32)
    ends = picked(rows.indptr, rows.indices, rows.data, order, number, indices, data)
    at = int(ends[-1])
    if at < rows.nnz:
        indices, data = indices[:at].copy(), data[:at].copy()
    indptr = ends.astype(np.int32) if at < 2**31 else ends
    small = sparse.csr_array((data, indices, indptr), shape=(n, n))
    small.sort_indices()
    return small


def _bars(cannot: NDArray[np.int64], of_block: NDArray[np.intp], blocks: int) -> sparse.csr_array:
    """Blocks that may not meet, as symmetric sparse rows."""
    i, j = of_block[cannot[:, 0]], of_block[cannot[:, 1]]
    both = (np.concatenate([i, j]), np.concatenate([j, i]))
    bars = sparse.csr_array((np.ones(2 * len(i), np.float32), both), shape=(blocks, blocks))
    bars.sum_duplicates()
    bars.sort_indices()
    return bars


def _liked(rows: sparse.csr_array, bars: sparse.csr_array, threshold: float) -> NDArray[np.bool_]:
    """Whether an item has an affinity above the threshold to one that it may meet."""
    n = rows.shape[0]
    if threshold < 0:
        return np.full(n, n > 1)
    found: NDArray[np.bool_] = liked(
        rows.indptr, rows.indices, rows.data, bars.indptr, bars.indices, threshold
    )
    return found


def _canonical(
    rows: sparse.csr_array, weight: NDArray[np.float64], keep: NDArray[np.intp]
) -> NDArray[np.intp]:
    """An order of the kept items by their three strongest affinities and their weight."""
    top = strongest(rows.indptr, rows.data, keep, 3)
    return np.lexsort((top[2], weight[keep], top[1], -top[0]))


def _slots(
    pins: Mapping[int, int],
    previous: NDArray[np.int64] | None,
    of_block: NDArray[np.intp],
    n_blocks: int,
    groups: int | None,
) -> tuple[NDArray[np.int32], tuple[int, ...]]:
    """The slot each block is pinned to (-2: free), and what the slots are called."""
    if groups is not None:
        names: tuple[int, ...] = tuple(range(groups))
    else:
        before = set() if previous is None else set(np.unique(previous[previous >= 0]).tolist())
        names = tuple(sorted(before | {group for group in pins.values() if group >= 0}))
    slot = {name: number for number, name in enumerate(names)}
    pin = np.full(n_blocks, -2, np.int32)
    for node, group in pins.items():
        pin[of_block[node]] = -1 if group < 0 else slot[group]
    return pin, names


def _stay(
    previous: NDArray[np.int64] | None,
    of_block: NDArray[np.intp],
    order: NDArray[np.intp],
    names: tuple[int, ...],
    move_penalty: float,
) -> tuple[NDArray[np.int32] | None, NDArray[np.float64] | None]:
    """Where most of an item's nodes sat before, and what it is worth that they stay."""
    if previous is None:
        return None, None
    placed = np.flatnonzero(previous >= 0)
    seats, times = np.unique(
        np.column_stack([of_block[placed], np.searchsorted(names, previous[placed])]),
        axis=0,
        return_counts=True,
    )
    # The seat of most, of equals the lowest: written last of its block.
    rank = np.lexsort((-seats[:, 1], times, seats[:, 0]))
    blocks = int(of_block.max(initial=-1)) + 1
    before = np.full(blocks, -1, np.int32)
    stay = np.zeros(blocks)
    before[seats[rank, 0]] = seats[rank, 1]
    stay[seats[rank, 0]] = max(move_penalty, LEAST_STAY) * times[rank]
    return before[order], stay[order]
