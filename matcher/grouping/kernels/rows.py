"""A partition over sparse rows, without a matrix of gains: memory of the rows only."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.kernels.state import enter, lack, leave
from matcher.lean import lean


class Seats(NamedTuple):
    """Who sits where; the last slot, ``m``, is the pool of unplaced."""

    label: NDArray[np.int32]
    place: NDArray[np.int32]
    members: NDArray[np.int32]
    size: NDArray[np.int32]
    load: NDArray[np.float64]
    heads: NDArray[np.float64]
    givers: NDArray[np.int32]
    common: NDArray[np.int64]
    own: NDArray[np.float64]
    """Sum of each item's affinities to the others of its group; 0 in the pool."""
    rng: NDArray[Any]


@lean
def toward(ptr, idx, val, label, i, g):  # type: ignore[no-untyped-def]
    """Sum of an item's affinities to the members of a slot."""
    total = 0.0
    for p in range(ptr[i], ptr[i + 1]):
        if label[idx[p]] == g:
            total += val[p]
    return total


@lean
def seat(t, s, i, g):  # type: ignore[no-untyped-def]
    """Move an item to a slot, and keep up what members have of their own groups."""
    m = s.members.shape[0]
    f = s.label[i]
    leave(t, s, i)
    enter(t, s, i, g)
    own = 0.0
    for p in range(t.ptr[i], t.ptr[i + 1]):
        j = t.idx[p]
        h = s.label[j]
        if h == m:  # nobody's business: another thread may be at it
            continue
        if h == f:
            s.own[j] -= t.val[p]
        elif h == g:
            s.own[j] += t.val[p]
            own += t.val[p]
    s.own[i] = own


@lean
def reseat(t, s):  # type: ignore[no-untyped-def]
    """Make everything of the seats anew from their labels."""
    m = s.members.shape[0]
    s.size[:] = 0
    s.load[:] = 0.0
    s.heads[:] = 0.0
    s.givers[:] = 0
    s.common[:] = -1
    for i in range(s.label.shape[0]):
        g = s.label[i]
        enter(t, s, i, g)
        s.own[i] = toward(t.ptr, t.idx, t.val, s.label, i, g) if g < m else 0.0


@lean
def worth_of(t, s, g):  # type: ignore[no-untyped-def]
    """What a group is worth: pairs above the threshold, seats, stays and mix."""
    value = t.mix if s.givers[g] > 0 else 0.0
    for q in range(s.size[g]):
        i = s.members[g, q]
        value += 0.5 * s.own[i]
        value += t.seat[i] - 0.5 * t.threshold * (s.heads[g] - t.heads[i]) * t.heads[i]
        if t.previous[i] == g:
            value += t.stay[i]
    return value


@lean
def value_of_seats(t, s):  # type: ignore[no-untyped-def]
    """Objective of the partition, lacks at their price."""
    value = 0.0
    for g in range(s.members.shape[0]):
        if s.size[g] > 0:
            value += worth_of(t, s, g)
        value -= t.lack_price * lack(s.load[g], s.size[g], t.held[g], t.lower, t.upper)
    return value
