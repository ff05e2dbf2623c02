"""What capacitated clustering reads and changes, and its elementary steps, compiled."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matcher.grouping.kernels.state import EPS
from matcher.lean import lean


class Field(NamedTuple):
    """A capacitated problem as the loops read it; ``n`` items, ``m`` groups."""

    full: NDArray[np.float64]
    """Worth of each pair, ``(n, n)``, symmetric, zero diagonal; thresholds are in it."""
    own: NDArray[np.float64]
    """Worth of each item in each group by itself, ``(m, n)``."""
    weight: NDArray[np.float64]
    movable: NDArray[np.int32]
    fixed: NDArray[np.uint8]
    lower: float
    upper: float


class Seats(NamedTuple):
    """Where everybody sits, as the loops change it."""

    label: NDArray[np.int32]
    members: NDArray[np.int32]
    """Items of each group in any order, ``(m, n)``, the first ``size`` of a row."""
    place: NDArray[np.int32]
    """Position of each item among its group's members."""
    size: NDArray[np.int32]
    load: NDArray[np.float64]
    gain: NDArray[np.float64]
    """Worth of each item in each group's present company, ``(m, n)``."""
    best: NDArray[np.int32]
    """Labels of the best arrangement seen that keeps every bound."""
    rng: NDArray[np.uint64]
    luck: NDArray[np.float64]
    """Exponential numbers, more than ``n``; see ``cool``."""


@njit(cache=True, nogil=True)
def seat_all(t, s):  # type: ignore[no-untyped-def]
    """Make members, loads and gains anew from the labels."""
    n = s.label.shape[0]
    s.size[:] = 0
    s.load[:] = 0.0
    s.gain[:] = t.own
    for i in range(n):
        g = s.label[i]
        s.members[g, s.size[g]] = i
        s.place[i] = s.size[g]
        s.size[g] += 1
        s.load[g] += t.weight[i]
        into = s.gain[g]
        row = t.full[i]
        for j in range(n):
            into[j] += row[j]


@lean
def worth_of(own, label, gain):  # type: ignore[no-untyped-def]
    """The objective: every pair once, every item's own worth once."""
    value = 0.0
    for i in range(label.shape[0]):
        value += 0.5 * (gain[label[i], i] + own[label[i], i])
    return value


@lean
def reseat(full, weight, label, members, place, size, load, gain, i, g):  # type: ignore[no-untyped-def]
    """Move item ``i`` to group ``g``."""
    f = label[i]
    label[i] = g
    size[f] -= 1
    last = members[f, size[f]]
    members[f, place[i]] = last
    place[last] = place[i]
    members[g, size[g]] = i
    place[i] = size[g]
    size[g] += 1
    load[f] -= weight[i]
    load[g] += weight[i]
    row = full[i]
    out = gain[f]
    into = gain[g]
    for j in range(row.shape[0]):
        out[j] -= row[j]
        into[j] += row[j]


@lean
def trade(full, weight, label, members, place, load, gain, i, j):  # type: ignore[no-untyped-def]
    """Let two items of different groups change places."""
    f, g = label[i], label[j]
    label[i], label[j] = g, f
    members[f, place[i]], members[g, place[j]] = j, i
    place[i], place[j] = place[j], place[i]
    load[f] += weight[j] - weight[i]
    load[g] += weight[i] - weight[j]
    mine, yours = full[i], full[j]
    out, into = gain[f], gain[g]
    for k in range(mine.shape[0]):
        shift = mine[k] - yours[k]
        out[k] -= shift
        into[k] += shift


@lean
def miss(load, lower, upper):  # type: ignore[no-untyped-def]
    """By how much a load misses its bounds."""
    if load > upper + EPS:
        return load - upper
    if load < lower - EPS:
        return lower - load
    return 0.0


@lean
def misses(load, lower, upper):  # type: ignore[no-untyped-def]
    """By how much all loads together miss their bounds."""
    lack = 0.0
    for g in range(load.shape[0]):
        lack += miss(load[g], lower, upper)
    return lack


@lean
def miss_change(load, lower, upper, f, g, step):  # type: ignore[no-untyped-def]
    """Change of what two groups miss when a load of ``step`` goes from ``f`` to ``g``."""
    before = miss(load[f], lower, upper) + miss(load[g], lower, upper)
    return miss(load[f] - step, lower, upper) + miss(load[g] + step, lower, upper) - before


@lean
def cost(load, lower, upper, over, under):  # type: ignore[no-untyped-def]
    """What a load costs that misses its bounds, a unit too much ``over``, too little ``under``."""
    if load > upper + EPS:
        return (load - upper) * over
    if load < lower - EPS:
        return (lower - load) * under
    return 0.0


@lean
def cost_change(load, lower, upper, over, under, f, g, step):  # type: ignore[no-untyped-def]
    """Change of what the loads of two groups cost when ``step`` goes from ``f`` to ``g``."""
    before = cost(load[f], lower, upper, over, under) + cost(load[g], lower, upper, over, under)
    after = cost(load[f] - step, lower, upper, over, under)
    return after + cost(load[g] + step, lower, upper, over, under) - before


@lean
def costs(load, lower, upper, over, under):  # type: ignore[no-untyped-def]
    """What all loads together cost."""
    lack = 0.0
    for g in range(load.shape[0]):
        lack += cost(load[g], lower, upper, over, under)
    return lack


@lean
def insertion_change(gain, f, g, i):  # type: ignore[no-untyped-def]
    """Change of the objective when ``i`` goes from ``f`` to ``g``."""
    return gain[g, i] - gain[f, i]


@lean
def swap_change(full, gain, f, g, i, j):  # type: ignore[no-untyped-def]
    """Change when ``i`` of ``f`` and ``j`` of ``g`` change places."""
    return gain[g, i] - gain[f, i] + gain[f, j] - gain[g, j] - 2.0 * full[i, j]


@lean
def exchange_change(full, gain, f, g, i, j, k):  # type: ignore[no-untyped-def]
    """Change when ``i`` of ``f`` changes places with two of ``g``, ``j`` and ``k``."""
    pairs = full[j, k] - full[i, j] - full[i, k]
    alone = gain[g, i] - gain[f, i] + gain[f, j] - gain[g, j] + gain[f, k] - gain[g, k]
    return alone + 2.0 * pairs
