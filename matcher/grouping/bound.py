"""An upper bound on the score that anybody can check."""

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.kernels.prepare import best_sums


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
    if most == 0:
        return 0.0
    return float(best_sums(affinity.indptr, affinity.data, most, threshold)) / 2.0
