"""Annealing by sweeps: every item in turn is tried in every group that it has a tie to."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.grouping.kernels.moves import fits, lack_change, mix_change
from matcher.grouping.kernels.state import EPS, enter, leave
from matcher.grouping.kernels.sums import add_row, clear, tops
from matcher.grouping.kernels.walk import may_exchange, rules, toward_one
from matcher.lean import lean

LOGS = np.log((np.arange(1024) + 0.5) / 1024)
"""Logarithms of even chances: one of them, times the heat, is the least a move must bring."""


class Reach(NamedTuple):
    """What a sweep has to know of all items at once."""

    longest: int
    """Most neighbours of one item."""
    slack: float
    """What stays, seats, mixes and negative affinities may add to one swap."""
    heaviest: float
    """Most original items that one item stands for."""
    bare: bool
    """Whether affinity is all that counts: no threshold, stay, seat or mix."""


class Room(NamedTuple):
    """Where a sweep notes what it needs for a while: of everybody, of every slot, of one item."""

    sums: NDArray[np.float64]
    top: NDArray[np.float64]
    to_slot: NDArray[np.float64]
    topped: NDArray[np.int32]
    touched: NDArray[np.int32]
    seen: NDArray[np.int32]
    sitting: NDArray[np.int32]
    order: NDArray[np.int32]


@lean
def spun(x):  # type: ignore[no-untyped-def]
    """Next state of the generator of ``draw``."""
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    return x ^ (x >> np.uint64(27))


@lean
def share_of(bits, n):  # type: ignore[no-untyped-def]
    """Integer below ``n`` from the high half of 64 random bits."""
    return np.int64(((bits >> np.uint64(32)) * np.uint64(n)) >> np.uint64(32))


@lean
def shuffle(order, x):  # type: ignore[no-untyped-def]
    """Shuffle in place (Fisher and Yates); returns the generator's state."""
    for q in range(order.shape[0] - 1, 0, -1):
        x = spun(x)
        r = share_of(x * np.uint64(2685821657736338717), q + 1)
        order[q], order[r] = order[r], order[q]
    return x


@lean
def _tell(ptr, idx, val, label, own, i, f, g, m):  # type: ignore[no-untyped-def]
    """Tell the members of two slots that an item goes from ``f`` to ``g``."""
    for p in range(ptr[i], ptr[i + 1]):
        h = label[idx[p]]
        if h == m:  # nobody's business: another thread may be at it
            continue
        if h == f:
            own[idx[p]] -= val[p]
        elif h == g:
            own[idx[p]] += val[p]


@lean
def trade(t, s, i, f, g, v, gets, v_gets):  # type: ignore[no-untyped-def]
    """
    Carry a move out: ``i`` from ``f`` to ``g``, and ``v``, when there is one, back.

    ``gets`` and ``v_gets`` are their sums in the slots they come to.
    """
    m = s.members.shape[0]
    _tell(t.ptr, t.idx, t.val, s.label, s.own, i, f, g, m)
    if v >= 0:
        _tell(t.ptr, t.idx, t.val, s.label, s.own, v, g, f, m)
        leave(t, s, v)
    leave(t, s, i)
    enter(t, s, i, g)
    s.own[i] = gets
    if v >= 0:
        enter(t, s, v, f)
        s.own[v] = v_gets


@lean
def _empty_from(order, size, held, at):  # type: ignore[no-untyped-def]
    """Where the next slot stands in which a group may be begun; the end when there is none."""
    while at < order.shape[0] and (size[order[at]] > 0 or held[order[at]]):
        at += 1
    return at


@lean
def crowd(threshold, heaviest, heads, count, i, f, g, m):  # type: ignore[no-untyped-def]
    """The most that the threshold may add to a swap: who comes to ``f`` meets fewer there."""
    if threshold == 0.0 or g == m:
        return 0.0
    fewer = heads[g] + (count[i] if f == m else 2.0 * count[i] - heads[f])
    if threshold > 0.0:
        return threshold * heaviest * max(0.0, fewer - 1.0)
    return threshold * heaviest * min(0.0, fewer - heaviest)


@njit(cache=True, nogil=True)
def sweeps(t, s, reach, items, slots, block, here, hot, cold, done, number, of_sweeps):  # type: ignore[no-untyped-def]
    """
    Simulated annealing of a block: ``number`` sweeps from the ``done``-th of ``of_sweeps``.

    ``slots`` are the block's, those whose ``block`` is ``here``; nothing else is changed,
    so threads may work on different blocks. Group by group, its members are tried in the
    groups of their neighbours, in an empty one and outside: in a free seat, else in the seat
    of each member in turn, who would come back. A move is made that brings more than the heat
    times the logarithm of an even chance, which is Metropolis' rule. The affinities of all to
    the group at hand are summed once, so that a swap is looked at in constant time, and most
    groups are passed over by a bound. Returns how many moves were made.
    """
    m, n = s.members.shape[0], s.label.shape[0]
    room = Room(
        sums=np.zeros(n),
        top=np.zeros(m + 1),
        to_slot=np.zeros(m + 1),
        topped=np.empty(m + 1, np.int32),
        touched=np.empty(n + reach.longest, np.int32),
        seen=np.empty(reach.longest + 4, np.int32),
        sitting=np.empty(max(s.members.shape[1], items.shape[0]), np.int32),
        order=slots.copy(),
    )
    return _sweeps(t, s, reach, items, block, here, hot, cold, done, number, of_sweeps, room)


