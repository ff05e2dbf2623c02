"""
The seat of one more challenge: weigh every way of taking it in, and take the best.

A free seat; the seat of a weaker member who has another one to go to; a new group with those
who wait; a full group made two; or to wait, with the reason.
"""

import numpy as np
from numba import njit

from matcher.incremental.affinity import affinities
from matcher.incremental.rules import enter, leave, may_join, may_meet
from matcher.incremental.search import near
from matcher.incremental.weighing import best_seat, candidates, gain_of, weakest_of
from matcher.lean import lean

SEAT, CHAIN, NEW, SPLIT = 1, 2, 3, 4
CAP, NOTHING, BELOW, BARRED, FULL, FEW = -1, -2, -3, -4, -5, -6
"""Ways in, and reasons to wait."""
WIDE = 32
"""Nearest that a seat is looked for among."""


@njit(cache=True, nogil=True)
def best_chain(w, texts, items, rules, groups, post, work, i, ids, values, ranks, budget):  # type: ignore[no-untyped-def]
    """The full group whose weakest member has a seat elsewhere: group, member, its seat, gain."""
    some = np.empty(2, np.int32)
    best, member, most = -1, -1, 0.0
    for q in range(candidates(groups, ids, values, -1, some)):
        g = some[q]
        if groups.size[g] < rules.upper:
            continue
        weakest, lost = weakest_of(w, texts, items, rules, groups, work, g)
        if weakest < 0 or not may_join(rules, items, groups, i, g, weakest):
            continue
        gain, mean = gain_of(w, texts, items, rules, groups, work, i, g, weakest)
        if mean >= rules.weak and gain > 0.0 and (best < 0 or gain - lost > most):
            best, member, most = g, weakest, gain - lost
    if best < 0:
        return -1, -1, -1, 0.0
    # One search more, for the one member whose seat is worth most to the newcomer.
    theirs, fits = near(w, texts, items, post, member, ranks[member], budget, WIDE, work)
    h, more, _, _ = best_seat(w, texts, items, rules, groups, work, member, theirs, fits, -1, best)
    if h < 0:
        return -1, -1, -1, 0.0
    return best, member, h, most + more - rules.move


@njit(cache=True, nogil=True)
def best_new(w, texts, items, rules, groups, work, i, ids, values, chosen):  # type: ignore[no-untyped-def]
    """A group of ``i`` with some who wait, into ``chosen``: how many, and what it is worth."""
    waiting = np.empty(len(ids), np.int32)
    sums = np.empty(len(ids))
    n = 0
    for q in range(len(ids)):
        j = ids[q]
        if groups.label[j] >= 0 or items.pinned[j]:
            continue
        if groups.held[items.unit[j]] >= rules.most_groups:
            continue
        if values[q] > rules.weak and may_meet(rules, items, i, j):
            waiting[n] = j
            sums[n] = values[q]
            n += 1
    chosen[0] = i
    if n + 1 < rules.lower:
        return 0, 0.0
    k, total, common, gave = 1, 0.0, items.mask[i], items.giver[i]
    taken = np.zeros(n, np.uint8)
    more = np.empty(n)
    while k < rules.upper:
        best = -1
        for q in range(n):
            if taken[q] or not common & items.mask[waiting[q]]:
                continue
            if best < 0 or sums[q] > sums[best]:
                best = q
        if best < 0 or sums[best] / k <= rules.threshold:
            break
        j = waiting[best]
        total += sums[best] - rules.threshold * k
        chosen[k] = j
        k += 1
        common &= items.mask[j]
        gave |= items.giver[j]
        taken[best] = 1
        affinities(w, texts, items, j, waiting, n, more, work.scratch)
        for q in range(n):
            sums[q] += more[q]
            if not taken[q] and not may_meet(rules, items, j, waiting[q]):
                taken[q] = 1
    if k < rules.lower or total <= 0.0:
        return 0, 0.0
    return k, total + (rules.mix if gave else 0.0)


