"""Annealing of capacitated clustering, compiled: one item's moves are looked at in a row."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.grouping.kernels.capacitated import (
    cost,
    cost_change,
    costs,
    exchange_change,
    insertion_change,
    misses,
    reseat,
    swap_change,
    trade,
    worth_of,
)
from matcher.grouping.kernels.state import EPS, draw
from matcher.lean import lean

# Metropolis' rule takes a change d with the chance exp(d / T), which is to say when
# d + T * e > 0 for an e drawn from the exponential distribution. With many such numbers made
# beforehand a whole row of changes is held against the rule in one quick loop.


class Room(NamedTuple):
    """Where an annealing notes what everybody is worth, who is promising, and its sums."""

    here: NDArray[np.float64]
    toward: NDArray[np.float64]
    which: NDArray[np.int32]
    books: NDArray[np.float64]


@lean
def promising(toward, label, out, here, row, luck, at, heat, first, which):  # type: ignore[no-untyped-def]
    """
    Partners, from number ``first``, whom an item may change places with, bounds aside.

    Parameters
    ----------
    toward
        What the item gains by each group, shape ``(m,)``; ``-inf`` for its own.
    out, here
        Worth of everybody in the item's group and in their own, shape ``(n,)``.
    row
        The item's pairs.
    luck, at
        Exponential numbers, and where in them to begin.
    which
        Is filled with the partners; how many there are is returned.
    """
    found = 0
    for j in range(first, label.shape[0]):
        change = toward[np.uint32(label[j])] + out[j] - here[j] - 2.0 * row[j]
        which[found] = j
        found += change + heat * luck[at + j] > 0.0
    return found


@njit(cache=True, nogil=True)
def cool(  # type: ignore[no-untyped-def]
    t, s, hot, cold, inserts, exchanges, over, under, done, scans, of_scans, best_value
):
    """
    Simulated annealing from scan ``done``, ``scans`` of a run of ``of_scans``.

    The temperature falls geometrically. A scan draws an item and looks at its insertions
    (share ``inserts``), at its exchanges for a drawn item and any third of that one's group
    (share ``exchanges``) or at its swaps with everybody, in turn, each taken by Metropolis'
    rule. A unit of load too much costs ``over``, one too little ``under``. Keeps the best
    arrangement of the last part of the run that keeps every bound; returns its value.
    """
    n, m = s.label.shape[0], s.load.shape[0]
    if t.movable.shape[0] == 0 or m < 2:
        return best_value
    here, which = np.empty(n), np.empty(n + 1, np.int32)
    toward = np.empty(m)
    for i in range(n):
        here[i] = s.gain[s.label[i], i]
    lack = costs(s.load, t.lower, t.upper, over, under)
    books = np.array([worth_of(t.own, s.label, s.gain), lack, best_value])
    room = Room(here, toward, which, books)
    _cool(t, s, hot, cold, inserts, exchanges, over, under, done, scans, of_scans, room)
    return books[2]


@lean
def _cool(t, s, hot, cold, inserts, exchanges, over, under, done, scans, of_scans, room):  # type: ignore[no-untyped-def]
    here, toward, which, books = room.here, room.toward, room.which, room.books
    n = s.label.shape[0]
    insert_below = np.int64(inserts * 65536)
    exchange_below = np.int64((inserts + exchanges) * 65536)
    heat = hot
    for scan in range(scans):
        if scan & 63 == 0:
            heat = hot * (cold / hot) ** ((done + scan) / of_scans)
        i = t.movable[draw(s.rng, t.movable.shape[0])]
        at = draw(s.rng, s.luck.shape[0] - n)
        kind = draw(s.rng, 65536)
        late = heat < 2.0 * cold
        if kind < insert_below:
            _insert(t, s, here, i, at, heat, over, under, books, late)
        elif kind < exchange_below:
            _exchange(t, s, here, i, at, heat, over, under, books, late)
        else:
            _swap(t, s, here, toward, which, i, at, heat, over, under, books, late)


@njit(cache=True, nogil=True, inline="always")
def _insert(t, s, here, i, at, heat, over, under, books, late):  # type: ignore[no-untyped-def]
    """Try an item in drawn groups, as often as there are groups."""
    for q in range(s.load.shape[0]):
        g = np.int32(draw(s.rng, s.load.shape[0]))
        f = s.label[i]
        if g == f:
            continue
        change = insertion_change(s.gain, f, g, i)
        if change + books[1] + heat * s.luck[at + q] <= 0.0:
            continue
        missed = cost_change(s.load, t.lower, t.upper, over, under, f, g, t.weight[i])
        if change - missed + heat * s.luck[at + q] > 0.0:
            _move(t, s, i, g)
            _book(t, s, here, f, g, change, missed, books, over, under, late)


@njit(cache=True, nogil=True, inline="always")
def _exchange(t, s, here, i, at, heat, over, under, books, late):  # type: ignore[no-untyped-def]
    """Try an item against one drawn and each third of that one's group, until one is taken."""
    f = s.label[i]
    g = np.int32(draw(s.rng, s.load.shape[0]))
    others = s.size[g]
    if g == f or others < 2:
        return
    j = s.members[g, draw(s.rng, others)]
    if t.fixed[j]:
        return
    alone = swap_change(t.full, s.gain, f, g, i, j) + books[1]
    out, mine, yours, members = s.gain[f], t.full[i], t.full[j], s.members[g]
    first = draw(s.rng, others)
    for q in range(others):
        a = first + q
        k = members[a - others if a >= others else a]
        patience = heat * s.luck[at + q]
        if alone + out[k] - here[k] + 2.0 * (yours[k] - mine[k]) + patience <= 0.0:
            continue
        if k == j or t.fixed[k]:
            continue
        step = t.weight[i] - t.weight[j] - t.weight[k]
        missed = cost_change(s.load, t.lower, t.upper, over, under, f, g, step)
        change = exchange_change(t.full, s.gain, f, g, i, j, k)
        if change - missed + patience > 0.0:
            _move(t, s, i, g)
            _move(t, s, j, f)
            _move(t, s, k, f)
            _book(t, s, here, f, g, change, missed, books, over, under, late)
            return


