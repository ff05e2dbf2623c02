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
    cannot: NDArray[np.int64],
    kept_out: frozenset[int],
) -> dict[int, str]:
    """The code of the reason for every item whose label is -1."""
    out = np.flatnonzero(labels < 0)
    barred = _barred(out, cannot, len(labels))
    groups = int(labels.max(initial=-1)) + 1
    placed = labels >= 0
    load = np.bincount(labels[placed], weights=weight[placed], minlength=groups).astype(np.float64)
    size = np.bincount(labels[placed], minlength=groups)
    reasons = {}
    for item in out.tolist():
        row = slice(affinity.indptr[item], affinity.indptr[item + 1])
        if item in kept_out:
            reasons[item] = "kept-out"
        elif weight[item] > upper + 1e-9:
            reasons[item] = "too-heavy"
        else:
            reasons[item] = _of_affinity(
                affinity.indices[row],
                affinity.data[row],
                barred.get(item, NOBODY),
                labels,
                load,
                size,
                threshold,
                upper - float(weight[item]) + 1e-9,
            )
    return reasons


NOBODY = np.zeros(0, np.int64)


def _barred(
    out: NDArray[np.intp], cannot: NDArray[np.int64], n: int
) -> dict[int, NDArray[np.int64]]:
    """Whom the items left out may not meet."""
    is_out = np.zeros(n, bool)
    is_out[out] = True
    both = np.concatenate([cannot, cannot[:, ::-1]])
    both = both[is_out[both[:, 0]]]
    both = both[np.argsort(both[:, 0], kind="stable")]
    items, first = np.unique(both[:, 0], return_index=True)
    return dict(zip(items.tolist(), np.split(both[:, 1], first[1:]), strict=False))


def _of_affinity(
    others: NDArray[np.int32],
    values: NDArray[np.float64],
    barred: NDArray[np.int64],
    labels: NDArray[np.int64],
    load: NDArray[np.float64],
    size: NDArray[np.int64],
    threshold: float,
    room: float,
) -> str:
    liked = values > 0
    if not liked.any():
        return "no-affinity"
    free = liked & ~np.isin(others, barred) if len(barred) else liked
    if not free.any():
        return "no-permitted"
    if not (values[free] > threshold).any():
        return "below-threshold"
    at = labels[others]
    placed = at >= 0
    near, where = np.unique(at[placed], return_inverse=True)
    gain = np.bincount(where, weights=values[placed], minlength=len(near))
    gain = gain - threshold * size[near]
    gain[np.isin(near, labels[barred])] = -np.inf
    if (gain > 0).any():
        return "groups-full" if not ((gain > 0) & (load[near] <= room)).any() else "little-gain"
    return "too-few" if (at[free] < 0).any() else "little-gain"
