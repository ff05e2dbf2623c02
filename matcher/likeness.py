"""Texts of a pool as rows that are compared with one product, kept up as they come and go."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.comparing import add_shared, likest, lists_of
from matcher.text import Collection, Features, fused_rows
from matcher.text.fusion import CONCEPT_FIRST, DENSE_FIRST
from matcher.text.scale import comparable

TAIL = 256
"""New texts kept beside the prepared stack before it is made anew."""

Scores = NDArray[np.float32]


class Likeness:
    """
    Rows of texts, all made with the same statistics.

    ``refresh`` takes the statistics from the texts at hand and makes every row anew; a text
    that comes later gets its row from the statistics as they were, and stands in a short
    tail that queries read as well.
    """

    def __init__(self) -> None:
        self.collection = Collection()
        self.encoder = ""
        """Whose vectors take part; scores are told on the built-in encoder's scale."""
        self._keys: list[str] = []
        self._dense = np.zeros((0, CONCEPT_FIRST), np.float32)
        self._lists = lists_of(_sparse(fused_rows([])))
        self._tail: dict[str, sparse.csr_array] = {}
        self._late: sparse.csr_array | None = None
        """The tail stacked; None when it has to be stacked anew."""
        self._row: dict[str, int] = {}
        self._rows: sparse.csr_array = fused_rows([])
        self._here: tuple[list[str], NDArray[np.int64]] | None = None

    def copy(self) -> Self:
        """The texts as they are now; what comes and goes here changes nothing there."""
        twin = copy(self)
        twin._tail, twin._row = dict(self._tail), dict(self._row)
        return twin

    def __len__(self) -> int:
        return len(self._row) + len(self._tail)

    def __contains__(self, key: str) -> bool:
        return key in self._row or key in self._tail

    def refresh(self, texts: Mapping[str, Features], collection: Collection | None = None) -> None:
        """Make every row anew, from these texts' statistics when none are given."""
        kept = list(texts.values())
        self.encoder = next((text.encoder for text in kept if text.encoder), "")
        self.collection = Collection(kept) if collection is None else collection
        self._stack(list(texts), fused_rows(kept, self.collection))

    def _stack(self, keys: list[str], rows: sparse.csr_array) -> None:
        self._keys = keys
        self._row = {key: at for at, key in enumerate(keys)}
        self._rows = rows
        self._dense = _dense(rows)
        self._lists = lists_of(_sparse(rows))
        self._tail = {}
        self._late = None
        self._here = None

    def add(self, key: str, text: Features) -> None:
        """Take a text in, or a changed one over."""
        self.remove(key)
        self.encoder = self.encoder or text.encoder
        row = self.row_of(text)
        if self._late is not None or not self._tail:
            late = [row] if self._late is None else [self._late, row]
            self._late = sparse.csr_array(sparse.vstack(late, format="csr"))
        self._tail[key] = row
        if len(self._tail) > TAIL:
            keys = [key for key in self._keys if key in self._row] + list(self._tail)
            self._stack(keys, self.rows(keys))

    def remove(self, key: str) -> None:
        """Forget a text; an unknown one changes nothing."""
        self._row.pop(key, None)
        if self._tail.pop(key, None) is not None:
            self._late = None
        self._here = None

    @property
    def dense(self) -> int:
        """Columns of the vectors: the words' and the encoder's, as many as any text here has."""
        rows = [self._rows, *self._tail.values()]
        last = max(int(row.indices.max(initial=0)) for row in rows)
        return CONCEPT_FIRST + max(0, last - DENSE_FIRST + 1)

    def row_of(self, text: Features) -> sparse.csr_array:
        """The row of any text with the present statistics."""
        return fused_rows([text], self.collection)

    def scores(self, text: Features | sparse.csr_array) -> tuple[list[str], Scores]:
        """Likeness of a text with every text here: keys and values, in no order."""
        row = text if isinstance(text, sparse.csr_array) else self.row_of(text)
        keys, here = self._present()
        found = self._dense @ _dense(row, self._dense.shape[1] - CONCEPT_FIRST)[0]
        between = (row.indices >= CONCEPT_FIRST) & (row.indices < DENSE_FIRST)
        columns = row.indices[between].astype(np.int32) - np.int32(CONCEPT_FIRST)
        add_shared(columns, row.data[between], self._lists, found)
        values = np.concatenate([found[here], self._tail_scores(row)])
        return keys + list(self._tail), comparable(values.astype(np.float32), self.encoder)

    def nearest(self, most: int) -> tuple[list[str], NDArray[np.int32], Scores]:
        """
        The likest others of every text here.

        Returns
        -------
        tuple
            Keys; for each the places of others among the keys, rising, -1 for none; and their
            likeness: at least the ``most`` likest.
        """
        if self._tail or len(self._row) < len(self._keys):
            keys = sorted([*self._row, *self._tail])
            self._stack(keys, self.rows(keys))
        item, score = likest(self._dense, _sparse(self._rows), most)
        return self._keys, item, comparable(score, self.encoder)

    def _tail_scores(self, row: sparse.csr_array) -> Scores:
        if not self._tail:
            return np.zeros(0, np.float32)
        if self._late is None:
            self._late = sparse.csr_array(sparse.vstack(list(self._tail.values()), format="csr"))
        wide = np.zeros(row.shape[1], np.float32)
        wide[row.indices] = row.data
        tail: Scores = self._late @ wide
        return tail

    def _present(self) -> tuple[list[str], NDArray[np.int64]]:
        """Keys of the stack that are still here, and where they stand."""
        if self._here is None:
            at = [at for at, key in enumerate(self._keys) if key in self._row]
            self._here = [self._keys[i] for i in at], np.array(at, np.int64)
        return self._here

    def row(self, key: str) -> sparse.csr_array:
        """The row of a text here."""
        if key in self._tail:
            return self._tail[key]
        return sparse.csr_array(self._rows[[self._row[key]]])

    def rows(self, keys: Sequence[str]) -> sparse.csr_array:
        """The rows of texts here, stacked."""
        if not self._tail and keys == self._keys:
            return self._rows
        main = [at for at, key in enumerate(keys) if key not in self._tail]
        late = [at for at, key in enumerate(keys) if key in self._tail]
        if not late:
            return sparse.csr_array(self._rows[[self._row[key] for key in keys]])
        parts = [self._rows[[self._row[keys[at]] for at in main]]]
        parts += [self._tail[keys[at]] for at in late]
        order = np.argsort(np.array(main + late), kind="stable")
        return sparse.csr_array(sparse.vstack(parts, format="csr")[order])


def _sparse(rows: sparse.csr_array) -> sparse.csr_array:
    """Columns of concepts and characters."""
    return sparse.csr_array(rows[:, CONCEPT_FIRST:DENSE_FIRST])


def _dense(rows: sparse.csr_array, neural: int | None = None) -> NDArray[np.float32]:
    """Columns of the vectors, and so many, or as many as there are, of a neural encoder."""
    if neural is None:
        neural = max(0, int(rows.indices.max(initial=0)) - DENSE_FIRST + 1)
    encoder = rows[:, DENSE_FIRST : DENSE_FIRST + neural].toarray()
    return np.hstack([rows[:, :CONCEPT_FIRST].toarray(), encoder]).astype(np.float32)
