"""Making and keeping up the inverted index."""

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.incremental.arrays import Items, Postings, Texts, grown, room
from matcher.lean import lean

BITS = 16
"""Of each of latitude and longitude in a Morton code: a cell of some hundred metres."""


def order_code(mask: NDArray[np.int64], place: NDArray[np.float32]) -> NDArray[np.int64]:
    """First language, then the place as a Morton code: near codes are near each other."""
    codes = np.empty(len(mask), np.int64)
    for_all(mask, place, codes)
    return codes


@lean
def for_all(mask, place, codes):  # type: ignore[no-untyped-def]
    """Codes of many items."""
    for i in range(len(codes)):
        codes[i] = code_of(mask[i], place[i, 0], place[i, 1])


@lean
def code_of(mask, lat, lon):  # type: ignore[no-untyped-def]
    """Code of one item; one whose place is not known stands in the middle."""
    across = 0.5 if math.isnan(lat) else lat / math.pi + 0.5
    along = 0.5 if math.isnan(lon) else lon / (2.0 * math.pi) + 0.5
    most = (1 << BITS) - 1
    cell = _spread(min(most, int(across * most))) << 1
    cell |= _spread(min(most, int(along * most)))
    return ((mask & -mask) << (2 * BITS)) | cell


@lean
def _spread(bits):  # type: ignore[no-untyped-def]
    """Lay 16 bits out with a gap after each (Morton 1966)."""
    bits = (bits | (bits << 8)) & 0x00FF00FF
    bits = (bits | (bits << 4)) & 0x0F0F0F0F
    bits = (bits | (bits << 2)) & 0x33333333
    return (bits | (bits << 1)) & 0x55555555


def postings_of(texts: Texts, items: Items, n: int, indexed: int) -> Postings:
    """Index ``n`` items by the first ``indexed`` columns of their needs."""
    begin = np.zeros(indexed + 1, np.int64)
    count_columns(texts, items.need, n, begin)
    item = np.empty(begin[-1], np.int32)
    weight = np.empty(begin[-1], np.float32)
    fill(texts, items.need, n, begin, item, weight)
    late = room(0) * 16
    return Postings(
        begin=begin,
        item=item,
        weight=weight,
        head=np.full(indexed, -1, np.int32),
        holders=np.diff(begin).astype(np.int32),
        chain=np.empty(late, np.int32),
        late_item=np.empty(late, np.int32),
        late_weight=np.empty(late, np.float32),
        order=order_code(items.mask[:n], items.place[:n]),
    )


def with_room(post: Postings, entries: int) -> Postings:
    """Postings whose append segment holds so many entries."""
    return post._replace(
        chain=grown(post.chain, entries),
        late_item=grown(post.late_item, entries),
        late_weight=grown(post.late_weight, entries),
    )


@lean
def count_columns(texts, need, n, begin):  # type: ignore[no-untyped-def]
    """Set where each column's list begins."""
    indexed = begin.shape[0] - 1
    for i in range(n):
        a = need[i]
        for p in range(texts.start[a], texts.start[a] + texts.length[a]):
            if texts.columns[p] < indexed:
                begin[texts.columns[p] + 1] += 1
    for column in range(indexed):
        begin[column + 1] += begin[column]


@njit(cache=True, nogil=True)
def fill(texts, need, n, begin, item, weight):  # type: ignore[no-untyped-def]
    """Write the lists, each by rising item."""
    at = begin[:-1].copy()
    for i in range(n):
        a = need[i]
        for p in range(texts.start[a], texts.start[a] + texts.length[a]):
            column = texts.columns[p]
            if column < at.shape[0]:
                item[at[column]] = i
                weight[at[column]] = texts.weights[p]
                at[column] += 1


@lean
def append(texts, items, post, ranks, i, entries):  # type: ignore[no-untyped-def]
    """Put item ``i`` into the append segment; how many entries that has now."""
    code = code_of(items.mask[i], items.place[i, 0], items.place[i, 1])
    ranks[i] = np.searchsorted(post.order, code)
    a = items.need[i]
    for p in range(texts.start[a], texts.start[a] + texts.length[a]):
        column = texts.columns[p]
        if column < post.head.shape[0]:
            post.late_item[entries] = i
            post.late_weight[entries] = texts.weights[p]
            post.chain[entries] = post.head[column]
            post.head[column] = entries
            post.holders[column] += 1
            entries += 1
    return entries
