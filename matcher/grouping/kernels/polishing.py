"""Loads evened out and arrangements polished, for capacitated clustering, compiled."""

import math

import numpy as np
from numba import njit

from matcher.grouping.kernels.capacitated import (
    exchange_change,
    insertion_change,
    miss_change,
    misses,
    reseat,
    seat_all,
    swap_change,
)
from matcher.grouping.kernels.state import EPS, draw
from matcher.lean import lean


@njit(cache=True, nogil=True)
def even_out(t, s, warmth, steps):  # type: ignore[no-untyped-def]
    """
    Find loads inside the bounds, affinity aside: annealing of what groups miss.

    Returns what they still miss together; 0 at once when nothing is missed.
    """
    weight, movable, label, load, rng = t.weight, t.movable, s.label, s.load, s.rng
    n = movable.shape[0]
    m = load.shape[0]
    lack = misses(load, t.lower, t.upper)
    for step in range(steps):
        if lack <= EPS or n == 0 or m < 2:
            break
        heat = warmth * (1.0 - step / steps) + 1e-12
        i = movable[draw(rng, n)]
        f = label[i]
        j = i
        g = np.int32(draw(rng, m))
        moved = weight[i]
        if draw(rng, 2) == 0:
            j = movable[draw(rng, n)]
            g = label[j]
            moved = weight[i] - weight[j]
        if g == f:
            continue
        missed = miss_change(load, t.lower, t.upper, f, g, moved)
        if missed > 0.0 and heat * math.log((draw(rng, 1 << 30) + 1) / (1 << 30)) > -missed:
            continue
        label[i] = g
        if j != i:
            label[j] = f
        load[f] -= moved
        load[g] += moved
        lack += missed
    seat_all(t, s)
    return misses(load, t.lower, t.upper)


@njit(cache=True, nogil=True)
def polish(t, s, passes):  # type: ignore[no-untyped-def]
    """
    Take improving insertions, swaps and two-for-one exchanges until none is left.

    Bounds are kept, or what is missed of them shrinks. Returns the number of moves.
    """
    full, weight, movable = t.full, t.weight, t.movable
    label, load, gain = s.label, s.load, s.gain
    members, place, size = s.members, s.place, s.size
    m = load.shape[0]
    n = movable.shape[0]
    least = 1e-9 * (1.0 + np.abs(gain).max())
    moves = 0
    for _ in range(passes):
        made = 0
        for q in range(n):
            i = movable[q]
            for g in range(m):
                f = label[i]
                if g == f or insertion_change(gain, f, g, i) <= least:
                    continue
                if miss_change(load, t.lower, t.upper, f, g, weight[i]) <= EPS:
                    reseat(full, weight, label, members, place, size, load, gain, i, g)
                    made += 1
            for r in range(n):
                j = movable[r]
                f = label[i]
                g = label[j]
                if f == g or swap_change(full, gain, f, g, i, j) <= least:
                    continue
                if miss_change(load, t.lower, t.upper, f, g, weight[i] - weight[j]) <= EPS:
                    reseat(full, weight, label, members, place, size, load, gain, i, g)
                    reseat(full, weight, label, members, place, size, load, gain, j, f)
                    made += 1
        moves += made
        if made == 0:
            made = _exchange(t, s, least)
            moves += made
            if made == 0:
                break
    return moves


@lean
def _exchange(t, s, least):  # type: ignore[no-untyped-def]
    """Take improving exchanges of one item for two, one a group and item at most."""
    full, weight, movable = t.full, t.weight, t.movable
    label, load, gain = s.label, s.load, s.gain
    members, place, size = s.members, s.place, s.size
    made = 0
    for p in range(movable.shape[0]):
        i = movable[p]
        for g in range(load.shape[0]):
            f = label[i]
            if g == f:
                continue
            j, k = _pair_for(t, s, i, f, g, least)
            if j >= 0:
                reseat(full, weight, label, members, place, size, load, gain, i, g)
                reseat(full, weight, label, members, place, size, load, gain, j, f)
                reseat(full, weight, label, members, place, size, load, gain, k, f)
                made += 1
    return made


@lean
def _pair_for(t, s, i, f, g, least):  # type: ignore[no-untyped-def]
    """The first two members of ``g`` that are better exchanged for ``i``; -1 for none."""
    for a in range(s.size[g]):
        j = s.members[g, a]
        if t.fixed[j]:
            continue
        for b in range(a + 1, s.size[g]):
            k = s.members[g, b]
            if t.fixed[k] or exchange_change(t.full, s.gain, f, g, i, j, k) <= least:
                continue
            moved = t.weight[i] - t.weight[j] - t.weight[k]
            if miss_change(s.load, t.lower, t.upper, f, g, moved) <= EPS:
                return j, k
    return np.int32(-1), np.int32(-1)
