"""A hundred-odd small numbers for a text, so that a million of them are passed over at once."""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text.fusion import CHARACTER_FIRST, DENSE_FIRST

LENGTH = 160
"""Numbers of a sketch; with half as many one in twenty of the nearest is missed."""
FOLDS = 1 << 11
"""Columns that the runs of characters are folded into."""
SAMPLE = 12_000
"""Texts that the directions are learned from; the SVD of so many takes two seconds."""

Whole = tuple[NDArray[np.int8], NDArray[np.float32]]


def in_whole_numbers(values: NDArray[np.float32]) -> Whole:
    """Each row as whole numbers up to 127, and what one of them is worth in it."""
    scale = np.maximum(np.abs(values).max(1), 1e-12).astype(np.float32) / np.float32(127.0)
    return np.rint(values / scale[:, None]).astype(np.int8), scale


class Sketcher:
    """
    The directions in which the texts of a collection differ most.

    Vectors, concepts, characters (folded into a few columns: they are a tenth of the score,
    and all that a text of unknown words has) and a neural vector are projected together.
    """

    def __init__(self, directions: NDArray[np.float32]) -> None:
        self._directions = directions

    @classmethod
    def learned(cls, rows: csr_array) -> Self:
        """Learn from some rows of :func:`~matcher.text.fusion.fused_rows`, at least one."""
        # Here, since scikit-learn takes a second to import and small pools need none of it.
        from sklearn.utils.extmath import randomized_svd

        kept = _folded(rows)
        length = min(LENGTH, *kept.shape)
        _, _, right = randomized_svd(kept, length, n_iter=3, random_state=0)
        directions = np.zeros((kept.shape[1], LENGTH), np.float32)
        directions[:, :length] = right.T
        return cls(directions)

    def __call__(self, rows: csr_array) -> Whole:
        """Sketches of rows, shape ``(n, LENGTH)``; their products order texts as scores do."""
        return in_whole_numbers(_folded(rows) @ self._directions)


def _folded(rows: csr_array) -> csr_array:
    """The columns with those of the characters folded, so that the directions are few."""
    columns = rows.indices
    of_characters = (columns >= CHARACTER_FIRST) & (columns < DENSE_FIRST)
    folded = CHARACTER_FIRST + (columns - CHARACTER_FIRST) % FOLDS
    after = columns - DENSE_FIRST + CHARACTER_FIRST + FOLDS
    columns = np.where(of_characters, folded, np.where(columns >= DENSE_FIRST, after, columns))
    shape = (rows.shape[0], rows.shape[1] - DENSE_FIRST + CHARACTER_FIRST + FOLDS)
    return csr_array((rows.data, columns, rows.indptr), shape=shape)
