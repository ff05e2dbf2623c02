"""A pass over every sketch, the best of them, and the scores of those."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True, fastmath=True)
def scan(sketches, scale, query, scores):  # type: ignore[no-untyped-def]
    """Write the product of a query with every sketch, shape ``(n,)``."""
    n, d = sketches.shape
    for row in range(n):
        total = np.int32(0)
        for at in range(d):
            total += np.int32(sketches[row, at]) * np.int32(query[at])
        scores[row] = scale[row] * np.float32(total)


@njit(cache=True, nogil=True)
def best(scores, here, m):  # type: ignore[no-untyped-def]
    """
    Rows of some ``m`` highest scores among those that are here, in no order.

    By counting scores in steps, which takes two passes and no sorting; rows of the last
    step are taken in order until ``m`` are found.
    """
    steps = 8192
    top = np.float32(1e-9)
    for row in range(len(scores)):
        if here[row] and scores[row] > top:
            top = scores[row]
    per = np.float32(steps - 1) / top
    counts = np.zeros(steps, np.int64)
    for row in range(len(scores)):
        if here[row] and scores[row] > 0:
            counts[int(scores[row] * per)] += 1
    step, held = steps, 0
    while step > 0 and held + counts[step - 1] <= m:
        step -= 1
        held += counts[step]
    found = np.empty(m, np.int64)
    n, room = 0, m - held
    for row in range(len(scores)):
        if not here[row] or scores[row] <= 0:
            continue
        at = int(scores[row] * per)
        if at >= step:
            found[n] = row
            n += 1
        elif at == step - 1 and room > 0:
            found[n] = row
            n += 1
            room -= 1
    return found[:n]


@njit(cache=True, nogil=True, fastmath=True)
def ranked(dense, scale, sparse, bits, rows, query, weights, scores):  # type: ignore[no-untyped-def]
    """
    Write the scores of chosen rows: their dense part and their packed columns.

    Parameters
    ----------
    dense, scale
        Rows as whole numbers, and what one of them is worth.
    sparse, bits
        Packed columns, the weight in the lowest ``bits``.
    query, weights
        Dense part of the query, and its weight for every column.
    """
    low = np.uint32((1 << bits) - 1)
    unit = np.float32(1.0 / low)
    for at in range(len(rows)):
        row = rows[at]
        near = np.float32(0.0)
        for i in range(dense.shape[1]):
            near += dense[row, i] * query[i]
        total = near * scale[row]
        for i in range(sparse.shape[1]):
            packed = sparse[row, i]
            if packed == 0:
                break
            total += weights[packed >> np.uint32(bits)] * np.float32(packed & low) * unit
        scores[at] = total