@lean
def _sweeps(t, s, reach, items, block, here, hot, cold, done, number, of_sweeps, room):  # type: ignore[no-untyped-def]
    ptr, idx, val, label, own, rng = t.ptr, t.idx, t.val, s.label, s.own, s.rng
    members, size, load, heads = s.members, s.size, s.load, s.heads
    count, weight, previous, stay, fixed = t.heads, t.weight, t.previous, t.stay, t.fixed
    threshold, bonus, mix, price = t.threshold, t.seat, t.mix, t.lack_price
    lower, upper, held, giver, givers = t.lower, t.upper, t.held, t.giver, s.givers
    slack, bare, heaviest = reach.slack, reach.bare, reach.heaviest
    sums, top, to_slot, topped = room.sums, room.top, room.to_slot, room.topped
    touched, seen, sitting, order = room.touched, room.seen, room.sitting, room.order
    m = members.shape[0]
    times = np.uint64(2685821657736338717)
    x = rng[0]
    made = 0
    fall = (cold / hot) ** (1.0 / of_sweeps)
    temperature = hot * fall**done
    for _ in range(number):
        x = shuffle(order, x)
        free = _empty_from(order, size, held, 0)
        for q in range(-1, order.shape[0]):
            f = np.int32(m) if q < 0 else order[q]
            n_sitting = n_touched = 0
            if q < 0:
                for r in range(items.shape[0]):
                    if label[items[r]] == m:
                        sitting[n_sitting] = items[r]
                        n_sitting += 1
            else:
                n_sitting = size[f]
                for r in range(n_sitting):
                    sitting[r] = members[f, r]
                    n_touched = add_row(ptr, idx, val, sitting[r], 1.0, sums, touched, n_touched)
            n_topped = tops(label, own, sums, touched, n_touched, top, topped)
            shared = 2.0 if f < m else 1.0
            for r in range(n_sitting):
                i = sitting[r]
                if fixed[i]:
                    continue
                n_seen = 0
                for p in range(ptr[i], ptr[i + 1]):
                    g = label[idx[p]]
                    # No branch here either; what is summed of other blocks is never looked at.
                    seen[n_seen] = g
                    n_seen += 1 if to_slot[g] == 0.0 and block[g] == here else 0
                    to_slot[g] += val[p]
                n_tied = n_seen
                if f < m:
                    seen[n_seen] = m
                    n_seen += 1
                free = _empty_from(order, size, held, free)
                if free < order.shape[0]:
                    seen[n_seen] = order[free]
                    n_seen += 1
                g = previous[i]
                if g >= 0 and block[g] == here and to_slot[g] == 0.0:
                    seen[n_seen] = g
                    n_seen += 1
                now = own[i]
                if not bare:
                    now += rules(threshold, bonus, heads, count, label, previous, stay, i, f)
                x = spun(x)
                bits = x * times
                first = share_of(bits, n_seen)
                for turn in range(n_seen):
                    at = first + turn
                    g = seen[at if at < n_seen else at - n_seen]
                    if g == f:
                        continue
                    if turn & 3 == 3:
                        x = spun(x)
                        bits = x * times
                    least = temperature * LOGS[np.int64(bits & np.uint64(1023))]
                    bits >>= np.uint64(10)
                    base = -now
                    if g < m:
                        base += to_slot[g]
                    more = 0.0
                    if not bare:
                        base += rules(threshold, bonus, heads, count, label, previous, stay, i, g)
                        more = slack + crowd(threshold, heaviest, heads, count, i, f, g, m)
                    if base + top[g] + more <= least:
                        continue
                    v = np.int32(-1)
                    both = 0.0
                    found = False
                    if g == m or load[g] + weight[i] <= upper + EPS:
                        change = base
                        if mix != 0.0:
                            change += mix * mix_change(givers, m, f, g, np.int64(giver[i]))
                        change -= price * lack_change(
                            load, size, held, lower, upper, f, g, weight[i], False
                        )
                        found = change > least and may_exchange(t, s, i, f, g, v)
                    if not found and g < m:
                        start = (np.int64(bits & np.uint64(1023)) * size[g]) >> 10
                        for turned in range(size[g]):
                            at = start + turned
                            v = members[g, at if at < size[g] else at - size[g]]
                            change = base + sums[v] - own[v]
                            if change + more <= least or fixed[v]:
                                continue
                            both = toward_one(ptr, idx, val, i, v)
                            change -= shared * both
                            if not bare:
                                change += shared * threshold * count[i] * count[v]
                                change += rules(
                                    threshold, bonus, heads, count, label, previous, stay, v, f
                                )
                                change -= rules(
                                    threshold, bonus, heads, count, label, previous, stay, v, g
                                )
                            if mix != 0.0:
                                gives = np.int64(giver[i]) - np.int64(giver[v])
                                change += mix * mix_change(givers, m, f, g, gives)
                            moved = weight[i] - weight[v]
                            if change <= least or not fits(load, upper, m, f, g, moved):
                                continue
                            change -= price * lack_change(
                                load, size, held, lower, upper, f, g, moved, True
                            )
                            if change > least and may_exchange(t, s, i, f, g, v):
                                found = True
                                break
                    if found:
                        gets = to_slot[g] - both if g < m else 0.0
                        v_gets = 0.0
                        if v >= 0 and f < m:
                            v_gets = sums[v] - both
                        trade(t, s, i, f, g, v, gets, v_gets)
                        made += 1
                        if f < m:
                            n_touched = add_row(ptr, idx, val, i, -1.0, sums, touched, n_touched)
                            if v >= 0:
                                n_touched = add_row(ptr, idx, val, v, 1.0, sums, touched, n_touched)
                        break
                for turn in range(n_tied):
                    to_slot[seen[turn]] = 0.0
            clear(sums, touched, n_touched)
            clear(top, topped, n_topped)
        temperature *= fall
    rng[0] = x
    return made
