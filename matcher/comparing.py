"""Texts compared with each other in loops: one with all, all with all, and pair by pair."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy import sparse

from matcher.lean import lean

TOGETHER = 128
"""Texts that are compared with all others at once: their scores stay near the processor."""
COMMON = 6
"""A column that one text in so many holds is multiplied quicker than looked up."""


MOST_COMMON = 512
"""Columns laid out beside the vectors at most, those that most texts hold: 2 kB a text."""


class Lists(NamedTuple):
    """Who holds each sparse column, by rising number, and how strongly."""

    begin: NDArray[np.int64]
    item: NDArray[np.uint32]
    weight: NDArray[np.float32]


class Best(NamedTuple):
    """The likest of each text found so far, those with lower numbers first."""

    item: NDArray[np.int32]
    score: NDArray[np.float32]
    held: NDArray[np.int32]
    bar: NDArray[np.float32]
    """Score that one must be above to be among them."""


def lists_of(rows: sparse.csr_array) -> Lists:
    """Turn rows by text into lists by column."""
    turned = rows.tocsc()
    turned.sort_indices()
    return Lists(
        turned.indptr.astype(np.int64),
        turned.indices.astype(np.uint32),
        turned.data.astype(np.float32, copy=False),
    )


def likest(
    vectors: NDArray[np.float32], rows: sparse.csr_array, most: int
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """
    The ``most`` likest others of each text, each pair being compared once.

    Parameters
    ----------
    vectors, rows
        Dense and sparse parts of ``n`` texts; a score is the sum of both products.

    Returns
    -------
    tuple
        Numbers and scores, shape ``(n, 2 * most)``: at least the ``most`` likest by rising
        number, those of a row that has fewer followed by -1 and 0.
    """
    n = len(vectors)
    vectors, rows = _common_apart(vectors, rows)
    lists = lists_of(rows)
    best = Best(
        np.full((n, 2 * most), -1, np.int32),
        np.zeros((n, 2 * most), np.float32),
        np.zeros(n, np.int32),
        np.zeros(n, np.float32),
    )
    ptr, columns = rows.indptr.astype(np.int64), rows.indices.astype(np.int32, copy=False)
    head = lists.begin[:-1].copy()
    for first in range(0, n, TOGETHER):
        scores = vectors[first : first + TOGETHER] @ vectors[first:].T
        compare(first, scores, ptr, columns, lists, head, best)
    return best.item, best.score


def _common_apart(
    vectors: NDArray[np.float32], rows: sparse.csr_array
) -> tuple[NDArray[np.float32], sparse.csr_array]:
    """Columns that many texts hold beside the vectors, and the rows without them."""
    ptr, columns, values = _parts(rows)
    common = common_columns(columns, rows.shape[1], len(vectors) // COMMON, MOST_COMMON)
    number = np.full(rows.shape[1], -1, np.int32)
    number[common] = np.arange(len(common), dtype=np.int32)
    wide = np.zeros((len(vectors), vectors.shape[1] + len(common)), np.float32)
    wide[:, : vectors.shape[1]] = vectors
    kept = np.empty(len(columns), np.int32), np.empty(len(columns), np.float32)
    ends = np.zeros(len(ptr), np.int64)
    at = part(ptr, columns, values, number, wide, vectors.shape[1], *kept, ends)
    return wide, sparse.csr_array((kept[1][:at], kept[0][:at], ends), shape=rows.shape)


@njit(cache=True, nogil=True)
def common_columns(columns, n, least, most):  # type: ignore[no-untyped-def]
    """Columns of ``n`` that more than ``least`` rows hold, the ``most`` held at most; rising."""
    held = np.zeros(n, np.int64)
    for c in columns:
        held[c] += 1
    found = np.flatnonzero(held > least)
    if len(found) > most:
        order = np.argsort(-held[found], kind="mergesort")
        found = np.sort(found[order[:most]])
    return found


@lean
def part(ptr, columns, values, number, wide, first, kept_columns, kept_values, ends):  # type: ignore[no-untyped-def]
    """Lay common columns out beside the vectors, keep the others; returns how many are kept."""
    at = 0
    for i in range(len(ptr) - 1):
        for p in range(ptr[i], ptr[i + 1]):
            c = columns[p]
            if number[c] >= 0:
                wide[i, first + number[c]] = values[p]
            else:
                kept_columns[at], kept_values[at] = c, values[p]
                at += 1
        ends[i + 1] = at
    return at


@njit(cache=True, nogil=True)
def compare(first, scores, ptr, columns, lists, head, best):  # type: ignore[no-untyped-def]
    """
    Add what some texts share with all that come after them to their scores, and keep the likest.

    ``head`` is where the list of each column goes on after the texts that were before; a list
    is read for all of these texts that are in it at once, since most of the time goes into
    fetching lists.
    """
    # Taken out of their tuples once: each look inside costs a count of references. Numbers
    # without a sign need no look at whether they count from the end.
    begin, item, weight, skipped = lists.begin, lists.item, lists.weight, np.uint32(first)
    bar, last = best.bar, first + scores.shape[0]
    for r in range(scores.shape[0]):
        i = first + r
        for p in range(ptr[i], ptr[i + 1]):
            c = columns[p]
            start, end = head[c], begin[c + 1]
            if start == end or item[start] != i:
                continue  # an earlier text of these holds it, too
            while head[c] < end and item[head[c]] < last:
                at = head[c]
                out, value = scores[item[at] - skipped], weight[at]
                for q in range(at + 1, end):
                    out[item[q] - skipped] += value * weight[q]
                head[c] += 1
    for r in range(scores.shape[0]):
        i, out = first + r, scores[r]
        for at in range(r + 1, out.shape[0]):
            score = out[at]
            if score > bar[i]:
                keep(best, i, first + at, score)
            if score > bar[first + at]:
                keep(best, first + at, i, score)


@njit(cache=True, nogil=True)
def keep(best, i, j, score):  # type: ignore[no-untyped-def]
    """Keep one more; when there is no room the worse half goes, the order stays."""
    n = best.held[i]
    best.item[i, n], best.score[i, n] = j, score
    best.held[i] = n + 1
    room = best.item.shape[1]
    if n + 1 < room:
        return
    bar = np.partition(best.score[i], room // 2)[room // 2]
    ties = room // 2 - np.sum(best.score[i] > bar)
    kept = 0
    for q in range(room):
        value = best.score[i, q]
        if value > bar or (value == bar and ties > 0):
            ties -= value == bar
            best.item[i, kept], best.score[i, kept] = best.item[i, q], value
            kept += 1
    best.item[i, kept:], best.score[i, kept:] = -1, 0.0
    best.held[i], best.bar[i] = kept, bar


@lean
def add_shared(columns, values, lists, out):  # type: ignore[no-untyped-def]
    """Add what one text shares with all others in sparse columns to their scores."""
    begin, item, weight = lists.begin, lists.item, lists.weight
    for p in range(columns.shape[0]):
        c = columns[p]
        value = values[p]
        for q in range(begin[c], begin[c + 1]):
            out[item[q]] += value * weight[q]


def products(
    left: sparse.csr_array, right: sparse.csr_array, i: NDArray[Any], j: NDArray[Any]
) -> NDArray[np.float64]:
    """Product of row ``i`` on the left and ``j`` on the right, pair by pair; NaN for one of -1."""
    out = np.full(len(i), np.nan)
    order = np.argsort(i, kind="stable")
    scratch = np.zeros(left.shape[1], np.float32)
    multiply(_parts(left), _parts(right), i, j, order, scratch, out)
    return out


def _parts(rows: sparse.csr_array) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    return rows.indptr.astype(np.int64), rows.indices.astype(np.int32, copy=False), rows.data


@lean
def multiply(left, right, i, j, order, scratch, out):  # type: ignore[no-untyped-def]
    """The loop of ``products``: each row on the left is laid out once."""
    ptr, columns, values = left
    other_ptr, other_columns, other_values = right
    laid = -1
    for at in order:
        if i[at] < 0 or j[at] < 0:
            continue
        if i[at] != laid:
            if laid >= 0:
                for p in range(ptr[laid], ptr[laid + 1]):
                    scratch[columns[p]] = 0.0
            laid = i[at]
            for p in range(ptr[laid], ptr[laid + 1]):
                scratch[columns[p]] = values[p]
        total = 0.0
        for p in range(other_ptr[j[at]], other_ptr[j[at] + 1]):
            total += scratch[other_columns[p]] * other_values[p]
        out[at] = total


def warm() -> None:
    """Run every loop once."""
    rows = sparse.csr_array(np.ones((2, 1), np.float32))
    likest(np.zeros((2, 1), np.float32), rows, 1)
    lists = lists_of(rows)
    add_shared(rows.indices[:1].astype(np.int32), rows.data[:1], lists, np.zeros(2, np.float32))
    products(rows, rows, np.zeros(1, np.int64), np.ones(1, np.int64))
