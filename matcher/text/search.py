"""Texts like this one, over a pool: what the registration page asks while someone types."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array

from matcher.text.collection import Collection
from matcher.text.fusion import fused_rows
from matcher.text.kept import Features
from matcher.text.shelf import Shelf
from matcher.text.sketch import SAMPLE, Sketcher
from matcher.text.stack import Stack

EXACT = 20_000
"""Texts up to which every one is compared in full: some ten milliseconds."""
TAIL = 256
"""Changes after which the texts compared in full are stacked anew."""
CHUNK = 2_048
"""Texts packed at a time."""
LEAST = 1e-6
"""Score below which two texts share nothing."""

Named = tuple[str, Features]


class Near(NamedTuple):
    """A text of the pool and its score."""

    key: str
    score: float


class Search:
    """
    Search over the texts of a pool, which may come and go.

    Up to ``exact`` texts every one is compared in full. Beyond that each is kept as a sketch
    and a packed row (:mod:`matcher.text.stack`), a little over a kilobyte: the sketches are
    passed over, and the thousands that are nearest are ranked by their rows.

    Parameters
    ----------
    keys
        What each text is called, in any order; ties go to the smaller key.
    texts
        Their features.
    collection
        Centres and rarity; None takes them from the texts.
    exact
        Texts compared in full at most.
    """

    def __init__(
        self,
        keys: Sequence[str],
        texts: Sequence[Features],
        collection: Collection | None = None,
        *,
        exact: int = EXACT,
    ) -> None:
        if len(keys) != len(texts):
            raise ValueError(f"one key per text is needed, got {len(keys)} for {len(texts)}")
        self._collection = Collection(texts) if collection is None else collection
        self._exact = exact
        self._texts = dict(zip(keys, texts, strict=True))
        self._stack: Stack | None = None
        self._keys: list[str] = []
        self._shelf = Shelf([], self._collection)
        self._gone: set[str] = set()
        self._new: dict[str, Features] = {}
        self._settle()

    @classmethod
    def over(cls, texts: Callable[[], Iterable[Named]], *, exact: int = EXACT) -> "Search":
        """
        Search texts that are too many to hold at once.

        Parameters
        ----------
        texts
            Gives them, each with its key; called twice: for the statistics, then for the
            texts.
        """
        found = cls([], [], Collection(text for _, text in texts()), exact=exact)
        for chunk in _chunks(texts(), CHUNK):
            found.add_all(chunk)
        return found

    def __len__(self) -> int:
        return len(self._texts) if self._stack is None else len(self._stack)

    def add(self, key: str, text: Features) -> None:
        """Take a text in, or a changed one over."""
        self.add_all([(key, text)])

    def add_all(self, texts: Sequence[Named]) -> None:
        """Take several texts in; cheaper than one by one."""
        given = dict(texts)
        if self._stack is not None:
            self._stack.put(list(given), fused_rows(list(given.values()), self._collection))
            return
        self._gone |= given.keys()
        self._new |= given
        self._texts |= given
        if len(self._new) > TAIL:
            self._settle()

    def remove(self, key: str) -> None:
        """Forget a text; an unknown one changes nothing."""
        if self._stack is not None:
            self._stack.remove(key)
        elif self._texts.pop(key, None) is not None:
            self._new.pop(key, None)
            self._gone.add(key)

    def nearest(self, text: Features, k: int = 10) -> list[Near]:
        """The ``k`` texts most like a text, best first; texts that share nothing are left out."""
        if k < 1 or not len(self):
            return []
        if self._stack is not None:
            found = self._stack.nearest(fused_rows([text], self._collection), k)
        else:
            found = self._in_full(text, k)
        return [Near(key, score) for key, score in found if score >= LEAST]

    def _in_full(self, text: Features, k: int) -> list[tuple[str, float]]:
        scores = self._shelf.scores(text)
        reach = min(k + len(self._gone), len(scores))
        best = np.argpartition(-scores, reach - 1)[:reach] if reach else np.zeros(0, np.intp)
        # Ties at the edge are taken whole, so that the smaller key wins them.
        least = scores[best].min() if reach else 0.0
        at = np.flatnonzero(scores >= max(least, LEAST))
        found = [(self._keys[i], float(scores[i])) for i in at if self._keys[i] not in self._gone]
        new = list(self._new)
        rows = fused_rows([text, *self._new.values()], self._collection)
        found += zip(new, (rows[1:] @ rows[[0]].T).toarray()[:, 0].tolist(), strict=True)
        return sorted(found, key=lambda near: (-round(near[1], 6), near[0]))[:k]

    def _settle(self) -> None:
        """Stack what is compared in full anew, or go over to sketches."""
        self._new, self._gone = {}, set()
        if len(self._texts) > self._exact:
            self._stack = self._stacked()
            self._texts, self._keys = {}, []
            self._shelf = Shelf([], self._collection)
            return
        self._keys = sorted(self._texts)
        self._shelf = Shelf([self._texts[key] for key in self._keys], self._collection)

    def _stacked(self) -> Stack:
        kept = list(self._texts.values())
        sample = kept[:: max(1, len(kept) // SAMPLE)][:SAMPLE]
        sketcher = Sketcher.learned(csr_array(fused_rows(sample, self._collection)))
        stack = Stack(sketcher, max(len(text.dense) for text in kept))
        for chunk in _chunks(self._texts.items(), CHUNK):
            keys, texts = zip(*chunk, strict=True)
            stack.put(keys, fused_rows(texts, self._collection))
        return stack


def _chunks(texts: Iterable[Named], size: int) -> Iterator[list[Named]]:
    """Cut a stream into lists."""
    stream = iter(texts)
    while chunk := list(islice(stream, size)):
        yield chunk
