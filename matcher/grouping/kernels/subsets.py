"""The best partition of very few items, proven: every group there may be is tried."""

import numpy as np
from numba import njit

from matcher.grouping.kernels.state import EPS


@njit(cache=True, nogil=True)
def worths_of(t, full):  # type: ignore[no-untyped-def]
    """
    What every set of items is worth as a group, ``(2 ** n,)``; ``-inf`` where it may be none.

    Bit ``i`` of a set's number stands for item ``i``. ``full`` holds the worth of each pair.
    """
    n = full.shape[0]
    every = 1 << n
    worth, load = np.zeros(every), np.zeros(every)
    common = np.full(every, -1, np.int64)
    gives, barred = np.zeros(every, np.uint8), np.zeros(every, np.uint8)
    foes = np.zeros(n, np.int64)
    for i in range(n):
        for p in range(t.bar_ptr[i], t.bar_ptr[i + 1]):
            foes[i] |= np.int64(1) << np.int64(t.bar_idx[p])
    for group in range(1, every):
        i = 0
        while not (group >> i) & 1:
            i += 1
        rest = group & (group - 1)
        value = worth[rest] + t.seat[i]
        left = rest
        j = i + 1
        while left >> j:
            if (left >> j) & 1:
                value += full[i, j]
            j += 1
        worth[group] = value
        load[group] = load[rest] + t.weight[i]
        common[group] = common[rest] & t.mask[i]
        gives[group] = gives[rest] | t.giver[i]
        barred[group] = barred[rest] | (foes[i] & rest != 0)
    for group in range(every):
        fits = t.lower - EPS <= load[group] <= t.upper + EPS
        if group == 0 or not fits or barred[group] or common[group] == 0:
            worth[group] = -np.inf
        elif gives[group]:
            worth[group] += t.mix
    return worth


@njit(cache=True, nogil=True)
def best_split(worth, n):  # type: ignore[no-untyped-def]
    """
    The best choice of disjoint groups: a slot for each item, ``n`` for who is left out.

    Dynamic programming over sets: the first item of a set is left out, or in one of the
    groups that the set holds; about ``3 ** n / 2`` steps.
    """
    every = 1 << n
    best = np.zeros(every)
    taken = np.zeros(every, np.int64)
    for group in range(1, every):
        first = group & -group
        rest = group ^ first
        value, chosen = best[rest], 0
        part = rest
        while True:
            whole = part | first
            if worth[whole] > 0.0:
                sum_ = worth[whole] + best[rest ^ part]
                if sum_ > value + EPS:
                    value, chosen = sum_, whole
            if part == 0:
                break
            part = (part - 1) & rest
        best[group], taken[group] = value, chosen
    label = np.full(n, n, np.int32)
    slot = 0
    left = every - 1
    while left:
        chosen = taken[left]
        if chosen == 0:
            left &= left - 1
            continue
        for i in range(n):
            if (chosen >> i) & 1:
                label[i] = slot
        slot += 1
        left ^= chosen
    return label
