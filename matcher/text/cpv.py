"""The Common Procurement Vocabulary as the matcher reads it."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.data import arrays, words
from matcher.text.lines import Lines
from matcher.text.vocabulary import products
from schemas.base import Names


class Cpv:
    """The Common Procurement Vocabulary with the vector of every code."""

    def __init__(self) -> None:
        stored = arrays("vocabulary.npz", "cpv*")
        self.codes: Sequence[str] = words(stored["cpv"])
        self.row_of = {code: row for row, code in enumerate(self.codes)}
        self.parent = stored["cpv_parent"]
        """Row of the code above each, -1 for a division."""
        self._codes = np.ascontiguousarray(stored["cpv_codes"].T)
        self._scale = stored["cpv_scale"].astype(np.float32)
        self._labels = {lang: Lines(stored[f"cpv_label_{lang}"]) for lang in ("fi", "sv", "en")}

    def label(self, row: int) -> Names:
        """Labels of a code."""
        return Names(**{lang: labels[row] for lang, labels in self._labels.items()})

    def nearness(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """
        Cosine of a vector with every code's, by adding up tables of the quantiser.

        Parameters
        ----------
        vector
            Centred, of length 1, shape ``(D,)``.
        """
        near = np.zeros(len(self.codes), np.float32)
        for products_of_part, codes in zip(products(vector), self._codes, strict=True):
            near += products_of_part[codes]
        return near * self._scale


@cache
def cpv() -> Cpv:
    """Read the CPV codes, once."""
    return Cpv()
