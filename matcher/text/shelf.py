"""Many texts stacked so that one new text is compared with all of them in milliseconds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.text.collection import Collection
from matcher.text.fusion import CONCEPT_FIRST, DENSE_FIRST, fused_rows
from matcher.text.kept import Features
from matcher.text.packed import dense_part


class Shelf:
    """
    Texts prepared with one state of a collection's statistics.

    The dense columns stand apart from the sparse ones, which are kept by column: a query
    then touches only the columns it has.

    Parameters
    ----------
    texts
        ``n`` texts; their order numbers the scores.
    collection
        Centres and rarity; None takes them from the texts.
    """

    def __init__(self, texts: Sequence[Features], collection: Collection | None = None) -> None:
        self.collection = Collection(texts) if collection is None else collection
        rows = fused_rows(texts, self.collection)
        neural = max((len(text.dense) for text in texts), default=0)
        self._dense = dense_part(rows, neural)
        columns = rows[:, CONCEPT_FIRST:DENSE_FIRST].tocsc()
        self._starts, self._rows, self._values = columns.indptr, columns.indices, columns.data

    def __len__(self) -> int:
        return len(self._dense)

    def scores(self, text: Features) -> NDArray[np.float32]:
        """Score of a text with every text of the shelf, shape ``(n,)``."""
        row = fused_rows([text], self.collection)
        neural = self._dense.shape[1] - CONCEPT_FIRST
        found = (self._dense @ dense_part(row, neural)[0]).astype(np.float64)
        sparse = row[:, CONCEPT_FIRST:DENSE_FIRST]
        for column, value in zip(sparse.indices, sparse.data, strict=True):
            held = slice(self._starts[column], self._starts[column + 1])
            found[self._rows[held]] += value * self._values[held]
        scores: NDArray[np.float32] = found.astype(np.float32)
        return scores
