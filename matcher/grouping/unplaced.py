"""
Why an item was left out, as codes.

``kept-out``        a pin keeps it out of every group
``too-heavy``       its own weight is above the upper bound
``no-affinity``     nobody has any affinity to it
``no-permitted``    everybody it has affinity to is barred by a cannot-link
``below-threshold`` nobody it may meet likes it above the threshold
``groups-full``     a group would gain from it, and has no free seat
``too-few``         it is liked, by too few unplaced to make a group of allowed size
``little-gain``     every group with a free seat would lose by it
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


def left_out_reasons(
    affinity: sparse.csr_array,
    labels: NDArray[np.int64],
    *,
    threshold: float,
    weight: NDArray[np.float64],
    upper: float,
    cannot: Sequence[tuple[int, int]],
    kept_out: frozenset[int],
) -> dict[int, str]:
    """The code of the reason for every item whose label is -1."""
    barred: dict[int, set[int]] = {}
    for i, j in cannot:
        barred.setdefault(i, set()).add(j)
        barred.setdefault(j, set()).add(i)
    groups = int(labels.max(initial=-1)) + 1
    load = np.zeros(groups)
    np.add.at(load, labels[labels >= 0], weight[labels >= 0])
    size = np.bincount(labels[labels >= 0], minlength=groups)
    reasons = {}
    for item in np.flatnonzero(labels < 0).tolist():
        row = slice(affinity.indptr[item], affinity.indptr[item + 1])
        others, values = affinity.indices[row], affinity.data[row]
        if item in kept_out:
            reasons[item] = "kept-out"
        elif weight[item] > upper + 1e-9:
            reasons[item] = "too-heavy"
        else:
            reasons[item] = _of_affinity(
                others,
                values,
                barred.get(item, set()),
                labels,
                load,
                size,
                threshold,
                upper - float(weight[item]) + 1e-9,
            )
    return reasons


def _of_affinity(
    others: NDArray[np.int32],
    values: NDArray[np.float64],
    barred: set[int],
    labels: NDArray[np.int64],
    load: NDArray[np.float64],
    size: NDArray[np.int64],
    threshold: float,
    room: float,
) -> str:
    liked = values > 0
    if not liked.any():
        return "no-affinity"
    free = liked & np.array([int(other) not in barred for other in others], bool)
    if not free.any():
        return "no-permitted"
    if not (values[free] > threshold).any():
        return "below-threshold"
    at = labels[others]
    placed = at >= 0
    gain = np.bincount(at[placed], weights=values[placed], minlength=len(load)) - threshold * size
    for other in barred:
        if labels[other] >= 0:
            gain[labels[other]] = -np.inf
    if (gain[size > 0] > 0).any():
        return "groups-full" if not ((gain > 0) & (load <= room)).any() else "little-gain"
    return "too-few" if (at[free] < 0).any() else "little-gain"
