"""What the layers ask of those who multiply for them."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.e5.blocks import Blocks

Matrix = NDArray[np.float32]
Product = Callable[[Matrix], Matrix]


class Arithmetic(NamedTuple):
    """
    A way to do the sums.

    Attributes
    ----------
    product
        Makes a step of a layer, tokens in, tokens out, of its weights and constants.
    bend
        Replaces numbers by their Gaussian error linear units, in place.
    """

    product: Callable[[Blocks, Matrix], Product]
    bend: Callable[[Matrix], None]
