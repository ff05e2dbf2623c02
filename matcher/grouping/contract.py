"""From nodes to items: must-links contracted, outliers set aside, order made canonical."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.problem import Problem


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
    cannot: Sequence[tuple[int, int]],
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
    seat: float = 0.0,
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
    pin, names = _slots(pins, previous, of_block, len(blocks), groups)
    keep = np.ones(len(blocks), bool)
    if groups is None:
        keep = (_liked(rows, bars, threshold) | (pin >= 0)) & (pin != -1)
        keep &= block_weight <= upper + 1e-9
    order = np.flatnonzero(keep)[_canonical(rows, block_weight, np.flatnonzero(keep))]
    number = np.full(len(blocks), -1, np.int64)
    number[order] = np.arange(len(order))
    before, stay = _stay(previous, of_block, order, names, move_penalty)
    small = sparse.csr_array(rows[order][:, order])
    small.setdiag(0.0)
    small.eliminate_zeros()
    small.sort_indices()
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
        seat=seat,
        mix=mix,
        slots=len(names) if groups is None else 0,
    )
    kept_out = frozenset(np.flatnonzero(pin[of_block] == -1).tolist())
    return Contracted(problem, number[of_block], names, kept_out)


def _inside(of_block: NDArray[np.intp], n_blocks: int) -> sparse.csr_array:
    n = len(of_block)
    return sparse.csr_array((np.ones(n), (np.arange(n), of_block)), shape=(n, n_blocks))


def _bars(
    cannot: Sequence[tuple[int, int]], of_block: NDArray[np.intp], n_blocks: int
) -> sparse.csr_array:
    """Blocks that may not meet, as symmetric sparse rows."""
    pairs = np.asarray(cannot, dtype=np.int64).reshape(-1, 2)
    i, j = of_block[pairs[:, 0]], of_block[pairs[:, 1]]
    ones = np.ones(2 * len(pairs))
    bars = sparse.csr_array(
        (ones, (np.concatenate([i, j]), np.concatenate([j, i]))), shape=(n_blocks, n_blocks)
    )
    bars.sum_duplicates()
    bars.sort_indices()
    return bars


def _liked(rows: sparse.csr_array, bars: sparse.csr_array, threshold: float) -> NDArray[np.bool_]:
    """Whether an item has an affinity above the threshold to one that it may meet."""
    n = rows.shape[0]
    if threshold < 0:
        return np.full(n, n > 1)
    free = sparse.csr_array(rows - rows.multiply(bars > 0)) if bars.nnz else rows
    pairs = sparse.coo_array(free)
    i, j = pairs.coords
    above = (pairs.data > threshold) & (i != j)
    # A must-linked pair keeps together by itself, so its own diagonal counts as liked.
    own = rows.diagonal() > 0
    return np.bincount(i[above], minlength=n).astype(bool) | own


def _canonical(
    rows: sparse.csr_array, weight: NDArray[np.float64], keep: NDArray[np.intp]
) -> NDArray[np.intp]:
    """An order of the kept items by their three strongest affinities and their weight."""
    strongest = np.zeros((3, len(keep)))
    for at, i in enumerate(keep):
        values = rows.data[rows.indptr[i] : rows.indptr[i + 1]]
        top = -np.sort(-values if len(values) <= 3 else np.partition(-values, 2)[:3])
        strongest[: len(top), at] = top
    return np.lexsort((strongest[2], weight[keep], strongest[1], -strongest[0]))


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
        before = set() if previous is None else set(previous[previous >= 0].tolist())
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
    slot = {name: number for number, name in enumerate(names)}
    before = np.full(len(order), -1, np.int32)
    stay = np.zeros(len(order))
    members: dict[int, list[int]] = {}
    for node, b in enumerate(of_block):
        if previous[node] >= 0:
            members.setdefault(int(b), []).append(slot[int(previous[node])])
    for item, b in enumerate(order):
        seats = members.get(int(b))
        if seats:
            values, times = np.unique(seats, return_counts=True)
            before[item] = values[np.argmax(times)]
            stay[item] = move_penalty * float(times.max())
    return before, stay
