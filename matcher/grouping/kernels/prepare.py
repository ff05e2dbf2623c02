"""Loops over the rows of an affinity before and after the search, one pass each."""

import numpy as np
from numba import njit

from matcher.grouping.kernels.state import EPS
from matcher.lean import lean


@lean
def first_unmatched(ptr, idx, val, tolerance):  # type: ignore[no-untyped-def]
    """Position of an entry whose mirror differs by more than ``tolerance``, else -1."""
    for i in range(ptr.shape[0] - 1):
        for p in range(ptr[i], ptr[i + 1]):
            j = idx[p]
            low = ptr[j]
            high = ptr[j + 1]
            while low < high:
                middle = (low + high) >> 1
                if idx[middle] < i:
                    low = middle + 1
                else:
                    high = middle
            mirror = val[low] if low < ptr[j + 1] and idx[low] == i else 0.0
            if abs(val[p] - mirror) > tolerance:
                return p
    return -1


@njit(cache=True, nogil=True)
def liked(ptr, idx, val, bar_ptr, bar_idx, threshold):  # type: ignore[no-untyped-def]
    """Whether an item has an affinity above the threshold to one that it may meet."""
    n = ptr.shape[0] - 1
    found = np.zeros(n, np.bool_)
    for i in range(n):
        for p in range(ptr[i], ptr[i + 1]):
            j = idx[p]
            if j == i:
                # What must-links tie is liked by itself.
                if val[p] > 0.0:
                    found[i] = True
            elif val[p] > threshold and not found[i]:
                barred = False
                for q in range(bar_ptr[i], bar_ptr[i + 1]):
                    barred = barred or bar_idx[q] == j
                found[i] = not barred
            if found[i]:
                break
    return found


@njit(cache=True, nogil=True)
def strongest(ptr, val, keep, k):  # type: ignore[no-untyped-def]
    """The ``k`` strongest entries of the kept rows, falling, 0 where there are fewer."""
    top = np.zeros((k, keep.shape[0]))
    for at in range(keep.shape[0]):
        i = keep[at]
        number = 0
        for p in range(ptr[i], ptr[i + 1]):
            value = np.float64(val[p])
            if number == k and value <= top[k - 1, at]:
                continue
            q = number if number < k else k - 1
            number = min(number + 1, k)
            while q > 0 and top[q - 1, at] < value:
                top[q, at] = top[q - 1, at]
                q -= 1
            top[q, at] = value
    return top


@njit(cache=True, nogil=True)
def nearest_of(ptr, idx, val, k):  # type: ignore[no-untyped-def]
    """The ``k`` strongest positive entries of each row, strongest first, and how many."""
    n = ptr.shape[0] - 1
    near = np.full((n, max(1, min(k, n))), -1, np.int32)
    number = np.zeros(n, np.int32)
    values = np.zeros(k)
    for i in range(n):
        count = 0
        for p in range(ptr[i], ptr[i + 1]):
            value = np.float64(val[p])
            if value <= 0.0 or (count == k and value <= values[k - 1]):
                continue
            q = count if count < k else k - 1
            count = min(count + 1, k)
            while q > 0 and values[q - 1] < value:
                values[q] = values[q - 1]
                near[i, q] = near[i, q - 1]
                q -= 1
            values[q] = value
            near[i, q] = idx[p]
        number[i] = count
    return near, number


@njit(cache=True, nogil=True)
def best_sums(ptr, val, most, threshold):  # type: ignore[no-untyped-def]
    """Sum, over rows, of the ``most`` largest excesses of entries over the threshold."""
    n = ptr.shape[0] - 1
    total = 0.0
    top = np.zeros(max(most, 1))
    for i in range(n):
        count = 0
        for p in range(ptr[i], ptr[i + 1]):
            value = np.float64(val[p]) - threshold
            if value <= 0.0 or (count == most and value <= top[most - 1]):
                continue
            q = count if count < most else most - 1
            count = min(count + 1, most)
            while q > 0 and top[q - 1] < value:
                top[q] = top[q - 1]
                q -= 1
            top[q] = value
        if threshold < 0.0:
            # What is not stored is 0, and so above the threshold.
            rest = n - 1 - (ptr[i + 1] - ptr[i])
            while rest > 0 and (count < most or top[most - 1] < -threshold):
                q = count if count < most else most - 1
                count = min(count + 1, most)
                while q > 0 and top[q - 1] < -threshold:
                    top[q] = top[q - 1]
                    q -= 1
                top[q] = -threshold
                rest -= 1
        row = 0.0
        for q in range(count):
            row += top[q]
        total += row
    return total


@lean
def inside_sum(ptr, idx, val, label):  # type: ignore[no-untyped-def]
    """Sum of the entries whose row and column share a group, each pair once."""
    total = 0.0
    for i in range(ptr.shape[0] - 1):
        if label[i] < 0:
            continue
        row = 0.0
        for p in range(ptr[i], ptr[i + 1]):
            if idx[p] > i and label[idx[p]] == label[i]:
                row += val[p]
        total += row
    return total


@njit(cache=True, nogil=True)
def picked(ptr, idx, val, order, number, out_idx, out_val):  # type: ignore[no-untyped-def]
    """
    Rows and columns of ``order``, numbered by ``number`` (-1: dropped), into arrays given.

    The diagonal and zeros are dropped as well. Returns where each row ends.
    """
    ends = np.zeros(order.shape[0] + 1, np.int64)
    at = 0
    for row in range(order.shape[0]):
        i = order[row]
        for p in range(ptr[i], ptr[i + 1]):
            j = number[idx[p]]
            if j >= 0 and j != row and val[p] != 0.0:
                out_idx[at] = j
                out_val[at] = val[p]
                at += 1
        ends[row + 1] = at
    return ends


@njit(cache=True, nogil=True)
def hold_to_rules(label, slots, fixed, weight, upper, mask, bar_ptr, bar_idx):  # type: ignore[no-untyped-def]
    """
    Take out of their slots, -1, those whom a group's rules would not let in; pinned ones stay.

    ``label`` is changed in place. Where groups are as the rules want them nobody goes.
    """
    load, common = np.zeros(slots), np.full(slots, -1, np.int64)
    seated = np.zeros(label.shape[0], np.bool_)
    for turn in range(2):
        for i in range(label.shape[0]):
            g = label[i]
            if g < 0 or (fixed[i] != 0) != (turn == 0):
                continue
            may = turn == 0 or (load[g] + weight[i] <= upper + EPS and common[g] & mask[i] != 0)
            for p in range(bar_ptr[i], bar_ptr[i + 1]):
                j = bar_idx[p]
                if turn == 1 and seated[j] and label[j] == g:
                    may = False
            if may:
                seated[i] = True
                load[g] += weight[i]
                common[g] &= mask[i]
            else:
                label[i] = -1
