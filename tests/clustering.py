"""Problems of capacitated clustering, and their objective in plain numpy."""

import numpy as np

from matcher.grouping import plain
from matcher.grouping.kernels.capacitated import Field


def pairs(n: int, seed: int, share: float = 1.0) -> np.ndarray:
    """Affinities from 0 to 100, ``share`` of them not zero."""
    rng = np.random.default_rng(seed)
    full = np.triu(rng.integers(0, 101, (n, n)) * (rng.random((n, n)) < share), 1).astype(float)
    return full + full.T


def field(n: int, m: int, seed: int, lower: float, upper: float, fixed: int = 0) -> Field:
    weight = np.random.default_rng(seed + 1).integers(0, 11, n).astype(float)
    held = np.zeros(n, np.uint8)
    held[:fixed] = 1
    own = np.random.default_rng(seed + 2).integers(0, 5, (m, n)).astype(float)
    movable = np.flatnonzero(held == 0).astype(np.int32)
    return Field(pairs(n, seed), own, weight, movable, held, lower, upper)


def worth(t: Field, label: np.ndarray) -> float:
    """The objective in plain numpy."""
    return plain.score(t.full, label, 0.0) + float(t.own[label, np.arange(len(label))].sum())
