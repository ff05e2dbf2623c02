"""An upper bound on the score that anybody can check."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def degree_bound(
    affinity: sparse.csr_array,
    threshold: float,
    upper: float,
    weight: NDArray[np.float64],
) -> float:
    """
    Half the sum, over items, of the best affinities that fit beside the item.

    A group of ``k`` members gives each of them at most its ``k - 1`` strongest pairs; ``k``
    is how many of the lightest items fit under ``upper``. With a threshold each pair counts
    what it is above it, and never less than nothing.
    """
    n = affinity.shape[0]
    most = int(np.searchsorted(np.cumsum(np.sort(weight)), upper + 1e-9, side="right")) - 1
    most = min(max(most, 0), n - 1)
    total = 0.0
    for i in range(n):
        above = affinity.data[affinity.indptr[i] : affinity.indptr[i + 1]] - threshold
        if threshold < 0:
            above = np.concatenate([above, np.full(n - 1 - len(above), -threshold)])
        above = above[above > 0]
        if len(above) > most:
            above = -np.partition(-above, most)[:most] if most else above[:0]
        total += float(above.sum())
    return total / 2.0
