"""The rules of a group as the loops test them, and what they work with."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.lean import lean
from matcher.params import GroupRules

WEAK = 0.8
"""Share of the threshold below which a member does not belong, as in ``matcher.rounds``."""


class Rules(NamedTuple):
    """``matcher.params.GroupRules`` as the loops read them, and what people decided."""

    lower: int
    upper: int
    threshold: float
    weak: float
    most_groups: int
    mix: float
    move: float
    apart: NDArray[np.int64]
    """Pairs of items that must not meet, low and high in one number, sorted."""
    kept_out: NDArray[np.int64]
    """Groups and items that must not come to them, in one number, sorted."""


class Work(NamedTuple):
    """Room to work in, so that nothing is made anew for each registration."""

    scratch: NDArray[np.float32]
    """One a column; zeros between two uses."""
    score: NDArray[np.float32]
    """One an item; zeros between two uses."""
    touched: NDArray[np.int32]
    """One for each posting that the budget allows."""
    found: NDArray[np.int32]
    """Candidates whose affinity is worked out."""


def rules_of(rules: GroupRules, apart: NDArray[np.int64], kept_out: NDArray[np.int64]) -> Rules:
    """Take the knobs over."""
    return Rules(
        rules.lower,
        rules.upper,
        rules.threshold,
        WEAK * rules.threshold,
        rules.most_groups,
        rules.giver,
        rules.move_penalty,
        np.sort(apart),
        np.sort(kept_out),
    )


@lean
def code(low, high):  # type: ignore[no-untyped-def]
    """Two numbers below 2**31 as one."""
    return (np.int64(low) << 32) | np.int64(high)


@lean
def holds(codes, wanted):  # type: ignore[no-untyped-def]
    """Whether a sorted list of codes holds one."""
    at = np.searchsorted(codes, wanted)
    return at < codes.shape[0] and codes[at] == wanted


@lean
def may_meet(rules, items, i, j):  # type: ignore[no-untyped-def]
    """Whether two items may share a group."""
    if items.unit[i] == items.unit[j]:
        return False
    if rules.apart.shape[0] == 0:
        return True
    return not holds(rules.apart, code(min(i, j), max(i, j)))


@lean
def may_join(rules, items, groups, i, g, out):  # type: ignore[no-untyped-def]
    """Whether a group lets an item in when member ``out`` (-1: nobody) leaves it."""
    if rules.kept_out.shape[0] and holds(rules.kept_out, code(g, i)):
        return False
    common = items.mask[i]
    for q in range(groups.size[g]):
        j = groups.members[g, q]
        if j == out:
            continue
        if not may_meet(rules, items, i, j):
            return False
        common &= items.mask[j]
    return common != 0


@lean
def givers(items, groups, g, out):  # type: ignore[no-untyped-def]
    """Members other than ``out`` who have done it already."""
    n = 0
    for q in range(groups.size[g]):
        j = groups.members[g, q]
        if j != out and items.giver[j]:
            n += 1
    return n


@lean
def enter(items, groups, i, g):  # type: ignore[no-untyped-def]
    """Seat an item."""
    groups.members[g, groups.size[g]] = i
    groups.size[g] += 1
    groups.label[i] = g
    groups.held[items.unit[i]] += 1


@lean
def leave(items, groups, i):  # type: ignore[no-untyped-def]
    """Free the seat of an item; returns its group, or -1."""
    g = groups.label[i]
    if g < 0:
        return g
    last = groups.size[g] - 1
    for q in range(last):
        if groups.members[g, q] == i:
            groups.members[g, q] = groups.members[g, last]
            break
    groups.size[g] = last
    groups.label[i] = -1
    groups.held[items.unit[i]] -= 1
    return g
