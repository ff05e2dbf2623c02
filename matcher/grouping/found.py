"""What a search found."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Found:
    """What the search found: a slot for each item, -1 for none."""

    labels: NDArray[np.int32]
    value: float
    stopped: str


def best_of(results: list[tuple[float, NDArray[np.int32]]], slots: int, *, pulled: bool) -> Found:
    """The first of those worth most; their labels are ``slots`` for who is left out."""
    value, label = max(results, key=lambda result: round(result[0], 9))
    free = np.where(label == slots, -1, label).astype(np.int32)
    return Found(free, value, "time" if pulled else "budget")
