"""Rows of texts in a kilobyte each, in blocks that fill up and never move."""

from types import ModuleType

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text import plain
from matcher.text.fusion import CHARACTER_FIRST, CONCEPT_FIRST, DENSE_FIRST
from matcher.text.sketch import LENGTH, Whole, in_whole_numbers

BLOCK = 1 << 16
"""Texts of a block."""
CONCEPTS, CHARACTERS = 96, 64
"""Concepts and runs of characters kept of a text, the strongest. Without the others scores are
some hundredths lower, and the order hardly changes."""
WIDTH = CONCEPTS + CHARACTERS
BITS = 13
"""Bits of a packed weight; the column takes the other nineteen."""


class Query:
    """A text to look for: its sketch, its dense part and its weight for every column."""

    def __init__(self, row: csr_array, sketch: Whole, neural: int) -> None:
        self.sketch = sketch[0][0]
        self.dense = dense_part(row, neural)[0]
        held = row[:, CONCEPT_FIRST:DENSE_FIRST]
        self.weights = np.zeros(DENSE_FIRST - CONCEPT_FIRST, np.float32)
        self.weights[held.indices] = held.data


class Block:
    """
    Some texts, packed.

    Parameters
    ----------
    neural
        Dimensions of the neural encoder, 0 without one.
    size
        Texts it has room for.
    """

    def __init__(self, neural: int, size: int = BLOCK) -> None:
        self.neural = neural
        self.sketches = np.zeros((size, LENGTH), np.int8)
        self.sketch_scale = np.zeros(size, np.float32)
        self.dense = np.zeros((size, CONCEPT_FIRST + neural), np.int8)
        self.scale = np.zeros(size, np.float32)
        self.sparse = np.zeros((size, WIDTH), np.uint32)
        self.here = np.zeros(size, bool)
        self.scores = np.zeros(size, np.float32)

    @property
    def nbytes(self) -> int:
        """Bytes that the block takes."""
        return sum(held.nbytes for held in vars(self).values() if isinstance(held, np.ndarray))

    def put(self, places: NDArray[np.int64], rows: csr_array, sketches: Whole) -> None:
        """Pack rows into places of the block."""
        self.sketches[places], self.sketch_scale[places] = sketches
        dense = dense_part(rows, self.neural)
        self.dense[places], self.scale[places] = in_whole_numbers(dense)
        self.sparse[places] = packed(rows)
        self.here[places] = True

    def candidates(self, query: Query, m: int, *, compiled: bool = True) -> NDArray[np.int64]:
        """Places of the ``m`` texts whose sketches are nearest."""
        loops = _compiled() if compiled else plain
        loops.scan(self.sketches, self.sketch_scale, query.sketch, self.scores)
        found: NDArray[np.int64] = loops.best(self.scores, self.here, m)
        return found

    def rank(
        self, query: Query, places: NDArray[np.int64], *, compiled: bool = True
    ) -> NDArray[np.float32]:
        """Scores of some places."""
        loops = _compiled() if compiled else plain
        scores = np.empty(len(places), np.float32)
        loops.ranked(
            self.dense, self.scale, self.sparse, BITS, places, query.dense, query.weights, scores
        )
        return scores


def _compiled() -> ModuleType:
    # Here, since the compiler takes a second to import and small pools need none of it.
    from matcher.text.kernels import scan

    return scan


def dense_part(rows: csr_array, neural: int) -> NDArray[np.float32]:
    """Columns of the vectors, and so many of a neural encoder, shape ``(n, 400 + neural)``."""
    encoder = rows[:, DENSE_FIRST : DENSE_FIRST + neural].toarray()
    both = np.hstack([rows[:, :CONCEPT_FIRST].toarray(), encoder])
    return both.astype(np.float32)


def packed(rows: csr_array) -> NDArray[np.uint32]:
    """The strongest concepts and characters of rows, column and weight in one number."""
    found = np.zeros((rows.shape[0], WIDTH), np.uint32)
    split = CHARACTER_FIRST - CONCEPT_FIRST
    kept = rows[:, CONCEPT_FIRST:DENSE_FIRST].tocsr()
    row = np.repeat(np.arange(rows.shape[0]), np.diff(kept.indptr))
    filled = np.zeros(rows.shape[0], np.int64)
    weights = np.rint(np.minimum(kept.data, 1.0) * ((1 << BITS) - 1)).astype(np.int64)
    for part, most in ((kept.indices < split, CONCEPTS), (kept.indices >= split, CHARACTERS)):
        held = np.flatnonzero(part & (weights > 0))
        # Row and weight in one number: sorting one array is ten times as fast as two.
        held = held[np.argsort((row[held] << BITS) + (1 << BITS) - weights[held])]
        starts = np.searchsorted(row[held], np.arange(rows.shape[0]))
        rank = np.arange(len(held)) - starts[row[held]]
        held, rank = held[rank < most], rank[rank < most]
        number = (kept.indices[held].astype(np.int64) << BITS) | weights[held]
        found[row[held], filled[row[held]] + rank] = number
        filled += np.bincount(row[held], minlength=rows.shape[0])
    return found
