"""What groups gain and lose with one item: the sums that every way of seating it rests on."""

import numpy as np
from numba import njit

from matcher.incremental.affinity import affinities
from matcher.incremental.rules import givers, may_join

CANDIDATES = 6
"""Groups of the nearest that are weighed."""


@njit(cache=True, nogil=True)
def candidates(groups, ids, values, skip, out):  # type: ignore[no-untyped-def]
    """Groups of the nearest into ``out``, those with most affinity found first; how many."""
    sums = np.zeros(len(ids))
    names = np.empty(len(ids), np.int32)
    n = 0
    for q in range(len(ids)):
        g = groups.label[ids[q]]
        if g < 0 or g == skip:
            continue
        at = 0
        while at < n and names[at] != g:
            at += 1
        if at == n:
            names[n] = g
            n += 1
        sums[at] += values[q]
    order = np.argsort(-sums[:n], kind="mergesort")
    m = min(n, out.shape[0])
    for q in range(m):
        out[q] = names[order[q]]
    return m


@njit(cache=True, nogil=True)
def gain_of(w, texts, items, rules, groups, work, i, g, out):  # type: ignore[no-untyped-def]
    """What an item adds to a group that ``out`` (-1: nobody) leaves, and its mean affinity."""
    k = groups.size[g]
    values = np.empty(k)
    affinities(w, texts, items, i, groups.members[g], k, values, work.scratch)
    total = 0.0
    n = 0
    for q in range(k):
        if groups.members[g, q] != out:
            total += values[q]
            n += 1
    gain = total - rules.threshold * n
    if items.giver[i] and givers(items, groups, g, out) == 0:
        gain += rules.mix
    return gain, total / max(n, 1)


@njit(cache=True, nogil=True)
def weakest_of(w, texts, items, rules, groups, work, g):  # type: ignore[no-untyped-def]
    """The member that a group would miss least, -1 when all are pinned; and what it would lose."""
    k = groups.size[g]
    losses = np.full(k, -rules.threshold * (k - 1))
    values = np.empty(k)
    for p in range(1, k):
        i = groups.members[g, p]
        affinities(w, texts, items, i, groups.members[g], p, values, work.scratch)
        for q in range(p):
            losses[p] += values[q]
            losses[q] += values[q]
    gave = givers(items, groups, g, -1)
    weakest, lost = -1, 0.0
    for p in range(k):
        j = groups.members[g, p]
        loss = losses[p] + (rules.mix if items.giver[j] and gave == 1 else 0.0)
        if not items.pinned[j] and (weakest < 0 or loss < lost):
            weakest, lost = j, loss
    return weakest, lost


@njit(cache=True, nogil=True)
def best_seat(w, texts, items, rules, groups, work, i, ids, values, home, skip):  # type: ignore[no-untyped-def]
    """The free seat that adds most; group, gain, and whether a fitting group was full."""
    some = np.empty(CANDIDATES, np.int32)
    best, most = -1, 0.0
    fitting, full = False, False
    for q in range(candidates(groups, ids, values, skip, some)):
        g = some[q]
        gain, mean = gain_of(w, texts, items, rules, groups, work, i, g, -1)
        if g == home:
            gain += rules.move
        if gain <= 0.0 or mean < rules.weak:
            continue
        fitting = True
        if not may_join(rules, items, groups, i, g, -1):
            continue
        if groups.size[g] >= rules.upper:
            full = True
        elif gain > most:
            best, most = g, gain
    return best, most, fitting, full
