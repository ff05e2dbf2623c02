"""Blocks of whole groups that are near each other, cut anew whenever asked."""

import numpy as np
from numba import njit

from matcher.lean import lean


@njit(cache=True, nogil=True)
def cut_groups(t, s, seeds, target):  # type: ignore[no-untyped-def]
    """
    Block of each slot, grown over the strongest ties of groups from ``seeds`` in order.

    A block takes the group most tied to it until it holds ``target`` items; where no tie is
    left it goes on from the next seed. Returns the blocks (-1 for empty slots) and their
    number.
    """
    m = s.members.shape[0]
    block = np.full(m, -1, np.int32)
    tie = np.zeros(m)
    frontier = np.empty(m, np.int32)
    n_frontier = 0
    here = np.int32(-1)
    filled = target
    q = 0
    while True:
        if filled >= target:
            for r in range(n_frontier):
                tie[frontier[r]] = 0.0
            n_frontier = 0
        at = -1
        for r in range(n_frontier):
            if at < 0 or tie[frontier[r]] > tie[frontier[at]]:
                at = r
        if at < 0:
            while q < seeds.shape[0] and (block[seeds[q]] >= 0 or s.size[seeds[q]] == 0):
                q += 1
            if q == seeds.shape[0]:
                break
            g = seeds[q]
        else:
            g = frontier[at]
            n_frontier -= 1
            frontier[at] = frontier[n_frontier]
        if filled >= target:
            here += 1
            filled = 0
        block[g] = here
        filled += s.size[g]
        n_frontier = _reach(t, s, g, block, tie, frontier, n_frontier)
    return block, here + 1


@lean
def _reach(t, s, g, block, tie, frontier, n_frontier):  # type: ignore[no-untyped-def]
    m = s.members.shape[0]
    for r in range(s.size[g]):
        i = s.members[g, r]
        for p in range(t.ptr[i], t.ptr[i + 1]):
            h = s.label[t.idx[p]]
            if h < m and block[h] < 0:
                if tie[h] == 0.0:
                    frontier[n_frontier] = h
                    n_frontier += 1
                    tie[h] = 1e-300
                tie[h] += t.val[p]
    return n_frontier


@njit(cache=True, nogil=True)
def cut_items(t, s, block, blocks):  # type: ignore[no-untyped-def]
    """Block of each item: its group's; for one in the pool that of its strongest tie."""
    m = s.members.shape[0]
    n = s.label.shape[0]
    of = np.empty(n, np.int32)
    for i in range(n):
        if s.label[i] < m:
            of[i] = block[s.label[i]]
            continue
        of[i] = i % blocks
        best = -np.inf
        for p in range(t.ptr[i], t.ptr[i + 1]):
            h = s.label[t.idx[p]]
            if h < m and t.val[p] > best:
                best = t.val[p]
                of[i] = block[h]
    return of
