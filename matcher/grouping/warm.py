"""Have the loops compiled, or loaded from the compiler's cache, before they are needed."""

import numpy as np
from scipy import sparse

from matcher.grouping.form import form_groups
from matcher.grouping.graph import Features, affinity_graph
from matcher.grouping.walks import ONE_BLOCK


def warm() -> None:
    """
    Run every loop once: on dense and sparse affinity, small and large, from features too.

    Called when a process starts: under a minute the first time on a machine, two seconds
    afterwards. A page or an event must never wait for a compiler.
    """
    square = np.ones((8, 8)) - np.eye(8)
    for kind in (np.float32, np.float64):
        form_groups(sparse.csr_array(square.astype(kind)), lower=2, upper=4)
    form_groups(square, lower=2, upper=4, groups=2)
    form_groups(square, lower=2, upper=4, groups=3, cannot_link=[(0, 1)])
    form_groups(np.ones((17, 17)), lower=2, upper=4)
    form_groups(_ring(50), lower=2, upper=4, previous=np.arange(50) // 4, time_limit_s=0.0)
    form_groups(np.ones((50, 50)), lower=2, upper=4, time_limit_s=0.0)
    for n, kind in ((400, np.float32), (400, np.float64), (ONE_BLOCK + 1, np.float32)):
        form_groups(_ring(n).astype(kind), lower=2, upper=4, time_limit_s=0.0)
    affinity_graph(_features(8), k=2)


def _ring(n: int) -> sparse.csr_array:
    """Everybody tied to the next and the one before."""
    at = np.arange(n)
    both = np.concatenate([at, (at + 1) % n]), np.concatenate([(at + 1) % n, at])
    return sparse.csr_array((np.ones(2 * n), both), shape=(n, n))


def _features(n: int) -> Features:
    return Features(
        concepts=sparse.csr_array(np.ones((n, 1), np.float32)),
        languages=np.ones(n, np.int64),
        place=np.zeros((n, 2)),
        maturity=np.ones(n, np.int8),
        unit=np.arange(n),
        language=np.zeros(n, np.int8),
    )