@njit(cache=True, nogil=True, inline="always")
def _swap(t, s, here, toward, which, i, at, heat, over, under, books, late):  # type: ignore[no-untyped-def]
    """Try an item against everybody in other groups, in turn."""
    n, lower, upper = s.label.shape[0], t.lower, t.upper
    first = 0
    while first < n:
        f = s.label[i]
        saved = cost(s.load[f], lower, upper, over, under)
        for g in range(s.load.shape[0]):
            most = saved + cost(s.load[g], lower, upper, over, under)
            toward[g] = insertion_change(s.gain, f, g, i) + most
        toward[f] = -np.inf
        found = promising(
            toward, s.label, s.gain[f], here, t.full[i], s.luck, at, heat, first, which
        )
        first = n
        for q in range(found):
            j = which[q]
            if t.fixed[j]:
                continue
            g = s.label[j]
            step = t.weight[i] - t.weight[j]
            missed = 0.0
            if step != 0.0:
                missed = cost_change(s.load, lower, upper, over, under, f, g, step)
            change = swap_change(t.full, s.gain, f, g, i, j)
            if change - missed + heat * s.luck[at + j] > 0.0:
                trade(t.full, t.weight, s.label, s.members, s.place, s.load, s.gain, i, j)
                _book(t, s, here, f, g, change, missed, books, over, under, late)
                first = j + 1
                break


@njit(cache=True, nogil=True, inline="always")
def _move(t, s, i, g):  # type: ignore[no-untyped-def]
    """Move an item to a group."""
    reseat(t.full, t.weight, s.label, s.members, s.place, s.size, s.load, s.gain, i, g)


@njit(cache=True, nogil=True, inline="always")
def _book(t, s, here, f, g, change, missed, books, over, under, late):  # type: ignore[no-untyped-def]
    """Note a move between two groups: what everybody there is worth, the sums, the best."""
    for a in range(s.size[f]):
        i = s.members[f, a]
        here[i] = s.gain[f, i]
    for a in range(s.size[g]):
        i = s.members[g, a]
        here[i] = s.gain[g, i]
    books[0] += change
    books[1] += missed
    better = late and books[0] > books[2] + 1e-9 and books[1] <= 1e-6 * min(over, under)
    if better and misses(s.load, t.lower, t.upper) <= EPS:
        books[2] = books[0]
        for i in range(s.label.shape[0]):
            s.best[i] = s.label[i]
