"""The keys of a language's labels, and what stands in those of several words."""

from array import array
from collections.abc import Iterable, Mapping
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.lines import Index
from matcher.text.ragged import Ragged

NOTHING: Mapping[str, int] = MappingProxyType({})


class Labels(NamedTuple):
    """Keys of one language's labels, and the rows each key stands for."""

    number: Index
    rows: Ragged
    in_long: Mapping[str, int]
    """Lemmas that stand in a label of several words, numbered."""
    pairs: NDArray[np.int64]
    """Sorted pairs of such lemmas that stand in one label: the lower number, then the higher."""
    trust: NDArray[np.uint8]
    """How far a key is believed to say each of its rows, 0-255."""
    added: Mapping[str, list[int]] = MappingProxyType({})
    """Keys that an administrator added."""

    def find(self, key: str) -> list[tuple[int, float]]:
        """Rows of a key and how far each is believed, none when there is no such label."""
        number = self.number.get(key)
        shipped = [] if number is None else self._shipped(number)
        more = [(row, 1.0) for row in self.added.get(key, ())]
        return shipped + more if more else shipped

    def _shipped(self, number: int) -> list[tuple[int, float]]:
        held = slice(self.rows.starts[number], self.rows.starts[number + 1])
        return [
            (row, trust / 255)
            for row, trust in zip(
                self.rows.values[held].tolist(), self.trust[held].tolist(), strict=True
            )
        ]


def long_labels(
    keys: Iterable[str], known: Mapping[str, int] = NOTHING
) -> tuple[dict[str, int], NDArray[np.int64]]:
    """
    Number the lemmas of labels of several words, and pair those that stand together.

    ``known`` are lemmas that have a number already; the pairs are as in :class:`Labels`.
    """
    number = dict(known)
    pairs = array("q")
    for key in keys:
        if " " in key:
            lemmas = [number.setdefault(lemma, len(number)) for lemma in key.split(" ")]
            pairs.extend((a << 32) | b for a, b in combinations(sorted(lemmas), 2))
    return number, np.unique(np.array(pairs, np.int64))
