"""What the loops read and what they change, and the elementary steps on it."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.lean import lean

EPS = 1e-9
"""Slack of a comparison of loads and gains: sums of doubles in another order."""


class Task(NamedTuple):
    """One problem as the loops read it; ``n`` items, ``m`` group slots."""

    dense: bool
    full: NDArray[Any]
    """Affinity ``(n, n)`` when dense, else ``(0, 0)``; zero diagonal."""
    ptr: NDArray[np.int64]
    idx: NDArray[np.int32]
    val: NDArray[Any]
    """Affinity as sorted sparse rows when not dense."""
    near: NDArray[np.int32]
    """Nearest items of each item, strongest first, ``(n, k)``, filled up with -1."""
    near_n: NDArray[np.int32]
    movable: NDArray[np.int32]
    """Items that may move."""
    fixed: NDArray[np.uint8]
    heads: NDArray[np.float64]
    """How many original items each item stands for (must-links are contracted)."""
    weight: NDArray[np.float64]
    mask: NDArray[np.int64]
    """One bit a working language; a group needs a bit that all its members have."""
    giver: NDArray[np.uint8]
    bar_ptr: NDArray[np.int64]
    bar_idx: NDArray[np.int32]
    """Items each item may not meet, as sparse rows."""
    previous: NDArray[np.int32]
    """Slot each item sat in before, -1 for none."""
    stay: NDArray[np.float64]
    """What it is worth that the item stays in its previous slot."""
    held: NDArray[np.uint8]
    """Slots that must end with an allowed load: they hold pins, or all must be used."""
    threshold: float
    lower: float
    upper: float
    seat: NDArray[np.float64]
    """What an item is worth by itself when it is placed: pairs of the nodes it stands for."""
    mix: float
    """What a group is worth that has a giver among its members."""
    closed: bool
    """Whether everybody must be placed."""
    lack_price: float
    """Price of a unit of load by which a slot misses its bounds."""


class State(NamedTuple):
    """A partition as the loops change it; the last slot, ``m``, is the pool of unplaced."""

    label: NDArray[np.int32]
    place: NDArray[np.int32]
    """Position of each item among its group's members."""
    members: NDArray[np.int32]
    size: NDArray[np.int32]
    load: NDArray[np.float64]
    heads: NDArray[np.float64]
    givers: NDArray[np.int32]
    common: NDArray[np.int64]
    gain: NDArray[Any]
    """Sum of affinities of each item to each group's members, ``(m, n)``."""
    rng: NDArray[np.uint64]


@lean
def draw(rng, n):  # type: ignore[no-untyped-def]
    """Uniform integer below ``n < 2**32``: xorshift64*, high bits (Vigna 2016)."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    high = (x * np.uint64(2685821657736338717)) >> np.uint64(32)
    return np.int64((high * np.uint64(n)) >> np.uint64(32))


@lean
def pair(dense, full, ptr, idx, val, i, j):  # type: ignore[no-untyped-def]
    """Affinity of two items: a look, or a binary search in a sparse row."""
    if dense:
        return np.float64(full[i, j])
    low = ptr[i]
    high = ptr[i + 1]
    end = high
    while low < high:
        middle = (low + high) >> 1
        if idx[middle] < j:
            low = middle + 1
        else:
            high = middle
    if low < end and idx[low] == j:
        return np.float64(val[low])
    return 0.0


@lean
def lack(load, size, held, lower, upper):  # type: ignore[no-untyped-def]
    """By how much a slot misses its bounds; an empty slot that is not held misses nothing."""
    if load > upper + EPS:
        return load - upper
    if load >= lower - EPS:
        return 0.0
    if held:
        return lower - load
    if size == 0:
        return 0.0
    return min(max(load, EPS), lower - load)


@lean
def may_join(t, s, i, g, out):  # type: ignore[no-untyped-def]
    """Whether the rules of a group let ``i`` in when ``out`` (or -1) leaves."""
    if g == s.members.shape[0]:
        return True
    for p in range(t.bar_ptr[i], t.bar_ptr[i + 1]):
        j = t.bar_idx[p]
        if j != out and s.label[j] == g:
            return False
    if s.common[g] & t.mask[i] != 0:
        return True
    if out < 0:
        return False
    common = t.mask[i]
    for q in range(s.size[g]):
        j = s.members[g, q]
        if j != out:
            common &= t.mask[j]
    return common != 0


@lean
def leave(t, s, i):  # type: ignore[no-untyped-def]
    """Take an item out of its slot, gains untouched."""
    g = s.label[i]
    s.load[g] -= t.weight[i]
    s.heads[g] -= t.heads[i]
    s.size[g] -= 1
    s.givers[g] -= t.giver[i]
    if g == s.members.shape[0]:
        return
    last = s.members[g, s.size[g]]
    s.members[g, s.place[i]] = last
    s.place[last] = s.place[i]
    common = np.int64(-1)
    for q in range(s.size[g]):
        common &= t.mask[s.members[g, q]]
    s.common[g] = common


@lean
def enter(t, s, i, g):  # type: ignore[no-untyped-def]
    """Put an item into a slot, gains untouched."""
    s.label[i] = g
    s.load[g] += t.weight[i]
    s.heads[g] += t.heads[i]
    s.givers[g] += t.giver[i]
    if g < s.members.shape[0]:
        s.members[g, s.size[g]] = i
        s.place[i] = s.size[g]
        s.common[g] &= t.mask[i]
    s.size[g] += 1


@lean
def shift(t, s, i, f, g):  # type: ignore[no-untyped-def]
    """Tell the gains that item ``i`` went from slot ``f`` to ``g``."""
    m = s.members.shape[0]
    if t.dense:
        row = t.full[i]
        if f < m:
            out = s.gain[f]
            for j in range(row.shape[0]):
                out[j] -= row[j]
        if g < m:
            into = s.gain[g]
            for j in range(row.shape[0]):
                into[j] += row[j]
        return
    for p in range(t.ptr[i], t.ptr[i + 1]):
        j = t.idx[p]
        if f < m:
            s.gain[f, j] -= t.val[p]
        if g < m:
            s.gain[g, j] += t.val[p]


@lean
def put(t, s, i, g):  # type: ignore[no-untyped-def]
    """Move item ``i`` to slot ``g``."""
    f = s.label[i]
    leave(t, s, i)
    enter(t, s, i, g)
    shift(t, s, i, f, g)


@lean
def rebuild(t, s):  # type: ignore[no-untyped-def]
    """Make everything of the state anew from its labels."""
    m, n = s.gain.shape
    s.gain[:] = 0.0
    s.size[:] = 0
    s.load[:] = 0.0
    s.heads[:] = 0.0
    s.givers[:] = 0
    s.common[:] = -1
    for i in range(n):
        enter(t, s, i, s.label[i])
        shift(t, s, i, m, s.label[i])


@lean
def total(t, s):  # type: ignore[no-untyped-def]
    """Objective of the state, seats, stays and mixes included, lacks at their price."""
    value = 0.0
    m, n = s.gain.shape
    for i in range(n):
        g = s.label[i]
        if g == m:
            continue
        others = s.heads[g] - t.heads[i]
        value += 0.5 * (s.gain[g, i] - t.threshold * t.heads[i] * others)
        value += t.seat[i]
        if t.previous[i] == g:
            value += t.stay[i]
    for g in range(m):
        if s.givers[g] > 0:
            value += t.mix
        value -= t.lack_price * lack(s.load[g], s.size[g], t.held[g], t.lower, t.upper)
    return value
