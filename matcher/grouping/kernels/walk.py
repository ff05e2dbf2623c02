"""What an item adds to a group by the rules, and how a move over sparse rows is made."""

import numpy as np

from matcher.grouping.kernels.rows import seat
from matcher.grouping.kernels.state import may_join
from matcher.lean import lean


@lean
def rules(threshold, bonus, heads, count, label, previous, stay, i, g):  # type: ignore[no-untyped-def]
    """What an item adds to a slot besides affinities, itself not counted; 0 for the pool."""
    if g == heads.shape[0] - 1:
        return 0.0
    others = heads[g]
    if label[i] == g:
        others -= count[i]
    value = bonus[i] - threshold * others * count[i]
    if previous[i] == g:
        value += stay[i]
    return value


@lean
def toward_one(ptr, idx, val, i, j):  # type: ignore[no-untyped-def]
    """Affinity of two items."""
    for p in range(ptr[i], ptr[i + 1]):
        if idx[p] == j:
            return np.float64(val[p])
    return 0.0


@lean
def exchange(t, s, i, f, g, v):  # type: ignore[no-untyped-def]
    """Carry a move out: ``i`` from ``f`` to ``g``, and ``v``, when there is one, back."""
    if v >= 0:
        seat(t, s, v, s.members.shape[0])
    seat(t, s, i, g)
    if v >= 0:
        seat(t, s, v, f)


@lean
def may_exchange(t, s, i, f, g, v):  # type: ignore[no-untyped-def]
    """Whether the rules of both groups hold after the move."""
    return may_join(t, s, i, g, v) and (v < 0 or may_join(t, s, v, f, i))
