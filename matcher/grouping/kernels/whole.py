"""Annealing over a whole matrix of affinities: everybody in turn is held against every group."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.grouping.kernels.moves import fits, lack_change, mix_change
from matcher.grouping.kernels.state import EPS, enter, lack, leave, may_join
from matcher.grouping.kernels.sweep import share_of, shuffle, spun
from matcher.lean import lean

# Metropolis' rule takes a change d with the chance exp(d / T), which is to say when
# d + T * e > 0 for an e drawn from the exponential distribution. Single precision is enough
# to choose moves by, and lets twice as many numbers through at once.


class Whole(NamedTuple):
    """A pool of which every pair is known, and how everybody likes every group."""

    full: NDArray[np.float32]
    """Worth of each pair, ``(n, n)``, symmetric, zero diagonal; the threshold is in it."""
    alone: NDArray[np.float32]
    """Worth of each item in each slot by itself, ``(m + 1, n)``: seats and stays."""
    gain: NDArray[np.float32]
    """Worth of each item in each slot's present company, ``(m + 1, n)``; 0 for the pool."""
    own: NDArray[np.float32]
    """The same in the slot it sits in, ``(n,)``."""
    luck: NDArray[np.float32]
    """Exponential numbers, more than there are slots."""


class Room(NamedTuple):
    """Where turns note what they need for a while: of every slot, and who sits in one."""

    most: NDArray[np.float32]
    missed: NDArray[np.float64]
    which: NDArray[np.int32]
    sitting: NDArray[np.int32]
    order: NDArray[np.int32]
    lightest: float
    even: bool
    """Whether all weigh the same."""


@njit(cache=True, nogil=True)
def look(w, label):  # type: ignore[no-untyped-def]
    """Make what everybody is worth everywhere anew from the labels."""
    n = label.shape[0]
    pool = w.gain.shape[0] - 1
    w.gain[:] = w.alone
    for i in range(n):
        if label[i] != pool:
            into = w.gain[label[i]]
            row = w.full[i]
            for j in range(n):
                into[j] += row[j]
    for i in range(n):
        w.own[i] = w.gain[label[i], i]


@lean
def _missed(t, s, g):  # type: ignore[no-untyped-def]
    """What a slot costs that misses its bounds; nothing for the pool."""
    if g == s.members.shape[0]:
        return 0.0
    return t.lack_price * lack(s.load[g], s.size[g], t.held[g], t.lower, t.upper)


@njit(cache=True, nogil=True, inline="always")
def _most(members, size, load, held, upper, own, out, missed, free, leaving, lightest, most):  # type: ignore[no-untyped-def]
    """
    The most that a move to each slot may bring besides what the mover gains itself.

    That is what a member gains who comes in exchange, or nothing for a free seat, and what is
    missed of bounds; ``-inf`` where no group is or is to be begun.
    """
    for g in range(members.shape[0]):
        best = np.float32(-np.inf)
        if size[g] > 0 or held[g] or g == free:
            if load[g] + lightest <= upper + EPS:
                best = np.float32(-leaving)
            for r in range(size[g]):
                v = members[g, r]
                # No branch: whose gain is largest cannot be foreseen. A fixed one only tempts.
                best = max(best, out[v] - own[v])
        most[g] = best + missed[g]


@njit(cache=True, nogil=True, inline="always")
def _tempting(gain, i, now, most, luck, at, heat, which):  # type: ignore[no-untyped-def]
    """Slots that an item may go to by chance, bounds and rules aside, and how many."""
    found = 0
    for g in range(most.shape[0]):
        which[found] = g
        found += gain[g, i] - now + most[g] + heat * luck[at + g] > 0.0
    return found


@lean
def _may_enter(t, s, i, f, g, change):  # type: ignore[no-untyped-def]
    """Whether a free seat may be taken that brings ``change``, rules and bounds apart."""
    m = s.members.shape[0]
    if g < m and s.load[g] + t.weight[i] > t.upper + EPS:
        return False
    if t.mix != 0.0:
        change += t.mix * mix_change(s.givers, m, f, g, np.int64(t.giver[i]))
    change -= t.lack_price * lack_change(
        s.load, s.size, t.held, t.lower, t.upper, f, g, t.weight[i], False
    )
    return change > 0.0 and may_join(t, s, i, g, np.int32(-1))


@lean
def _may_swap(t, s, i, f, g, v, change):  # type: ignore[no-untyped-def]
    """Whether two may change places who bring ``change`` by it, rules and bounds apart."""
    m = s.members.shape[0]
    if t.fixed[v]:
        return False
    if t.mix != 0.0:
        gives = np.int64(t.giver[i]) - np.int64(t.giver[v])
        change += t.mix * mix_change(s.givers, m, f, g, gives)
    moved = t.weight[i] - t.weight[v]
    if moved != 0.0:
        if not fits(s.load, t.upper, m, f, g, moved):
            return False
        change -= t.lack_price * lack_change(
            s.load, s.size, t.held, t.lower, t.upper, f, g, moved, True
        )
    return change > 0.0 and may_join(t, s, i, g, v) and may_join(t, s, v, f, i)


