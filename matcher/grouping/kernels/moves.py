"""What a move changes, in constant time, and the annealing made of moves."""

import math

import numpy as np

from matcher.grouping.kernels.state import EPS, draw, lack, may_join, pair, put
from matcher.lean import lean


@lean
def worth(gain, count, held, label, previous, stay, threshold, seat, i, g):  # type: ignore[no-untyped-def]
    """What item ``i`` adds to slot ``g``, itself not counted; the pool is worth nothing."""
    if g == gain.shape[0]:
        return 0.0
    others = held[g]
    if label[i] == g:
        others -= count[i]
    value = gain[g, i] - threshold * count[i] * others + seat[i]
    if previous[i] == g:
        value += stay[i]
    return value


@lean
def lack_change(load, size, held, lower, upper, f, g, step, swap):  # type: ignore[no-untyped-def]
    """Change of two slots' lacks when a load of ``step`` goes from ``f`` to ``g``."""
    if swap and step == 0.0:
        return 0.0
    m = held.shape[0]
    one = 0 if swap else 1
    change = 0.0
    if f < m:
        change += lack(load[f] - step, size[f] - one, held[f], lower, upper)
        change -= lack(load[f], size[f], held[f], lower, upper)
    if g < m:
        change += lack(load[g] + step, size[g] + one, held[g], lower, upper)
        change -= lack(load[g], size[g], held[g], lower, upper)
    return change


@lean
def mix_change(givers, m, f, g, step):  # type: ignore[no-untyped-def]
    """Change of the number of groups with a giver when ``step`` givers go from f to g."""
    change = 0.0
    if step != 0:
        if f < m:
            change += (1.0 if givers[f] - step > 0 else 0.0) - (1.0 if givers[f] > 0 else 0.0)
        if g < m:
            change += (1.0 if givers[g] + step > 0 else 0.0) - (1.0 if givers[g] > 0 else 0.0)
    return change


@lean
def fits(load, upper, m, f, g, step):  # type: ignore[no-untyped-def]
    """Whether no slot would go over its upper bound, or further over it."""
    if g < m and step > 0.0 and load[g] + step > upper + EPS:
        return False
    return not (f < m and step < 0.0 and load[f] - step > upper + EPS)


@lean
def allowed(t, s, i, f, g, v):  # type: ignore[no-untyped-def]
    """Whether the rules of both groups hold after the move."""
    return may_join(t, s, i, g, v) and (v < 0 or may_join(t, s, v, f, i))


@lean
def make(t, s, i, f, g, v):  # type: ignore[no-untyped-def]
    """Carry the move out."""
    if v >= 0:
        put(t, s, v, s.gain.shape[0])
    put(t, s, i, g)
    if v >= 0:
        put(t, s, v, f)


@lean
def anneal(t, s, near_share, hot, cold, done, steps, of_steps):  # type: ignore[no-untyped-def]
    """
    Simulated annealing from step ``done``, ``steps`` proposals of a run of ``of_steps``.

    The temperature falls geometrically from ``hot`` to ``cold``. Proposals: the group
    of one of the item's nearest items (share ``near_share``), else any slot; a free seat
    is taken, or the weaker of two members is swapped out. Returns how many were accepted.
    """
    gain, label, members, rng = s.gain, s.label, s.members, s.rng
    size, load, held_count, givers = s.size, s.load, s.heads, s.givers
    count, weight, previous, stay = t.heads, t.weight, t.previous, t.stay
    near, near_n, movable, fixed, giver = t.near, t.near_n, t.movable, t.fixed, t.giver
    dense, full, ptr, idx, val, held = t.dense, t.full, t.ptr, t.idx, t.val, t.held
    threshold, seat, mix, upper, lower = t.threshold, t.seat, t.mix, t.upper, t.lower
    m = gain.shape[0]
    slots = m if t.closed else m + 1
    n = movable.shape[0]
    near_limit = np.int64(near_share * 65536)
    temperature = hot
    accepted = 0
    if n == 0 or slots < 2:
        return accepted
    for step in range(steps):
        if step & 255 == 0:
            temperature = hot * (cold / hot) ** ((done + step) / of_steps)
        i = movable[draw(rng, n)]
        f = label[i]
        if near_n[i] > 0 and draw(rng, 65536) < near_limit:
            g = label[near[i, draw(rng, near_n[i])]]
        else:
            g = np.int32(draw(rng, slots))
        if g == f or g >= slots:
            continue
        v = np.int32(-1)
        moved = weight[i]
        gives = np.int64(giver[i])
        change = worth(
            gain, count, held_count, label, previous, stay, threshold, seat, i, g
        ) - worth(gain, count, held_count, label, previous, stay, threshold, seat, i, f)
        if g < m and size[g] > 0:
            room = load[g] + moved <= upper + EPS
            if not room or (f < m and draw(rng, 2) == 1):
                v = members[g, draw(rng, size[g])]
                other = members[g, draw(rng, size[g])]
                loses = worth(gain, count, held_count, label, previous, stay, threshold, seat, v, g)
                weaker = worth(
                    gain, count, held_count, label, previous, stay, threshold, seat, other, g
                )
                if weaker < loses:
                    v = other
                    loses = weaker
                if fixed[v]:
                    continue
                moved -= weight[v]
                gives -= giver[v]
                change -= loses
                change += worth(
                    gain, count, held_count, label, previous, stay, threshold, seat, v, f
                )
                change += threshold * count[i] * count[v] * (2.0 if f < m else 1.0)
                if change >= -16.0 * temperature:
                    change -= (2.0 if f < m else 1.0) * pair(dense, full, ptr, idx, val, i, v)
        if change < -16.0 * temperature or not fits(load, upper, m, f, g, moved):
            continue
        if mix != 0.0:
            change += mix * mix_change(givers, m, f, g, gives)
        change -= t.lack_price * lack_change(load, size, held, lower, upper, f, g, moved, v >= 0)
        if change < 0.0:
            if change < -16.0 * temperature:
                continue
            if temperature * math.log((draw(rng, 1 << 30) + 1) / (1 << 30)) > change:
                continue
        if allowed(t, s, i, f, g, v):
            make(t, s, i, f, g, v)
            accepted += 1
    return accepted


@lean
def move_change(t, s, i, f, g, v):  # type: ignore[no-untyped-def]
    """
    Change of the objective, lacks apart, when ``i`` goes from ``f`` to ``g``.

    With ``v >= 0`` that member of ``g`` goes to ``f`` in exchange.
    """
    m = s.gain.shape[0]
    step = np.int64(t.giver[i])
    a = worth(s.gain, t.heads, s.heads, s.label, t.previous, t.stay, t.threshold, t.seat, i, g)
    b = worth(s.gain, t.heads, s.heads, s.label, t.previous, t.stay, t.threshold, t.seat, i, f)
    change = a - b
    if v >= 0:
        a = worth(s.gain, t.heads, s.heads, s.label, t.previous, t.stay, t.threshold, t.seat, v, f)
        b = worth(s.gain, t.heads, s.heads, s.label, t.previous, t.stay, t.threshold, t.seat, v, g)
        shared = (1.0 if f < m else 0.0) + (1.0 if g < m else 0.0)
        both = pair(t.dense, t.full, t.ptr, t.idx, t.val, i, v)
        change += a - b - shared * (both - t.threshold * t.heads[i] * t.heads[v])
        step -= np.int64(t.giver[v])
    return change + t.mix * mix_change(s.givers, m, f, g, step)
