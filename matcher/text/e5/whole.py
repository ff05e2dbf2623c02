"""Products by whole numbers, on processors that multiply bytes four at a time (AVX-512 VNNI)."""

from functools import cache
from math import erf, sqrt
from typing import Final

import numpy as np
from numba import config
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

from matcher.text.e5.arithmetic import Arithmetic, Matrix
from matcher.text.e5.blocks import LENGTH, Blocks
from matcher.text.e5.kernels import products
from matcher.text.e5.kernels.tile import OUTPUTS, TOKENS

ALIGNED: Final = 64
FAR: Final = 4.5
"""Beyond it a normal variable hardly ever is: 7 times in a million."""
DEGREE: Final = 10
"""Of the polynomial for :func:`bend`, which is wrong by 0.00002 at most."""


class Product:
    """
    Twin of :class:`.plain.Product` that rounds tokens to bytes, 32 numbers on a scale of theirs.

    Sums within a block are exact, and a token's outputs do not depend on the other tokens.
    """

    def __init__(self, blocks: Blocks, constant: Matrix) -> None:
        self._steps, self._worths = packed(blocks)
        self._constant = constant

    def __call__(self, x: Matrix) -> Matrix:
        """Outputs for each row, shape ``(n, outputs)``."""
        n = len(x)
        full = -(-n // TOKENS) * TOKENS
        rows = np.empty((full, x.shape[1]), np.int8)
        worths = np.empty((full, x.shape[1] // LENGTH), np.float32)
        less = np.empty(worths.shape, np.int32)
        for room in (rows, worths, less):
            room[n:] = 0
        products.rounded(x, rows, worths, less)
        made = np.empty((full, len(self._constant)), np.float32)
        products.product(rows, worths, less, self._steps, self._worths, self._constant, made)
        return made[:n]


def bend(x: Matrix) -> None:
    """Replace numbers by their Gaussian error linear units, by a polynomial, in place."""
    products.bend(x.reshape(-1), np.float32(FAR), bell())


@cache
def bell() -> tuple[np.float32, ...]:
    """
    Factors of a polynomial for the normal distribution, lowest power first.

    Of ``2 (x / FAR)² - 1``; times ``x`` it is the share between 0 and ``x``.
    """
    fitted = Chebyshev.interpolate(np.vectorize(_share), DEGREE).convert(kind=Polynomial)
    return tuple(fitted.coef.astype(np.float32))


def packed(blocks: Blocks) -> tuple[NDArray[np.uint8], Matrix]:
    """
    Weights in the order in which a tile reads them.

    Steps four inputs of an output at a time, 32 outputs side by side, at addresses that are
    multiples of 64; what a step is worth for 32 outputs side by side.
    """
    panels, inputs = len(blocks.steps) // OUTPUTS, blocks.steps.shape[1]
    by_four = blocks.steps.reshape(panels, OUTPUTS, inputs // 4, 4).transpose(0, 2, 1, 3)
    room = np.empty(by_four.size + ALIGNED, np.uint8)
    first = -room.ctypes.data % ALIGNED
    steps = room[first : first + by_four.size]
    steps.reshape(by_four.shape)[...] = by_four
    worths = blocks.worths.reshape(panels, OUTPUTS, -1).transpose(0, 2, 1)
    return steps, np.ascontiguousarray(worths)


def is_native() -> bool:
    """Whether loops are compiled, and for the very processor that they run on."""
    changed = ("DISABLE_JIT", "CPU_NAME", "CPU_FEATURES")
    return not any(getattr(config, name) for name in changed)


def warm() -> None:
    """Run every loop once."""
    blocks = Blocks(np.zeros((OUTPUTS, LENGTH), np.uint8), np.zeros((OUTPUTS, 1), np.float32))
    made = Product(blocks, np.zeros(OUTPUTS, np.float32))(np.ones((1, LENGTH), np.float32))
    bend(made)


def _share(t: float) -> float:
    x = FAR * sqrt((t + 1) / 2)
    return 0.5 * erf(x / sqrt(2)) / x


BYTES = Arithmetic(Product, bend)
