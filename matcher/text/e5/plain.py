"""Products with weights of 4 bits in numpy alone; the compiled loops are tested against it."""

import numpy as np
from numpy.typing import NDArray

from matcher.text.e5.arithmetic import Arithmetic, Matrix
from matcher.text.e5.blocks import LENGTH, ZERO, Blocks


class Product:
    """
    What a layer does to each token: a product with its weights, and a constant.

    Parameters
    ----------
    blocks
        Weights, a row an output.
    constant
        Added to each output, shape ``(outputs,)``.
    """

    def __init__(self, blocks: Blocks, constant: Matrix) -> None:
        self._weights = np.ascontiguousarray(blocks.numbers().T)
        self._constant = constant

    def __call__(self, x: Matrix) -> Matrix:
        """Outputs for each row, shape ``(n, outputs)``."""
        made: Matrix = x @ self._weights
        made += self._constant
        return made


def bend(x: Matrix) -> None:
    """
    Replace numbers by their Gaussian error linear units: ``x`` times the normal share below it.

    By a hyperbolic tangent [1]_, wrong by 0.0005 at most, in place.

    References
    ----------
    .. [1] Hendrycks and Gimpel (2016). Gaussian error linear units. arXiv:1606.08415.
    """
    share = x * x
    share *= np.float32(0.044715)
    share += 1
    share *= x
    share *= np.float32((2 / np.pi) ** 0.5)
    np.tanh(share, out=share)
    share += 1
    share *= np.float32(0.5)
    x *= share


def rounded(x: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """Numbers as whole ones in [-127, 127], and what one is worth in each block of 32."""
    parts = x.reshape(len(x), -1, LENGTH)
    worths = np.abs(parts).max(2) / np.float32(127)
    whole = np.rint(parts / np.where(worths > 0, worths, 1)[..., None])
    return whole.astype(np.int8).reshape(x.shape), worths


def product(whole: NDArray[np.int8], worths: Matrix, blocks: Blocks) -> NDArray[np.float64]:
    """Product of rounded rows with weights, sums of blocks exact, shape ``(n, outputs)``."""
    rows = whole.reshape(*worths.shape, LENGTH).astype(np.int64)
    steps = blocks.steps.reshape(*blocks.worths.shape, LENGTH).astype(np.int64) - ZERO
    sums = np.einsum("nbi,mbi->bnm", rows, steps)
    made: NDArray[np.float64] = np.einsum(
        "bnm,nb,mb->nm", sums, worths.astype(float), blocks.worths.astype(float)
    )
    return made


FLOATS = Arithmetic(Product, bend)
