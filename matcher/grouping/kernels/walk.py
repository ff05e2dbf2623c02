"""Annealing that walks an item's sparse row at each proposal, inside one block of groups."""

import math

import numpy as np
from numba import njit

from matcher.grouping.kernels.moves import fits, lack_change, mix_change
from matcher.grouping.kernels.rows import seat, toward
from matcher.grouping.kernels.state import EPS, draw, may_join

# The loops unpack what they read often: a named tuple of forty arrays is dear to pass.


@njit(cache=True, nogil=True)
def rules(threshold, bonus, heads, count, label, previous, stay, i, g):  # type: ignore[no-untyped-def]
    """What an item adds to a slot besides affinities, itself not counted; 0 for the pool."""
    if g == heads.shape[0] - 1:
        return 0.0
    others = heads[g]
    if label[i] == g:
        others -= count[i]
    value = bonus[i] - threshold * others * count[i]
    if previous[i] == g:
        value += stay[i]
    return value


@njit(cache=True, nogil=True)
def toward_one(ptr, idx, val, i, j):  # type: ignore[no-untyped-def]
    """Affinity of two items."""
    for p in range(ptr[i], ptr[i + 1]):
        if idx[p] == j:
            return np.float64(val[p])
    return 0.0


@njit(cache=True, nogil=True)
def exchange(t, s, i, f, g, v):  # type: ignore[no-untyped-def]
    """Carry a move out: ``i`` from ``f`` to ``g``, and ``v``, when there is one, back."""
    if v >= 0:
        seat(t, s, v, s.members.shape[0])
    seat(t, s, i, g)
    if v >= 0:
        seat(t, s, v, f)


@njit(cache=True, nogil=True)
def may_exchange(t, s, i, f, g, v):  # type: ignore[no-untyped-def]
    """Whether the rules of both groups hold after the move."""
    return may_join(t, s, i, g, v) and (v < 0 or may_join(t, s, v, f, i))


@njit(cache=True, nogil=True)
def cool(t, s, items, slots, block, here, near_share, hot, cold, done, steps, of_steps):  # type: ignore[no-untyped-def]
    """
    Simulated annealing of a block's items, ``steps`` proposals of a run of ``of_steps``.

    ``slots`` are the block's, those whose ``block`` is ``here``; nothing else is changed,
    so threads may work on different blocks. The slot of a random neighbour is proposed, or
    (``1 - near_share``) any: a free seat is taken, or the weaker of two members is swapped
    out. Returns how many proposals were accepted.
    """
    ptr, idx, val, label, own, rng = t.ptr, t.idx, t.val, s.label, s.own, s.rng
    members, size, load, heads = s.members, s.size, s.load, s.heads
    count, weight, previous, stay, fixed = t.heads, t.weight, t.previous, t.stay, t.fixed
    threshold, bonus, mix, price = t.threshold, t.seat, t.mix, t.lack_price
    lower, upper, held, giver, givers = t.lower, t.upper, t.held, t.giver, s.givers
    m = members.shape[0]
    n = items.shape[0]
    near_limit = np.int64(near_share * 65536)
    temperature = hot
    accepted = 0
    if n == 0:
        return accepted
    for step in range(steps):
        if step & 255 == 0:
            temperature = hot * (cold / hot) ** ((done + step) / of_steps)
        i = items[draw(rng, n)]
        f = label[i]
        first = ptr[i]
        degree = ptr[i + 1] - first
        if degree > 0 and draw(rng, 65536) < near_limit:
            g = label[idx[first + draw(rng, degree)]]
            if g == f or block[g] != here:
                continue
        else:
            q = draw(rng, slots.shape[0] + 1)
            g = slots[q] if q < slots.shape[0] else np.int32(m)
            if g == f:
                continue
        change = 0.0
        if f < m:
            change -= own[i] + bonus[i] - threshold * (heads[f] - count[i]) * count[i]
            if previous[i] == f:
                change -= stay[i]
        v = np.int32(-1)
        moved = weight[i]
        gives = np.int64(giver[i])
        if g < m:
            change += toward(ptr, idx, val, label, i, g)
            change += bonus[i] - threshold * heads[g] * count[i]
            if previous[i] == g:
                change += stay[i]
            room = load[g] + moved <= upper + EPS
            if size[g] > 0 and (not room or (f < m and draw(rng, 2) == 1)):
                v = members[g, draw(rng, size[g])]
                other = members[g, draw(rng, size[g])]
                if own[other] < own[v]:
                    v = other
                if fixed[v]:
                    continue
                moved -= weight[v]
                gives -= np.int64(giver[v])
                change -= own[v] + bonus[v] - threshold * (heads[g] - count[v]) * count[v]
                if previous[v] == g:
                    change -= stay[v]
                both = 0.0
                if f < m:
                    for p in range(ptr[v], ptr[v + 1]):
                        if label[idx[p]] == f:
                            change += val[p]
                            if idx[p] == i:
                                both = np.float64(val[p])
                    change += bonus[v] - threshold * heads[f] * count[v]
                    if previous[v] == f:
                        change += stay[v]
                    both *= 2.0
                    change += 2.0 * threshold * count[i] * count[v]
                else:
                    both = toward_one(ptr, idx, val, v, i)
                    change += threshold * count[i] * count[v]
                change -= both
        if change < -16.0 * temperature or not fits(load, upper, m, f, g, moved):
            continue
        if mix != 0.0:
            change += mix * mix_change(givers, m, f, g, gives)
        change -= price * lack_change(load, size, held, lower, upper, f, g, moved, v >= 0)
        if change < 0.0:
            if change < -16.0 * temperature:
                continue
            if temperature * math.log((draw(rng, 1 << 30) + 1) / (1 << 30)) > change:
                continue
        if may_exchange(t, s, i, f, g, v):
            exchange(t, s, i, f, g, v)
            accepted += 1
    return accepted
