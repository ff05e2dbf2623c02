"""
Groups looked at again after changes: who sat together stays, unless more is gained elsewhere.

Every pair that is parted has a price, which pairs that move together do not pay. Several
searches from the present groups seek the price at which just enough pairs are kept; of what
they find the one is taken that is worth most among those that keep enough.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.caps import Labels, Limits, within
from matcher.fairness import Rules, blocking_pairs
from matcher.grouping.problem import Problem

CHEAPEST, DEAREST = 0.25, 2.0
"""The least share of a pair's price that is asked, and the most in units of affinity."""
SEARCHES = 5
"""Prices tried: the first as it is, then each nearer to the lowest that keeps enough."""
REACH = 0.8
"""Heat and proposals of each search, as a share of those of a search from nothing."""
KEPT = 0.972
"""Share of the pairs that one look keeps at least, where a search does."""
TURNS = 20
"""Looks for pairs who would both gain by changing places."""


def search_again(
    problem: Problem,
    together: sparse.csr_array,
    price: float,
    limits: Limits,
    *,
    seed: int = 0,
    kept: float = KEPT,
) -> Labels:
    """
    Improve groups from where they are.

    Parameters
    ----------
    problem
        With ``previous`` groups; ``stay`` is what pins are worth, 0 for who has none.
    together
        1 for each pair that sat together when groups were looked at last, ``(n, n)``.
    price
        What a pair that is parted costs, in units of affinity; 0: nothing has to be kept.
    kept
        Share of those pairs to keep at least: where no search does, the one that keeps most
        is taken.

    Returns
    -------
    Labels
        A slot for each item, -1 for none; present groups keep theirs.
    """
    if problem.previous is None:
        return within(problem, limits, seed)
    least = kept * float(together.nnz) / 2 * (price > 0)
    best, most = problem.previous, (-np.inf, -np.inf)
    low, high, asked = CHEAPEST * price, max(DEAREST, price), price
    for turn in range(SEARCHES if price > 0 else 1):
        dear = sparse.csr_array(problem.affinity + asked * together)
        found = within(replace(problem, affinity=dear, again=REACH), limits, seed + turn)
        label = swapped(problem, limits.unit, _named(problem, found))
        pairs = float(_sums(together, label).sum())
        rank = (
            min(pairs - least, 0.0),
            float(_worths(problem, label).sum()) + CHEAPEST * price * pairs,
        )
        if rank > most:
            best, most = label, rank
        low, high = (low, asked) if pairs >= least else (asked, high)
        asked = float(np.sqrt(low * high))
    return best


def _named(problem: Problem, found: Labels) -> Labels:
    """The same groups in the slots that most of their members were in, pins first, each once."""
    start = problem.previous
    if start is None:
        return found
    both = (found >= 0) & (start >= 0)
    pairs, which = np.unique(np.stack([found[both], start[both]]), axis=1, return_inverse=True)
    stay = 0.0 if problem.stay is None else problem.stay[both]
    common = np.bincount(which.ravel(), 1.0 + stay, minlength=pairs.shape[1])
    name: dict[int, int] = {}
    taken: set[int] = set()
    for at in np.lexsort((pairs[1], pairs[0], -common)):
        group, slot = int(pairs[0, at]), int(pairs[1, at])
        if group not in name and slot not in taken:
            name[group] = slot
            taken.add(slot)
    fresh = count(problem.slots)
    label = np.full(len(found), -1, np.int32)
    for group in np.unique(found[found >= 0]).tolist():
        label[found == group] = name[group] if group in name else next(fresh)
    return label


def swapped(problem: Problem, unit: NDArray[np.int64], label: Labels) -> Labels:
    """The groups, after pairs who both gain by it have changed places, whatever that parts."""
    label = label.copy()
    rules = Rules(units=unit, masks=problem.mask, givers=problem.giver if problem.mix else None)
    for _ in range(TURNS):
        pairs = blocking_pairs(
            problem.affinity, label.astype(np.int64), threshold=problem.threshold, rules=rules
        )
        used: set[int] = set()
        for i, j in pairs:
            seats = int(label[i]), int(label[j])
            if used.isdisjoint(seats) and _may_swap(problem, label, i, j):
                used.update(seats)
                label[i], label[j] = seats[1], seats[0]
        if not used:
            break
    return label


def _may_swap(problem: Problem, label: Labels, i: int, j: int) -> bool:
    """Whether nobody of two is pinned or meets one whom it may not."""
    if problem.stay is not None and problem.stay[[i, j]].any():
        return False
    if problem.bars is None:
        return True
    for one, other in ((i, j), (j, i)):
        barred = problem.bars.indices[problem.bars.indptr[one] : problem.bars.indptr[one + 1]]
        if ((label[barred] == label[other]) & (barred != other)).any():
            return False
    return True


def _worths(problem: Problem, label: Labels) -> NDArray[np.float64]:
    """What the group in each slot is worth: affinities above the threshold, giver and pins."""
    inside = label >= 0
    size = np.bincount(label[inside], minlength=1)
    worth = _sums(problem.affinity, label) - problem.threshold * size * (size - 1) / 2
    if problem.giver is not None:
        gives = np.bincount(label[inside], problem.giver[inside], minlength=1) > 0
        worth += problem.mix * gives
    if problem.stay is not None and problem.previous is not None:
        stays = inside & (label == problem.previous)
        worth += np.bincount(label[stays], problem.stay[stays], minlength=len(size))
    return worth


def _sums(pairs: sparse.csr_array, label: Labels) -> NDArray[np.float64]:
    """Sum over the pairs of the group in each slot."""
    row = np.repeat(np.arange(len(label)), np.diff(pairs.indptr))
    mine = label[row]
    same = (mine == label[pairs.indices]) & (mine >= 0) & (row < pairs.indices)
    most = int(label.max(initial=0)) + 1
    return np.bincount(mine[same], pairs.data[same], minlength=most).astype(np.float64)


def together_of(keys: Sequence[str], groups: Iterable[Sequence[str]]) -> sparse.csr_array:
    """1 for each pair of keys that shares one of the groups, ``(n, n)``; a key is in one."""
    number = {key: at for at, key in enumerate(keys)}
    here = [np.array([number[key] for key in ids if key in number], np.int64) for ids in groups]
    row = np.concatenate([np.zeros(0, np.int64), *(np.repeat(ids, len(ids)) for ids in here)])
    column = np.concatenate([np.zeros(0, np.int64), *(np.tile(ids, len(ids)) for ids in here)])
    other = row != column
    pairs = np.ones(int(other.sum())), (row[other], column[other])
    return sparse.csr_array(pairs, shape=(len(keys), len(keys)))
