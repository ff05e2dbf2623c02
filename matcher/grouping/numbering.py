"""Names for the groups found: kept where they live on, else by their first member."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def numbered(labels: NDArray[np.int64], names: Sequence[int], *, keep: bool) -> NDArray[np.int64]:
    """
    Turn slots into labels.

    Slot ``s < len(names)`` is called ``names[s]`` when ``keep``; others get the smallest
    numbers not taken, in the order of their first members.
    """
    taken = set(names) if keep else set()
    out = np.full(labels.shape, -1, np.int64)
    used, first = np.unique(labels[labels >= 0], return_index=True)
    slots = used[np.argsort(first)]
    fresh = 0
    for slot in slots:
        if keep and slot < len(names):
            out[labels == slot] = names[slot]
            continue
        while fresh in taken:
            fresh += 1
        taken.add(fresh)
        out[labels == slot] = fresh
    return out