@njit(cache=True, nogil=True)
def split_of(w, texts, items, rules, groups, work, i, g, side):  # type: ignore[no-untyped-def]
    """
    Make a full group and ``i`` two groups; what that gains, 0 when it is not worth it.

    ``side[q]`` is 1 for the members that leave with the new group, ``side[k]`` for ``i``.
    """
    k = groups.size[g]
    n = k + 1
    ids = np.empty(n, np.int32)
    ids[:k] = groups.members[g, :k]
    ids[k] = i
    pairs = np.zeros((n, n))
    common = np.int64(-1)
    for q in range(n):
        affinities(w, texts, items, ids[q], ids, n, pairs[q], work.scratch)
        pairs[q, q] = rules.threshold
        common &= items.mask[ids[q]]
        if items.pinned[ids[q]] or (q < k and not may_meet(rules, items, i, ids[q])):
            return 0.0
    if n < 2 * rules.lower or common == 0:
        return 0.0
    one, other = 0, 1
    for p in range(n):
        for q in range(p):
            if pairs[p, q] < pairs[one, other]:
                one, other = p, q
    lean = pairs[one] - pairs[other]
    order = np.argsort(-lean)
    before = 0.0
    for p in range(k):
        for q in range(p):
            before += pairs[p, q] - rules.threshold
    best, cut = 0.0, -1
    for size in range(rules.lower, n - rules.lower + 1):
        value = 0.0
        for p in range(n):
            for q in range(p):
                if (p < size) == (q < size):
                    value += pairs[order[p], order[q]] - rules.threshold
        value -= before + rules.move * min(size, n - size)
        if value > best:
            best, cut = value, size
    if cut >= 0:
        first = 1 if cut <= n - cut else 0
        for p in range(n):
            side[order[p]] = first if p < cut else 1 - first
    return best


@njit(cache=True, nogil=True)
def place(w, texts, items, rules, groups, post, work, i, home, fresh, ranks, budget, known, log):  # type: ignore[no-untyped-def]
    """
    Seat item ``i``, which sits nowhere.

    Parameters
    ----------
    home
        Group that it sat in before it changed, or -1; to go back is worth the move's price.
    fresh
        Number of an empty group, for those that come into being.
    known
        Whether the nearest are known, they and their values; else they are searched for.
    log
        Members who moved, ``(moves, 3)``: item, from, to.

    Returns
    -------
    tuple
        How (or why not), group or -1, gain, number of moves in ``log``, and the nearest by
        affinity with their values.
    """
    is_known, ids, values = known
    if not is_known:
        ids, values = near(w, texts, items, post, i, ranks[i], budget, WIDE, work)
    if groups.held[items.unit[i]] >= rules.most_groups:
        return CAP, -1, 0.0, 0, ids, values
    g, gain, fitting, full = best_seat(
        w, texts, items, rules, groups, work, i, ids, values, home, -1
    )
    chosen = np.empty(rules.upper, np.int32)
    k, worth = best_new(w, texts, items, rules, groups, work, i, ids, values, chosen)
    if k > 0 and worth > gain:
        for q in range(k):
            log[q, 0], log[q, 1], log[q, 2] = chosen[q], -1, fresh
            enter(items, groups, chosen[q], fresh)
        return NEW, fresh, worth, k, ids, values
    if full or g < 0:
        at, member, seat, total = best_chain(
            w, texts, items, rules, groups, post, work, i, ids, values, ranks, budget
        )
        if at >= 0 and total > gain:
            leave(items, groups, member)
            enter(items, groups, member, seat)
            enter(items, groups, i, at)
            log[0, 0], log[0, 1], log[0, 2] = member, at, seat
            return CHAIN, at, total, 1, ids, values
    if g >= 0:
        enter(items, groups, i, g)
        return SEAT, g, gain, 0, ids, values
    if full:
        best, at = 0.0, -1
        some = np.empty(2, np.int32)
        side = np.zeros(rules.upper + 1, np.uint8)
        for q in range(candidates(groups, ids, values, -1, some)):
            if groups.size[some[q]] == rules.upper and may_join(
                rules, items, groups, i, some[q], -1
            ):
                worth = split_of(w, texts, items, rules, groups, work, i, some[q], side)
                if worth > best:
                    best, at = worth, some[q]
                    break
        if at >= 0:
            moves = _part(items, groups, at, fresh, side, log)
            mine = fresh if side[rules.upper] else at
            enter(items, groups, i, mine)
            return SPLIT, mine, best, moves, ids, values
    return _why(rules, ids, values, fitting, full), -1, 0.0, 0, ids, values


@njit(cache=True, nogil=True)
def _part(items, groups, g, fresh, side, log):  # type: ignore[no-untyped-def]
    moves = 0
    members = groups.members[g, : groups.size[g]].copy()
    for q in range(len(members)):
        if side[q]:
            leave(items, groups, members[q])
            enter(items, groups, members[q], fresh)
            log[moves, 0], log[moves, 1], log[moves, 2] = members[q], g, fresh
            moves += 1
    return moves


@lean
def _why(rules, ids, values, fitting, full):  # type: ignore[no-untyped-def]
    if len(ids) == 0:
        return NOTHING
    if values[0] <= rules.threshold:
        return BELOW
    if full:
        return FULL
    return BARRED if fitting else FEW
