"""Texts like this one, over a pool: what the registration page asks while someone types."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from matcher.text.collection import Collection
from matcher.text.kept import Features
from matcher.text.shelf import Shelf


class Near(NamedTuple):
    """A text of the pool and its score."""

    key: str
    score: float


class Search:
    """
    Exact search over the texts of a pool.

    Parameters
    ----------
    keys
        What each text is called, in any order; ties go to the smaller key.
    texts
        Their features.
    collection
        Centres and rarity; None takes them from the texts.
    """

    def __init__(
        self, keys: Sequence[str], texts: Sequence[Features], collection: Collection | None = None
    ) -> None:
        if len(keys) != len(texts):
            raise ValueError(f"one key per text is needed, got {len(keys)} for {len(texts)}")
        order = sorted(range(len(keys)), key=lambda at: keys[at])
        self._keys = [keys[at] for at in order]
        self._shelf = Shelf([texts[at] for at in order], collection)

    def __len__(self) -> int:
        return len(self._keys)

    def nearest(self, text: Features, k: int = 10) -> list[Near]:
        """The ``k`` texts most like a text, best first; texts that share nothing are left out."""
        if not self._keys or k < 1:
            return []
        scores = self._shelf.scores(text)
        k = min(k, len(scores))
        least = np.partition(scores, -k)[-k]
        found = np.flatnonzero(scores >= max(least, 1e-6))
        best = found[np.argsort(-scores[found], kind="stable")][:k]
        return [Near(self._keys[at], float(scores[at])) for at in best]
