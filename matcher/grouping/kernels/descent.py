"""The best improving moves until none is left, most of them passed over by a bound."""

import numpy as np
from numba import njit

from matcher.grouping.kernels.moves import allowed, fits, lack_change, make, mix_change, worth
from matcher.grouping.kernels.state import EPS, lack, pair
from matcher.lean import lean


@lean
def slack_of(t):  # type: ignore[no-untyped-def]
    """The most that a swap may bring besides what both gain in the other's company."""
    lowest = 0.0
    if t.dense:
        for i in range(t.full.shape[0]):
            for j in range(t.full.shape[1]):
                lowest = min(lowest, t.full[i, j])
    else:
        for p in range(t.val.shape[0]):
            lowest = min(lowest, t.val[p])
    heaviest = 0.0
    for i in range(t.heads.shape[0]):
        heaviest = max(heaviest, t.heads[i])
    return abs(t.mix) + 2.0 * (max(t.threshold, 0.0) * heaviest * heaviest - lowest)


@lean
def most_for(t, s, f, g):  # type: ignore[no-untyped-def]
    """The most that a member of ``g`` gains in ``f``, nothing for nobody; ``inf`` if one lacks."""
    m = s.gain.shape[0]
    for h in (f, g):
        if h < m and lack(s.load[h], s.size[h], t.held[h], t.lower, t.upper) > 0.0:
            return np.inf
    most = 0.0
    for r in range(s.size[g] if g < m else 0):
        v = s.members[g, r]
        a = worth(s.gain, t.heads, s.heads, s.label, t.previous, t.stay, t.threshold, t.seat, v, f)
        b = worth(s.gain, t.heads, s.heads, s.label, t.previous, t.stay, t.threshold, t.seat, v, g)
        most = max(most, a - b)
    return most


@lean
def best_move(t, s, i, slots, n_slots, slack, most, known):  # type: ignore[no-untyped-def]
    """
    The best allowed move of one item over some slots: change, slot, member out.

    ``most`` keeps what ``most_for`` two slots is where ``known`` says so, ``(m + 1, m + 1)``; a
    slot is passed over where nothing better can come of it. ``slack`` is ``slack_of`` the task.
    """
    gain, label, members, size, load = s.gain, s.label, s.members, s.size, s.load
    count, weight, previous, stay, fixed = t.heads, t.weight, t.previous, t.stay, t.fixed
    dense, full, ptr, idx, val = t.dense, t.full, t.ptr, t.idx, t.val
    held_count, threshold, seat, upper = s.heads, t.threshold, t.seat, t.upper
    m = gain.shape[0]
    f = label[i]
    here = worth(gain, count, held_count, label, previous, stay, threshold, seat, i, f)
    best = EPS
    to = np.int32(-1)
    out = np.int32(-1)
    for q in range(n_slots):
        g = slots[q]
        if g == f or (g == m and t.closed):
            continue
        there = worth(gain, count, held_count, label, previous, stay, threshold, seat, i, g)
        if not known[f, g]:
            most[f, g] = most_for(t, s, f, g)
            known[f, g] = True
        if there - here + most[f, g] + slack <= best:
            continue
        shared = (1.0 if f < m else 0.0) + (1.0 if g < m else 0.0)
        for r in range(-1, size[g] if g < m else 0):
            change = there - here
            moved = weight[i]
            step = np.int64(t.giver[i])
            v = np.int32(-1)
            if r >= 0:
                v = members[g, r]
                if fixed[v]:
                    continue
                change += worth(
                    gain, count, held_count, label, previous, stay, threshold, seat, v, f
                ) - worth(gain, count, held_count, label, previous, stay, threshold, seat, v, g)
                both = pair(dense, full, ptr, idx, val, i, v)
                change -= shared * (both - threshold * count[i] * count[v])
                moved -= weight[v]
                step -= np.int64(t.giver[v])
            if t.mix != 0.0:
                change += t.mix * mix_change(s.givers, m, f, g, step)
            if not fits(load, upper, m, f, g, moved):
                continue
            change -= t.lack_price * lack_change(
                load, size, t.held, t.lower, upper, f, g, moved, v >= 0
            )
            if change > best and allowed(t, s, i, f, g, v):
                best = change
                to = g
                out = v
    return best, to, out


@lean
def near_slots(t, s, i, seen, slots):  # type: ignore[no-untyped-def]
    """The slots of an item's nearest items, its previous one and the pool, each once."""
    m = s.gain.shape[0]
    n_slots = 0
    for r in range(t.near_n[i] + 1):
        g = s.label[t.near[i, r]] if r < t.near_n[i] else np.int32(m)
        if seen[g] != i + 1:
            seen[g] = i + 1
            slots[n_slots] = g
            n_slots += 1
    g = t.previous[i]
    if g >= 0 and seen[g] != i + 1:
        slots[n_slots] = g
        n_slots += 1
    return n_slots


@njit(cache=True, nogil=True)
def descend(t, s, all_slots, passes):  # type: ignore[no-untyped-def]
    """
    Take the best improving move of each item in turn until none is left.

    ``all_slots`` looks at every slot, else at those of the nearest items only. Returns
    the number of moves made.
    """
    m = s.gain.shape[0]
    seen = np.zeros(m + 1, np.int64)
    slots = np.arange(m + 1).astype(np.int32)
    near = np.empty(m + 2, np.int32)
    most, known = np.zeros((m + 1, m + 1)), np.zeros((m + 1, m + 1), np.bool_)
    slack = slack_of(t)
    moves = 0
    for _ in range(passes):
        made = 0
        seen[:] = 0
        for q in range(t.movable.shape[0]):
            i = t.movable[q]
            if all_slots:
                _, to, out = best_move(t, s, i, slots, m + 1, slack, most, known)
            else:
                n_slots = near_slots(t, s, i, seen, near)
                _, to, out = best_move(t, s, i, near, n_slots, slack, most, known)
            if to >= 0:
                f = s.label[i]
                make(t, s, i, f, to, out)
                for h in (f, to):
                    known[h, :] = False
                    known[:, h] = False
                made += 1
        moves += made
        if made == 0:
            break
    return moves
