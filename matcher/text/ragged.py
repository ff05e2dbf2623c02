"""Lists of rows of different lengths, kept in two arrays."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Ragged(NamedTuple):
    """Lists of rows of different lengths, end to end."""

    starts: NDArray[np.int64]
    values: NDArray[np.int32]

    def __call__(self, row: int) -> list[int]:
        """List of a row."""
        found: list[int] = self.values[self.starts[row] : self.starts[row + 1]].tolist()
        return found

    def with_more(self, lists: Sequence[Sequence[int]]) -> "Ragged":
        """The same with further lists at the end."""
        ends = np.cumsum([len(found) for found in lists], dtype=np.int64)
        values = np.array([row for found in lists for row in found], np.int32)
        starts = np.concatenate([self.starts, self.starts[-1] + ends])
        return Ragged(starts, np.concatenate([self.values, values]))


def ragged(counts: NDArray[np.uint16], values: NDArray[np.int32]) -> Ragged:
    """Join lists by their lengths."""
    return Ragged(np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]), values)
