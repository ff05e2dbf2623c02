"""
From what challenges are made of to a sparse graph of their affinities, at any size.

Affinity is the cosine of concepts, less what language, distance and experience take (the
weights are those of ``matcher.params``). Neighbours are found through lists of who holds a
concept, rarest first, under a budget of entries read for each item; items are numbered by
language and place, so that the part of a long list that is read is near and understood.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.kernels.postings import both_ways, degrees, nearest_items
from matcher.params import AffinityWeights

CHUNK = 2_000
"""Items a thread takes at a time."""
EXACT_UP_TO = 3_000
"""Items up to which every list is read to its end, whatever the budget."""


@dataclass(frozen=True)
class Features:
    """Items, one a row, with all that affinity looks at; ``n`` rows."""

    concepts: sparse.csr_array
    """Weights of concepts, ``(n, m)``; rows of length one."""
    languages: NDArray[np.int64]
    """One bit a working language; two items without a common one share nothing."""
    place: NDArray[np.float64]
    """Degrees north and east, ``(n, 2)``."""
    maturity: NDArray[np.int8]
    """Experience, 1 to 5; two beginners or two masters lose a little."""
    unit: NDArray[np.int64]
    """Items of one unit share nothing."""
    language: NDArray[np.int8]
    """First language; only the order of items looks at it."""

    def __post_init__(self) -> None:
        n = self.concepts.shape[0]
        for name in ("languages", "place", "maturity", "unit", "language"):
            if len(getattr(self, name)) != n:
                raise ValueError(f"{name} has {n} rows, got {len(getattr(self, name))}")
        if not np.isfinite(self.concepts.data).all():
            raise ValueError("concepts holds finite weights, got one that is not")


def affinity_graph(
    features: Features,
    *,
    k: int = 32,
    budget: int | None = 2_000,
    workers: int = 1,
    weights: AffinityWeights | None = None,
) -> sparse.csr_array:
    """
    Affinities of every item to its ``k`` nearest, both ways, shape ``(n, n)``, float32.

    Parameters
    ----------
    features
        What affinity looks at.
    k
        Nearest items kept of each; an item that many hold near has more.
    budget
        Entries of the lists read for one item; ``None`` reads all, as do small pools.
    workers
        Threads; they change nothing but time.
    weights
        What distance and experience take.
    """
    n = features.concepts.shape[0]
    if k < 1:
        raise ValueError(f"k is at least 1, got {k}")
    if budget is not None and budget < 1:
        raise ValueError(f"budget is at least 1, got {budget}")
    order = reading_order(features)
    near = np.full((n, min(k, max(n - 1, 1))), -1, np.int32)
    value = np.zeros(near.shape, np.float32)
    read = np.iinfo(np.int64).max if budget is None or n <= EXACT_UP_TO else budget
    _fill(features, order, weights or AffinityWeights(), int(read), workers, near, value)
    ptr = np.zeros(n + 1, np.int64)
    degree = degrees(near)
    ptr[1:][order] = degree
    np.cumsum(ptr, out=ptr)
    idx, val = np.empty(ptr[-1], np.int32), np.empty(ptr[-1], np.float32)
    both_ways(near, value, order.astype(np.int32), ptr, idx, val)
    indptr = ptr.astype(np.int32) if ptr[-1] < 2**31 else ptr
    graph = sparse.csr_array((val, idx, indptr), shape=(n, n))
    graph.sort_indices()
    return graph


def reading_order(features: Features) -> NDArray[np.intp]:
    """Items by first language, then along a Morton curve over their places."""
    return np.lexsort((_morton(features.place), features.language))


def _morton(place: NDArray[np.float64]) -> NDArray[np.int64]:
    """Bits of north and east in turn, 16 each: near places have near numbers (Morton 1966)."""
    if not len(place):
        return np.zeros(0, np.int64)
    low, high = place.min(axis=0), place.max(axis=0)
    step = ((place - low) / np.maximum(high - low, 1e-12) * 65535).astype(np.int64)
    code = np.zeros(len(place), np.int64)
    for bit in range(16):
        code |= ((step[:, 0] >> bit) & 1) << (2 * bit + 1) | ((step[:, 1] >> bit) & 1) << (2 * bit)
    return code


def _fill(
    features: Features,
    order: NDArray[np.intp],
    weights: AffinityWeights,
    budget: int,
    workers: int,
    near: NDArray[np.int32],
    value: NDArray[np.float32],
) -> None:
    rows, lists = _rows_and_lists(features.concepts, order)
    facts = (
        features.languages[order].astype(np.int64),
        _points(features.place[order]),
        features.maturity[order].astype(np.int64),
        features.unit[order].astype(np.int64),
        weights.distance,
        weights.distance_km,
        weights.maturity,
    )
    n = len(order)
    step = max(CHUNK, -(-n // (8 * workers)))

    def work(start: int) -> None:
        nearest_items(rows, lists, facts, budget, start, min(start + step, n), near, value)

    with ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(work, range(0, n, step)):
            pass


Lists = tuple[NDArray[np.int64], NDArray[np.int32], NDArray[Any]]


def _rows_and_lists(concepts: sparse.csr_array, order: NDArray[np.intp]) -> tuple[Lists, Lists]:
    """Rows in an order, each from its rarest concept on, and who holds each concept."""
    rows = concepts[order]
    data = rows.data.astype(np.float32, copy=False)
    frequency = np.bincount(rows.indices, minlength=concepts.shape[1])
    common = np.argsort(frequency, kind="stable")
    rank = np.empty(len(common), np.int32)
    rank[common] = np.arange(len(common))
    ranked = sparse.csr_array((data, rank[rows.indices], rows.indptr), shape=rows.shape)
    ranked.sort_indices()
    lists = ranked.tocsc()
    return _parts(ranked), _parts(lists)


def _parts(matrix: Any) -> Lists:
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.int32), matrix.data


def _points(place: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places as points of the unit sphere, ``(n, 3)``."""
    north, east = np.radians(place[:, 0]), np.radians(place[:, 1])
    return np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )
