"""A partition over sparse rows improved to the last move."""

import numpy as np
from numba import njit

from matcher.grouping.kernels.moves import fits, lack_change, mix_change
from matcher.grouping.kernels.state import EPS, lack
from matcher.grouping.kernels.walk import exchange, may_exchange, rules
from matcher.lean import lean


@lean
def _sum_rows(ptr, idx, val, members, size, sums, sign):  # type: ignore[no-untyped-def]
    """Add the rows of a group's members to everybody's sums, or (``sign`` 0) clear them."""
    for r in range(size):
        i = members[r]
        for p in range(ptr[i], ptr[i + 1]):
            sums[idx[p]] = (sums[idx[p]] + val[p]) * sign


@lean
def _stale(ptr, idx, label, m, i, changed, since):  # type: ignore[no-untyped-def]
    """Whether a group that the item sits in or has a neighbour in changed since."""
    if label[i] < m and changed[label[i]] >= since:
        return True
    for p in range(ptr[i], ptr[i + 1]):
        g = label[idx[p]]
        if g < m and changed[g] >= since:
            return True
    return False


@lean
def _best(t, s, i, sums, most, mine, to_slot, seen, short):  # type: ignore[no-untyped-def]
    """
    The best allowed move of an item to a slot it has affinity to, or in need, or to the pool.

    ``sums`` are everybody's affinities to the item's own group, ``most`` the most that a
    swap may bring besides what the item itself gains, ``short`` slots in need.
    """
    ptr, idx, val, label, own = t.ptr, t.idx, t.val, s.label, s.own
    members, size, load, heads = s.members, s.size, s.load, s.heads
    count, weight, previous, stay, fixed = t.heads, t.weight, t.previous, t.stay, t.fixed
    threshold, bonus, lower, upper, held = t.threshold, t.seat, t.lower, t.upper, t.held
    m = members.shape[0]
    f = label[i]
    here = own[i] + rules(threshold, bonus, heads, count, label, previous, stay, i, f)
    shared = 2.0 if f < m else 1.0
    lacks = f < m and lack(load[f], size[f], held[f], lower, upper) > 0.0
    n_seen = 0
    for q in range(short.shape[0]):
        seen[n_seen] = short[q]
        n_seen += 1
        to_slot[short[q]] = 1e-300
    for p in range(ptr[i], ptr[i + 1]):
        g = label[idx[p]]
        mine[idx[p]] = val[p]
        if to_slot[g] == 0.0:
            seen[n_seen] = g
            n_seen += 1
            to_slot[g] = 1e-300
        to_slot[g] += val[p]
    best = EPS
    to = np.int32(-1)
    out = np.int32(-1)
    for q in range(-2, n_seen):
        g = np.int32(m) if q == -2 else (previous[i] if q == -1 else seen[q])
        if g == f or g < 0 or (g == m and q >= 0):
            continue
        base = rules(threshold, bonus, heads, count, label, previous, stay, i, g) - here
        if g < m:
            base += to_slot[g]
        in_need = lacks or (g < m and lack(load[g], size[g], held[g], lower, upper) > 0.0)
        if base + most <= best and not in_need:
            continue
        for r in range(-1, size[g] if g < m else 0):
            change = base
            moved = weight[i]
            gives = np.int64(t.giver[i])
            v = np.int32(-1)
            if r >= 0:
                v = members[g, r]
                change += sums[v] - own[v] - shared * (mine[v] - threshold * count[i] * count[v])
                change += rules(threshold, bonus, heads, count, label, previous, stay, v, f)
                change -= rules(threshold, bonus, heads, count, label, previous, stay, v, g)
                moved -= weight[v]
                gives -= np.int64(t.giver[v])
            if t.mix != 0.0:
                change += t.mix * mix_change(s.givers, m, f, g, gives)
            if (change <= best and not in_need) or (v >= 0 and fixed[v]):
                continue
            if not fits(load, upper, m, f, g, moved):
                continue
            change -= t.lack_price * lack_change(
                load, size, held, lower, upper, f, g, moved, v >= 0
            )
            if change > best and may_exchange(t, s, i, f, g, v):
                best = change
                to = g
                out = v
    for q in range(n_seen):
        to_slot[seen[q]] = 0.0
    for p in range(ptr[i], ptr[i + 1]):
        mine[idx[p]] = 0.0
    return to, out


@njit(cache=True, nogil=True)
def _in_need(t, s):  # type: ignore[no-untyped-def]
    """Slots that must be used and miss their lower bound."""
    m = s.members.shape[0]
    found = np.empty(m, np.int32)
    number = 0
    for g in range(m):
        if t.held[g] and s.load[g] < t.lower - EPS:
            found[number] = g
            number += 1
    return found[:number]


@lean
def _most(t, s, g, sums, least, slack):  # type: ignore[no-untyped-def]
    """Bound of what anybody who takes a seat in the group gains, and rules add."""
    ptr, idx, own, label = t.ptr, t.idx, s.own, s.label
    best = max(0.0, -least)
    for r in range(s.size[g]):
        i = s.members[g, r]
        for p in range(ptr[i], ptr[i + 1]):
            j = idx[p]
            if label[j] != g and sums[j] - own[j] > best:
                best = sums[j] - own[j]
    return best + slack


@njit(cache=True, nogil=True)
def _slack(t):  # type: ignore[no-untyped-def]
    """What thresholds, seats, stays, mixes and negative affinities may add to one swap."""
    heaviest = np.max(t.heads)
    heads = 0.0
    if t.threshold != 0.0:
        # A slot holds no more items than the lightest fill it with.
        heads = heaviest * (t.upper / max(np.min(t.weight), 1e-9) + 2.0)
    lowest = 0.0
    if t.val.shape[0] > 0:
        lowest = 2.0 * max(0.0, -np.float64(np.min(t.val)))
    stays = np.max(t.stay)
    return (
        abs(t.threshold) * heaviest * heads
        + 2.0 * np.max(np.abs(t.seat))
        + stays
        + 2.0 * abs(t.mix)
        + lowest
    )


@njit(cache=True, nogil=True)
def improve(t, s, changed, turn, passes):  # type: ignore[no-untyped-def]
    """
    Take the best improving move of each item in turn until none is left.

    ``changed`` is the turn in which each slot changed last; who sees no change since the
    turn before ``turn`` is passed over. Returns the next turn and the number of moves.
    """
    m = s.members.shape[0]
    n = s.label.shape[0]
    sums = np.zeros(n)
    mine = np.zeros(n)
    to_slot = np.zeros(m + 1)
    seen = np.empty(m + 1, np.int32)
    sitting = np.empty(s.members.shape[1], np.int32)
    moves = 0
    if n == 0:
        return turn, moves
    slack = _slack(t)
    for _ in range(passes):
        before = moves
        least = np.min(s.own)
        short = _in_need(t, s)
        since = turn - 1 if short.shape[0] == 0 else -1
        for g in range(m):
            number = s.size[g]
            sitting[:number] = s.members[g, :number]
            ready = False
            most = 0.0
            for r in range(number):
                i = sitting[r]
                if s.label[i] != g or t.fixed[i]:
                    continue
                if not _stale(t.ptr, t.idx, s.label, m, i, changed, since):
                    continue
                if not ready:
                    _sum_rows(t.ptr, t.idx, t.val, s.members[g], s.size[g], sums, 1.0)
                    most = _most(t, s, g, sums, least, slack)
                    ready = True
                to, out = _best(t, s, i, sums, most, mine, to_slot, seen, short)
                if to >= 0:
                    _sum_rows(t.ptr, t.idx, t.val, s.members[g], s.size[g], sums, 0.0)
                    ready = False
                    exchange(t, s, i, g, to, out)
                    changed[g] = turn
                    changed[to] = turn
                    moves += 1
            if ready:
                _sum_rows(t.ptr, t.idx, t.val, s.members[g], s.size[g], sums, 0.0)
        for q in range(t.movable.shape[0]):
            i = t.movable[q]
            if s.label[i] == m and _stale(t.ptr, t.idx, s.label, m, i, changed, since):
                to, out = _best(t, s, i, sums, max(0.0, -least) + slack, mine, to_slot, seen, short)
                if to >= 0:
                    exchange(t, s, i, np.int32(m), to, out)
                    changed[to] = turn
                    moves += 1
        turn += 1
        if moves == before:
            break
    return turn, moves
