"""
Weights of 4 bits in blocks of 32 that share a scale.

A block is 18 bytes: its scale as a half-precision number, then 16 bytes, of which byte ``i``
holds weight ``i`` in its lower four bits and weight ``i + 16`` in the upper ones. A weight is
its four bits less 8, times the scale.
"""

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

LENGTH: Final = 32
BYTES: Final = 18
ZERO: Final = 8
"""What four bits hold for a weight of nothing."""


class Blocks(NamedTuple):
    """
    A matrix of weights.

    Attributes
    ----------
    steps
        Whole numbers in [0, 15], shape ``(outputs, inputs)``.
    worths
        What a step is worth, shape ``(outputs, inputs / 32)``.
    """

    steps: NDArray[np.uint8]
    worths: NDArray[np.float32]

    def numbers(self) -> NDArray[np.float32]:
        """The weights as numbers, shape ``(outputs, inputs)``."""
        signed = self.steps.astype(np.float32) - ZERO
        signed.reshape(*self.worths.shape, LENGTH)[...] *= self.worths[..., None]
        return signed


def unpacked(packed: bytes, inputs: int) -> Blocks:
    """Read a matrix whose rows have so many inputs."""
    raw = np.frombuffer(packed, np.uint8).reshape(-1, inputs // LENGTH, BYTES)
    worths = raw[..., :2].copy().view("<f2")[..., 0].astype(np.float32)
    both = raw[..., 2:]
    steps = np.concatenate([both & 15, both >> 4], axis=2).reshape(len(raw), inputs)
    return Blocks(steps, worths)


def stacked(parts: list[Blocks]) -> Blocks:
    """Put the outputs of several matrices of the same inputs one after another."""
    return Blocks(
        np.concatenate([part.steps for part in parts]),
        np.concatenate([part.worths for part in parts]),
    )
