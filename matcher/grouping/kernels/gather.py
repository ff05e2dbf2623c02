"""Groups grown from seeds over sparse rows, and groups given up."""

import numpy as np
from numba import njit

from matcher.grouping.kernels.rows import seat, worth_of
from matcher.grouping.kernels.state import EPS, lack, may_join
from matcher.lean import lean


@lean
def give_up(t, s):  # type: ignore[no-untyped-def]
    """Send the members of groups of no allowed size, or of negative worth, to the pool."""
    m = s.members.shape[0]
    gone = 0
    for g in range(m):
        if t.held[g] or s.size[g] == 0:
            continue
        short = lack(s.load[g], s.size[g], t.held[g], t.lower, t.upper) > EPS
        if short or worth_of(t, s, g) < -EPS:
            gone += 1
            _empty(t, s, g)
    return gone


@lean
def _empty(t, s, g):  # type: ignore[no-untyped-def]
    for q in range(s.size[g] - 1, -1, -1):
        seat(t, s, s.members[g, q], s.members.shape[0])


@lean
def _next(t, s, g, touched, n_touched, score):  # type: ignore[no-untyped-def]
    """The unplaced item near the group that adds most to it, and how much it adds."""
    m = s.members.shape[0]
    best = -np.inf
    chosen = np.int32(-1)
    for q in range(n_touched):
        j = touched[q]
        if s.label[j] != m or s.load[g] + t.weight[j] > t.upper + EPS:
            continue
        adds = score[j] - t.threshold * t.heads[j] * s.heads[g]
        if t.previous[j] == g:
            adds += t.stay[j]
        if adds > best and not t.fixed[j] and may_join(t, s, j, g, np.int32(-1)):
            best = adds
            chosen = j
    return best, chosen


@njit(cache=True, nogil=True)
def gather(t, s, seeds, target):  # type: ignore[no-untyped-def]
    """
    Grow groups of unplaced items round seeds, in the order given, up to a load.

    A group that stays below the lower bound, or is worth nothing, is given up. Returns the
    number of groups made.
    """
    m = s.members.shape[0]
    n = s.label.shape[0]
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
        if s.label[i] != m or t.fixed[i] or (t.ptr[i] == t.ptr[i + 1] and t.seat[i] <= EPS):
            continue
        n_touched = 0
        while i >= 0:
            seat(t, s, i, np.int32(g))
            if s.load[g] >= target - EPS:
                break
            for p in range(t.ptr[i], t.ptr[i + 1]):
                j = t.idx[p]
                if score[j] == 0.0:
                    touched[n_touched] = j
                    n_touched += 1
                    score[j] = 1e-300
                score[j] += t.val[p]
            adds, i = _next(t, s, np.int32(g), touched, n_touched, score)
            if i >= 0 and adds + t.seat[i] <= EPS:
                break
        for r in range(n_touched):
            score[touched[r]] = 0.0
        short = lack(s.load[g], s.size[g], t.held[g], t.lower, t.upper) > EPS
        if short or worth_of(t, s, g) <= EPS:
            _empty(t, s, g)
        else:
            made += 1
    return made