@lean
def _carry(t, s, w, i, f, g, v):  # type: ignore[no-untyped-def]
    """Let ``i`` go from ``f`` to ``g``, and ``v``, when there is one, come back."""
    m = s.members.shape[0]
    if v >= 0:
        leave(t, s, v)
    leave(t, s, i)
    enter(t, s, i, g)
    if v >= 0:
        enter(t, s, v, f)
    goes = w.full[i]
    comes = w.full[v]
    for h in (f, g):
        if h == m:
            continue
        row = w.gain[h]
        sign = np.float32(1.0 if h == g else -1.0)
        if v >= 0:
            for j in range(row.shape[0]):
                row[j] += sign * (goes[j] - comes[j])
        else:
            for j in range(row.shape[0]):
                row[j] += sign * goes[j]
        for r in range(s.size[h]):
            w.own[s.members[h, r]] = row[s.members[h, r]]
    if g == m:
        w.own[i] = 0.0
    if v >= 0 and f == m:
        w.own[v] = 0.0


@njit(cache=True, nogil=True, inline="always")
def _empty_slot(size, held):  # type: ignore[no-untyped-def]
    """A slot in which a group may be begun; -1 when there is none."""
    for g in range(held.shape[0]):
        if size[g] == 0 and not held[g]:
            return g
    return -1


@njit(cache=True, nogil=True)
def turns(t, s, w, hot, cold, done, number, of_turns):  # type: ignore[no-untyped-def]
    """
    Simulated annealing: ``number`` turns from the ``done``-th of ``of_turns``.

    In a turn every item, group by group, is held against every slot at once by a bound; where
    chance allows it takes a free seat, else changes places with the first member that chance
    allows. The temperature falls geometrically. Returns how many moves were made.
    """
    m, n = s.members.shape[0], s.label.shape[0]
    lightest = np.min(t.weight) if n > 0 else 0.0
    room = Room(
        most=np.zeros(m + 1, np.float32),
        missed=np.array([_missed(t, s, g) for g in range(m + 1)]),
        which=np.empty(m + 2, np.int32),
        sitting=np.empty(n, np.int32),
        order=np.arange(m + 1).astype(np.int32),
        lightest=lightest,
        even=n > 0 and np.max(t.weight) == lightest,
    )
    return _turns(t, s, w, hot, cold, done, number, of_turns, room)


@lean
def _turns(t, s, w, hot, cold, done, number, of_turns, room):  # type: ignore[no-untyped-def]
    label, members, size, load = s.label, s.members, s.size, s.load
    fixed, held, upper = t.fixed, t.held, t.upper
    full, gain, own, luck = w.full, w.gain, w.own, w.luck
    m = members.shape[0]
    most, missed, which = room.most, room.missed, room.which
    sitting, order = room.sitting, room.order
    lightest, even = room.lightest, room.even
    choices = luck.shape[0] - m
    times = np.uint64(2685821657736338717)
    x = s.rng[0]
    made = 0
    fall = (cold / hot) ** (1.0 / of_turns)
    heat = hot * fall**done
    for _ in range(number):
        x = shuffle(order, x)
        warm = np.float32(heat)
        for q in range(m + 1):
            f = order[q]
            n_sitting = 0
            if f == m:
                for r in range(t.movable.shape[0]):
                    if label[t.movable[r]] == m:
                        sitting[n_sitting] = t.movable[r]
                        n_sitting += 1
            else:
                n_sitting = size[f]
                for r in range(n_sitting):
                    sitting[r] = members[f, r]
            if n_sitting == 0:
                continue
            out = gain[f]
            # Who sits alone gains nothing by an empty slot.
            free = -1 if f < m and n_sitting == 1 else _empty_slot(size, held)
            leaving = 0.0
            if even and f < m:
                rest = lack(load[f] - lightest, size[f] - 1, held[f], t.lower, upper)
                leaving = t.lack_price * rest - missed[f]
            _most(members, size, load, held, upper, own, out, missed, free, leaving, lightest, most)
            most[m] = -leaving if not t.closed else -np.inf
            most[f] = -np.inf
            extra = np.float32(abs(t.mix) + missed[f])
            shared = np.float32(2.0 if f < m else 1.0)
            for r in range(n_sitting):
                i = sitting[r]
                if label[i] != f or fixed[i]:
                    continue
                x = spun(x)
                bits = x * times
                at = share_of(bits, choices)
                mine = own[i] - extra
                found = _tempting(gain, i, mine, most, luck, at, warm, which)
                if found == 0:
                    continue
                first = np.int64(((bits & np.uint64(1023)) * np.uint64(found)) >> np.uint64(10))
                start = np.int64((bits >> np.uint64(10)) & np.uint64(1023))
                row = full[i]
                for turn in range(found):
                    p = first + turn
                    g = which[p if p < found else p - found]
                    base = gain[g, i] - own[i] + warm * luck[at + g]
                    some = -extra - np.float32(missed[g])
                    v = np.int32(-1)
                    goes = base > some and _may_enter(t, s, i, f, g, np.float64(base))
                    others = 0 if goes or g == m else size[g]
                    turned = (start * others) >> 10
                    for _turn in range(others):
                        v = members[g, turned]
                        turned = turned + 1 if turned + 1 < others else 0
                        change = base + out[v] - own[v] - shared * row[v]
                        if change > some and _may_swap(t, s, i, f, g, v, np.float64(change)):
                            goes = True
                            break
                    if goes:
                        _carry(t, s, w, i, f, g, v)
                        missed[f], missed[g] = _missed(t, s, f), _missed(t, s, g)
                        made += 1
                        break
        heat *= fall
    s.rng[0] = x
    return made
