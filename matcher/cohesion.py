"""How well a group holds together."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def member_fits(affinity: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Mean affinity of each member to the others.

    Parameters
    ----------
    affinity
        Symmetric affinities inside a group, shape ``(k, k)``, in [0, 1]; the diagonal is
        not read.

    Returns
    -------
    NDArray
        Shape ``(k,)``, in [0, 1]; 0 for a group of one.
    """
    k = affinity.shape[0]
    if k < 2:
        return np.zeros(k)
    sums = affinity.sum(axis=1) - affinity.diagonal()
    return np.asarray(sums / (k - 1), np.float64)


def cohesion(affinity: NDArray[np.float64]) -> float:
    """
    Mean affinity over the pairs of a group, as in average linkage [1]_, in [0, 1].

    Raises
    ------
    ValueError
        When the group has fewer than two members.

    References
    ----------
    .. [1] Sokal and Michener (1958). A statistical method for evaluating systematic
           relationships. *University of Kansas Science Bulletin*, 38: 1409-1438.
    """
    if affinity.shape[0] < 2:
        raise ValueError(f"a group has at least two members, got {affinity.shape[0]}")
    return float(member_fits(affinity).mean())


def languages_of(masks: Sequence[int]) -> int:
    """The bits that all members have."""
    common = -1
    for mask in masks:
        common &= mask
    return common
