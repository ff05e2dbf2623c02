"""Nearest items through lists of who holds a concept, and a symmetric graph of them."""

import math

import numpy as np
from numba import njit

from matcher.lean import lean

EARTH_KM = 6371.0088


@lean
def likeness_left(i, j, mask, point, mature, unit, far, half_km, alike):  # type: ignore[no-untyped-def]
    """Share of the likeness of two items that language, distance and experience leave."""
    if unit[i] == unit[j] or mask[i] & mask[j] == 0:
        return 0.0
    chord = 0.0
    for axis in range(3):
        chord += (point[i, axis] - point[j, axis]) ** 2
    km = 2.0 * EARTH_KM * math.asin(min(1.0, 0.5 * math.sqrt(chord)))
    left = 1.0 - far * km / (km + half_km)
    if (mature[i] <= 2 and mature[j] <= 2) or (mature[i] >= 4 and mature[j] >= 4):
        left *= 1.0 - alike
    return left


@lean
def _sink(values, items, at, size):  # type: ignore[no-untyped-def]
    """Let a heap's entry sink to its place; the least value is on top."""
    value = values[at]
    item = items[at]
    while True:
        child = 2 * at + 1
        if child >= size:
            break
        if child + 1 < size and values[child + 1] < values[child]:
            child += 1
        if values[child] >= value:
            break
        values[at] = values[child]
        items[at] = items[child]
        at = child
    values[at] = value
    items[at] = item


@lean
def keep_best(values, items, size, most, value, item):  # type: ignore[no-untyped-def]
    """Put an entry among the ``most`` best of a heap; how many there are then."""
    if size < most:
        at = size
        while at > 0 and values[(at - 1) >> 1] > value:
            values[at] = values[(at - 1) >> 1]
            items[at] = items[(at - 1) >> 1]
            at = (at - 1) >> 1
        values[at] = value
        items[at] = item
        return size + 1
    if value > values[0]:
        values[0] = value
        items[0] = item
        _sink(values, items, 0, size)
    return size


@lean
def _window(items, first, last, i, most):  # type: ignore[no-untyped-def]
    """Part of a posting list, ``most`` long, round the place of item ``i`` in it."""
    if last - first <= most:
        return first, last
    low = first
    high = last
    while low < high:
        middle = (low + high) >> 1
        if items[middle] < i:
            low = middle + 1
        else:
            high = middle
    start = min(max(low - most // 2, first), last - most)
    return start, start + most


@njit(cache=True, nogil=True)
def nearest_items(rows, lists, facts, budget, start, stop, near, value):  # type: ignore[no-untyped-def]
    """
    Fill ``near`` and ``value`` of the items from ``start`` up to ``stop``, best first.

    Lists are read from the rarest concept on, a window of what is left of the budget where
    one is longer; twice as many as wanted are then compared in full.
    """
    ptr, concept, weight = rows
    list_ptr, holder, held = lists
    mask, point, mature, unit, far, half_km, alike = facts
    n = ptr.shape[0] - 1
    k = near.shape[1]
    score = np.zeros(n, np.float32)
    touched = np.empty(n, np.int32)
    mine = np.zeros(list_ptr.shape[0] - 1, np.float32)
    some = np.empty(2 * k + 1)
    who = np.empty(2 * k + 1, np.int32)
    for i in range(start, stop):
        left = budget
        n_touched = 0
        for p in range(ptr[i], ptr[i + 1]):
            mine[concept[p]] = weight[p]
            if left <= 0:
                continue
            first, last = list_ptr[concept[p]], list_ptr[concept[p] + 1]
            first, last = _window(holder, first, last, i, left)
            left -= last - first
            for q in range(first, last):
                j = holder[q]
                if score[j] == 0.0:
                    touched[n_touched] = j
                    n_touched += 1
                score[j] += weight[p] * held[q]
        score[i] = 0.0
        size = 0
        for q in range(n_touched):
            j = touched[q]
            if j != i and unit[j] != unit[i] and mask[i] & mask[j] != 0:
                size = keep_best(some, who, size, 2 * k, np.float64(score[j]), j)
            score[j] = 0.0
        for q in range(size):
            j = who[q]
            full = 0.0
            for p in range(ptr[j], ptr[j + 1]):
                full += weight[p] * mine[concept[p]]
            some[q] = -full * likeness_left(i, j, mask, point, mature, unit, far, half_km, alike)
        for p in range(ptr[i], ptr[i + 1]):
            mine[concept[p]] = 0.0
        order = np.argsort(some[:size])
        for q in range(min(k, size)):
            if some[order[q]] < 0.0:
                near[i, q] = who[order[q]]
                value[i, q] = -some[order[q]]


@lean
def _at(near, i, j):  # type: ignore[no-untyped-def]
    for q in range(near.shape[1]):
        if near[i, q] == j:
            return q
    return -1


@njit(cache=True, nogil=True)
def degrees(near):  # type: ignore[no-untyped-def]
    """How many ties each item has when a tie holds both ways."""
    degree = np.zeros(near.shape[0], np.int64)
    for i in range(near.shape[0]):
        for q in range(near.shape[1]):
            j = near[i, q]
            if j >= 0:
                degree[i] += 1
                if _at(near, j, i) < 0:
                    degree[j] += 1
    return degree


@njit(cache=True, nogil=True)
def both_ways(near, value, name, ptr, idx, val):  # type: ignore[no-untyped-def]
    """Write every tie both ways with one value, under the items' names."""
    filled = np.zeros(near.shape[0], np.int64)
    for i in range(near.shape[0]):
        for q in range(near.shape[1]):
            j = near[i, q]
            if j < 0:
                continue
            back = _at(near, j, i)
            tie = value[i, q] if back < 0 or i < j else value[j, back]
            one, other = name[i], name[j]
            idx[ptr[one] + filled[i]] = other
            val[ptr[one] + filled[i]] = tie
            filled[i] += 1
            if back < 0:
                idx[ptr[other] + filled[j]] = one
                val[ptr[other] + filled[j]] = tie
                filled[j] += 1
