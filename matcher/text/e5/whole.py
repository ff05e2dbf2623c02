"""Products by whole numbers, on processors that multiply bytes several at a time."""

from functools import cache, partial
from math import erf, sqrt
from typing import Final

import numpy as np
from numpy.polynomial import Chebyshev, Polynomial
from numpy.typing import NDArray

from matcher.text.e5.arithmetic import Arithmetic, Matrix
from matcher.text.e5.blocks import LENGTH, Blocks
from matcher.text.e5.kernels.compiled import Loops
from matcher.text.e5.kernels.ways import Way

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

    def __init__(self, loops: Loops, blocks: Blocks, constant: Matrix) -> None:
        self._loops = loops
        self._held = *packed(blocks, loops.way.outputs), constant
        self._weights = [held.ctypes.data for held in self._held]
        self._outputs = len(constant)

    def __call__(self, x: Matrix) -> Matrix:
        """Outputs for each row, shape ``(n, outputs)``."""
        way = self._loops.way
        rows, worths, sums = rounded(self._loops, x)
        made = np.empty((len(rows), self._outputs), np.float32)
        tokens = rows.ctypes.data, worths.ctypes.data, sums.ctypes.data
        counts = len(rows) // way.tokens, self._outputs // way.outputs, worths.shape[1]
        self._loops.product(*tokens, *self._weights, made.ctypes.data, *counts)
        return made[: len(x)]


def rounded(loops: Loops, x: Matrix) -> tuple[NDArray[np.int8], Matrix, NDArray[np.int32]]:
    """
    Numbers as whole ones in [-127, 127].

    Also what one is worth in each block of 32, and the block's sum. Tokens of nothing follow
    until there are whole tiles of them.
    """
    n, inputs = x.shape
    full = -(-n // loops.way.tokens) * loops.way.tokens
    rows = np.zeros((full, inputs), np.int8)
    worths = np.zeros((full, inputs // LENGTH), np.float32)
    sums = np.zeros(worths.shape, np.int32)
    places = rows.ctypes.data, worths.ctypes.data, sums.ctypes.data
    loops.rounded(_address(x, LENGTH), *places, n * worths.shape[1])
    return rows, worths, sums


def bend(loops: Loops, x: Matrix) -> None:
    """Replace numbers by their Gaussian error linear units, by a polynomial, in place."""
    loops.bend(_address(x, loops.way.lanes), x.size // loops.way.lanes)


@cache
def by_bytes(way: Way) -> Arithmetic:
    """Do the sums in the way of a kind of processor, of which this must be one."""
    loops = compiled(way)
    return Arithmetic(partial(Product, loops), partial(bend, loops))


@cache
def compiled(way: Way) -> Loops:
    """Compile the loops."""
    return Loops(way, FAR, bell())


def bell() -> list[float]:
    """
    Factors of a polynomial for the normal distribution, lowest power first.

    Of ``2 (x / FAR)² - 1``; times ``x`` it is the share between 0 and ``x``.
    """
    fitted = Chebyshev.interpolate(np.vectorize(_share), DEGREE).convert(kind=Polynomial)
    return [float(factor) for factor in fitted.coef]


def packed(blocks: Blocks, side: int) -> tuple[NDArray[np.uint8], Matrix]:
    """
    Weights in the order in which a tile reads them.

    Steps four inputs of an output at a time, so many outputs side by side, at addresses that
    are multiples of 64; what a step is worth for as many outputs side by side.
    """
    panels, inputs = len(blocks.steps) // side, blocks.steps.shape[1]
    by_four = blocks.steps.reshape(panels, side, inputs // 4, 4).transpose(0, 2, 1, 3)
    room = np.empty(by_four.size + ALIGNED, np.uint8)
    first = -room.ctypes.data % ALIGNED
    steps = room[first : first + by_four.size]
    steps.reshape(by_four.shape)[...] = by_four
    worths = blocks.worths.reshape(panels, side, -1).transpose(0, 2, 1)
    return steps, np.ascontiguousarray(worths)


def _address(x: Matrix, side: int) -> int:
    """
    Where numbers are that a loop goes through from the first to the last.

    Raises
    ------
    ValueError
        When they are not side by side, or not a multiple of what it takes at a time.
    """
    if x.dtype != np.float32 or not x.flags.c_contiguous or x.size % side:
        found = f"{x.dtype} {x.shape}"
        raise ValueError(f"multiples of {side} single numbers side by side needed, got {found}")
    return x.ctypes.data


def _share(t: float) -> float:
    x = FAR * sqrt((t + 1) / 2)
    return 0.5 * erf(x / sqrt(2)) / x
