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
    names_of = np.asarray(names, np.int64) if keep else np.zeros(0, np.int64)
    used, first = np.unique(labels[labels >= 0], return_index=True)
    slots = used[np.argsort(first)]
    fresh = slots[slots >= len(names_of)]
    free = np.setdiff1d(np.arange(len(fresh) + len(names_of)), names_of)[: len(fresh)]
    name = np.full(int(labels.max(initial=-1)) + 2, -1, np.int64)
    kept = slots[slots < len(names_of)]
    name[kept] = names_of[kept]
    name[fresh] = free
    return name[labels]
