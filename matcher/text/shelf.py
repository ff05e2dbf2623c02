"""Many texts stacked so that one new text is compared with all of them in milliseconds."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text.collection import Collection
from matcher.text.fusion import CONCEPT_FIRST, fused_rows
from matcher.text.kept import Features


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
        self._dense = _dense(rows)
        self._sparse = rows[:, CONCEPT_FIRST:].tocsc()

    def __len__(self) -> int:
        return len(self._dense)

    def scores(self, text: Features) -> NDArray[np.float32]:
        """Score of a text with every text of the shelf, shape ``(n,)``."""
        row = fused_rows([text], self.collection)
        sparse = row[:, CONCEPT_FIRST:]
        found = self._dense @ _dense(row)[0]
        columns, values = sparse.indices, sparse.data
        picked = self._sparse[:, columns] @ values
        scores: NDArray[np.float32] = (found + picked).astype(np.float32)
        return scores


def _dense(rows: csr_array) -> NDArray[np.float32]:
    return rows[:, :CONCEPT_FIRST].toarray().astype(np.float32)
