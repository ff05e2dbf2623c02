"""
Groups looked at again after changes: who sat together stays, unless more is gained elsewhere.

Every pair that is parted has a price, which pairs that move together do not pay. Several
searches from the present groups seek the price at which just enough pairs are kept, and what
they find is put together.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from matcher.caps import Labels, Limits, within
from matcher.grouping.problem import Problem
from matcher.patchwork import Patchwork

CHEAPEST, DEAREST = 0.25, 2.0
"""The least share of a pair's price that is asked, and the most in units of affinity."""
SEARCHES = 5
"""Prices tried: the first as it is, then each nearer to the lowest that keeps enough."""
ROUND_IT = (0.6, 0.8, 1.25, 1.6)
"""Further prices, as shares of the last: one search of few items is as good as its luck."""
FEW_UP_TO = 3_000
"""Items up to which they are tried."""
REACH = 0.8
"""Heat and proposals of each search, as a share of those of a search from nothing."""
KEPT = 0.972
"""Share of the pairs that one look keeps at least, where a search does."""


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
        Share of those pairs to keep at least: where nothing that is found does, what keeps
        most is taken.

    Returns
    -------
    Labels
        A slot for each item, -1 for none; present groups keep theirs.
    """
    if problem.previous is None:
        return within(problem, limits, seed)
    work = Patchwork(
        problem,
        together,
        limits,
        least=kept * float(together.nnz) / 2 * (price > 0),
        cheapest=CHEAPEST * price,
    )

    def kept_at(asked: float, turn: int) -> bool:
        dear = sparse.csr_array(problem.affinity + asked * together)
        return work.take(within(replace(problem, affinity=dear, again=REACH), limits, seed + turn))

    low, high, asked = CHEAPEST * price, max(DEAREST, price), price
    for turn in range(SEARCHES if price > 0 else 1):
        low, high = (low, asked) if kept_at(asked, turn) else (asked, high)
        asked = float(np.sqrt(low * high))
    if price > 0:
        for turn, share in enumerate(ROUND_IT if problem.n <= FEW_UP_TO else (), SEARCHES):
            kept_at(share * asked, turn)
        work.put_together(CHEAPEST * price, max(DEAREST, price))
    return work.best


def together_of(keys: Sequence[str], groups: Iterable[Sequence[str]]) -> sparse.csr_array:
    """1 for each pair of keys that shares one of the groups, ``(n, n)``; a key is in one."""
    number = {key: at for at, key in enumerate(keys)}
    here = [np.array([number[key] for key in ids if key in number], np.int64) for ids in groups]
    row = np.concatenate([np.zeros(0, np.int64), *(np.repeat(ids, len(ids)) for ids in here)])
    column = np.concatenate([np.zeros(0, np.int64), *(np.tile(ids, len(ids)) for ids in here)])
    other = row != column
    pairs = np.ones(int(other.sum())), (row[other], column[other])
    return sparse.csr_array(pairs, shape=(len(keys), len(keys)))
