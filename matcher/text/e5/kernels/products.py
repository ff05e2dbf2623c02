"""Products of tokens with weights by whole numbers, and what stands between them."""

import numpy as np
from numba import njit

from matcher.text.e5.kernels.tile import BLOCK, OUTPUTS, TOKENS, tile


@njit(cache=True, nogil=True)
def product(rows, row_worths, less, steps, worths, constant, made):  # type: ignore[no-untyped-def]
    """
    Write products of whole rows with weights, and the constants.

    Parameters
    ----------
    rows, row_worths, less
        As :func:`rounded` writes them, a multiple of six tokens.
    steps, worths
        As :func:`matcher.text.e5.whole.packed` puts them.
    constant, made
        Shapes ``(outputs,)`` and ``(tokens, outputs)``, outputs a multiple of 32.
    """
    width, inputs = made.shape[1], rows.shape[1]
    blocks = inputs // BLOCK
    for panel in range(width // OUTPUTS):
        for token in range(0, len(rows), TOKENS):
            tile(  # type: ignore[call-arg]  # numba hands on the first
                rows.ctypes.data + token * inputs,
                row_worths.ctypes.data + 4 * token * blocks,
                less.ctypes.data + 4 * token * blocks,
                steps.ctypes.data + panel * OUTPUTS * inputs,
                worths.ctypes.data + 4 * panel * OUTPUTS * blocks,
                constant.ctypes.data + 4 * panel * OUTPUTS,
                made.ctypes.data + 4 * (token * width + panel * OUTPUTS),
                blocks,
                width,
            )


@njit(cache=True, nogil=True, fastmath=True)
def rounded(x, rows, worths, less):  # type: ignore[no-untyped-def]
    """
    Write numbers as whole ones in [-127, 127].

    Parameters
    ----------
    x, rows
        Numbers, shape ``(n, inputs)``, and whole numbers, at least as many rows.
    worths, less
        What a whole one is worth in each block of 32, and minus eight times the block's sum,
        since steps stand for eight less; ``inputs / 32`` a row.
    """
    for token in range(len(x)):
        for block in range(worths.shape[1]):
            first = block * BLOCK
            most = np.float32(0.0)
            for at in range(first, first + BLOCK):
                most = max(most, abs(x[token, at]))
            worth = most / np.float32(127.0)
            per = np.float32(1.0) / worth if worth > 0 else np.float32(0.0)
            total = np.int32(0)
            for at in range(first, first + BLOCK):
                whole = np.int32(np.rint(x[token, at] * per))
                rows[token, at] = whole
                total += whole
            worths[token, block] = worth
            less[token, block] = -8 * total


@njit(cache=True, nogil=True, fastmath=True)
def bend(x, far, factors):  # type: ignore[no-untyped-def]
    """
    Replace numbers by their Gaussian error linear units.

    Factors are a tuple of eleven, as :func:`matcher.text.e5.whole.bell` makes them: written
    out, the compiler takes sixteen numbers at a time.
    """
    a, b, c, d, e, f, g, h, i, j, k = factors
    per = np.float32(2.0) / (far * far)
    for at in range(len(x)):
        near = min(max(x[at], -far), far)
        s = near * near * per - np.float32(1.0)
        upper = ((((k * s + j) * s + i) * s + h) * s + g) * s + f
        share = ((((upper * s + e) * s + d) * s + c) * s + b) * s + a
        x[at] *= np.float32(0.5) + near * share
