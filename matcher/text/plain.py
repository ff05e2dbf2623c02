"""The loops of ``matcher.text.kernels`` in numpy: what they are tested against."""

import numpy as np
from numpy.typing import NDArray


def scan(
    sketches: NDArray[np.int8],
    scale: NDArray[np.float32],
    query: NDArray[np.int8],
    scores: NDArray[np.float32],
) -> None:
    """Write the product of a query with every sketch."""
    scores[:] = scale * (sketches.astype(np.int32) @ query.astype(np.int32))


def best(scores: NDArray[np.float32], here: NDArray[np.bool_], m: int) -> NDArray[np.int64]:
    """Rows of the ``m`` highest positive scores among those that are here, in order of rows."""
    held = np.flatnonzero(here & (scores > 0))
    order = np.argsort(-scores[held], kind="stable")[:m]
    return np.sort(held[order]).astype(np.int64)


def ranked(
    dense: NDArray[np.int8],
    scale: NDArray[np.float32],
    sparse: NDArray[np.uint32],
    bits: int,
    rows: NDArray[np.int64],
    query: NDArray[np.float32],
    weights: NDArray[np.float32],
    scores: NDArray[np.float32],
) -> None:
    """Write the scores of chosen rows: their dense part and their packed columns."""
    low = (1 << bits) - 1
    near = (dense[rows].astype(np.float32) @ query) * scale[rows]
    packed = sparse[rows]
    held = (packed & low).astype(np.float32) / low
    scores[:] = near + (weights[packed >> bits] * held).sum(1)
