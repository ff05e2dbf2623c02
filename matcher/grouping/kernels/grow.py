"""Groups grown from seeds, and groups given up."""

import numpy as np
from numba import njit

from matcher.grouping.kernels.state import EPS, lack, may_join, pair, put
from matcher.lean import lean


@lean
def value_of(t, s, g):  # type: ignore[no-untyped-def]
    """What a group is worth: pairs above the threshold, seats, stays and mix."""
    value = t.mix if s.givers[g] > 0 else 0.0
    for q in range(s.size[g]):
        i = s.members[g, q]
        others = s.heads[g] - t.heads[i]
        value += 0.5 * (s.gain[g, i] - t.threshold * t.heads[i] * others)
        value += t.seat[i]
        if t.previous[i] == g:
            value += t.stay[i]
    return value


@lean
def dissolve(t, s):  # type: ignore[no-untyped-def]
    """Send the members of groups of no allowed size, or of negative worth, to the pool."""
    m = s.gain.shape[0]
    gone = 0
    for g in range(m):
        if t.held[g] or s.size[g] == 0:
            continue
        short = lack(s.load[g], s.size[g], t.held[g], t.lower, t.upper) > EPS
        if not short and value_of(t, s, g) >= -EPS:
            continue
        gone += 1
        while s.size[g] > 0:
            put(t, s, s.members[g, s.size[g] - 1], m)
    return gone


@lean
def _next(t, s, g, touched, n_touched, score):  # type: ignore[no-untyped-def]
    """The unplaced item near the group that adds most to it, and how much it adds."""
    m = s.gain.shape[0]
    best = -np.inf
    chosen = np.int32(-1)
    for q in range(n_touched):
        j = touched[q]
        if s.label[j] != m or s.load[g] + t.weight[j] > t.upper + EPS:
            continue
        adds = score[j] - t.threshold * t.heads[j] * s.heads[g]
        if t.previous[j] == g:
            adds += t.stay[j]
        if adds > best and may_join(t, s, j, g, np.int32(-1)):
            best = adds
            chosen = j
    return best, chosen


@lean
def _touch(t, i, touched, n_touched, score):  # type: ignore[no-untyped-def]
    """Add item ``i``'s affinities to the scores of its nearest items."""
    for r in range(t.near_n[i]):
        j = t.near[i, r]
        if score[j] == 0.0:
            touched[n_touched] = j
            n_touched += 1
            score[j] = 1e-300
        score[j] += pair(t.dense, t.full, t.ptr, t.idx, t.val, i, j)
    return n_touched


@njit(cache=True, nogil=True)
def grow(t, s, seeds, target):  # type: ignore[no-untyped-def]
    """
    Grow groups of unplaced items round seeds, in the order given, up to a load.

    A group that stays below the lower bound, or is worth nothing, is given up. Gains are
    kept up. Returns the number of groups made.
    """
    m, n = s.gain.shape
    score = np.zeros(n)
    touched = np.empty(n, np.int32)
    made = 0
    g = 0
    for q in range(seeds.shape[0]):
        while g < m and (s.size[g] > 0 or t.held[g]):
            g += 1
        if g == m:
            break
        i = seeds[q]
        if s.label[i] != m or t.fixed[i] or (t.near_n[i] == 0 and t.seat[i] <= EPS):
            continue
        n_touched = 0
        while i >= 0:
            put(t, s, i, g)
            if s.load[g] >= target - EPS:
                break
            n_touched = _touch(t, i, touched, n_touched, score)
            adds, i = _next(t, s, g, touched, n_touched, score)
            if i >= 0 and adds + t.seat[i] <= EPS:
                break
        for r in range(n_touched):
            score[touched[r]] = 0.0
        short = lack(s.load[g], s.size[g], t.held[g], t.lower, t.upper) > EPS
        if short or value_of(t, s, g) <= EPS:
            while s.size[g] > 0:
                put(t, s, s.members[g, s.size[g] - 1], m)
        else:
            made += 1
    return made


@lean
def spread(t, s, order):  # type: ignore[no-untyped-def]
    """Put unplaced items, in the order given, where they fit: held slots in need first."""
    m = s.gain.shape[0]
    for q in range(order.shape[0]):
        i = order[q]
        if s.label[i] != m or t.fixed[i]:
            continue
        best = -np.inf
        to = np.int32(-1)
        for g in range(m):
            if s.load[g] + t.weight[i] > t.upper + EPS:
                continue
            need = t.lower - s.load[g]
            gain = s.gain[g, i] - t.threshold * t.heads[i] * s.heads[g]
            # Need decides before affinity until every slot has its lower bound.
            rank = gain + (1e12 + 1e6 * need if need > EPS else 0.0)
            if rank > best and may_join(t, s, i, np.int32(g), np.int32(-1)):
                best = rank
                to = np.int32(g)
        if to >= 0:
            put(t, s, i, to)
