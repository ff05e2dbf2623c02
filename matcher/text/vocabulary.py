"""The vocabulary: concepts with labels in three languages, themes and CPV codes."""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.data import arrays, rows, words
from matcher.text.vectors import D, codebook
from schemas.base import Names

RECORDS = 2e6
"""Library records behind the frequencies of concepts."""
_PARTS = np.arange(100)[None, :]
_FLAT = 256 * _PARTS
UNCOUNTED = 30
"""Frequency taken for a concept that was never counted."""


class Theme(NamedTuple):
    """A theme; its kind says how one buys (issue) or what one buys (object)."""

    key: str
    kind: str
    label: Names


class Ragged(NamedTuple):
    """Lists of rows of different lengths, end to end."""

    starts: NDArray[np.int64]
    values: NDArray[np.int32]

    def __call__(self, row: int) -> list[int]:
        """List of a row."""
        found: list[int] = self.values[self.starts[row] : self.starts[row + 1]].tolist()
        return found


def ragged(counts: NDArray[np.uint16], values: NDArray[np.int32]) -> Ragged:
    """Join lists by their lengths."""
    return Ragged(np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]), values)


class Labels(NamedTuple):
    """Keys of one language's labels, and the rows each key stands for."""

    number: dict[str, int]
    rows: Ragged
    in_long: frozenset[str]
    """Lemmas that stand in a label of several words."""

    def find(self, key: str) -> list[int]:
        """Rows of a key, none when there is no such label."""
        number = self.number.get(key)
        return [] if number is None else self.rows(number)


class Vocabulary:
    """All concepts as the package ships them; rows number them."""

    def __init__(self) -> None:
        stored = arrays("vocabulary.npz")
        self.ids: Sequence[str] = words(stored["ids"])
        self.row_of = {concept: row for row, concept in enumerate(self.ids)}
        self.themes = _themes()
        self._theme = stored["theme"]
        freq = stored["freq"].astype(np.float32)
        counted = np.where(freq > 0, freq, UNCOUNTED)
        self.rarity = np.log(RECORDS / (counted + 30)).astype(np.float32)
        self.broader = ragged(stored["broader_counts"], stored["broader_rows"])
        self.related = ragged(stored["related_counts"], stored["related_rows"])
        self._labels = {lang: words(stored[f"label_{lang}"]) for lang in ("fi", "sv", "en")}
        self._codes, self._scale = stored["codes"], stored["scale"].astype(np.float32)
        self.own = len([concept for concept in self.ids if concept.startswith("kp")])

    def __len__(self) -> int:
        return len(self.ids)

    def label(self, row: int) -> Names:
        """Preferred labels of a concept."""
        return Names(**{lang: labels[row] for lang, labels in self._labels.items()})

    def theme(self, row: int) -> Theme | None:
        """Theme of a concept, if it has one."""
        number = int(self._theme[row])
        return self.themes[number - 1] if number else None

    def nearness(self, found: NDArray[np.intp], vector: NDArray[np.float32]) -> NDArray[np.float32]:
        """Cosines of concepts with a centred vector of length 1, from the quantiser's tables."""
        table = products(vector)
        near: NDArray[np.float32] = table.take(_FLAT + self._codes[found]).sum(1)
        return near * self._scale[found]

    def decode(self, found: NDArray[np.intp]) -> NDArray[np.float32]:
        """Vectors of concepts, centred, of length 1; shape ``(k, D)``."""
        picked = codebook()[np.arange(100)[None, :], self._codes[found]]
        decoded: NDArray[np.float32] = picked.reshape(len(found), D) * self._scale[found, None]
        return decoded


def products(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    """Products of a vector's pieces with every centroid, shape ``(100, 256)``."""
    table: NDArray[np.float32] = (codebook() @ vector.reshape(100, 4, 1))[:, :, 0]
    return table


def _themes() -> list[Theme]:
    return [
        Theme(row["theme"], row["kind"], Names(fi=row["fi"], sv=row["sv"], en=row["en"]))
        for row in rows("themes.tsv")
    ]


@cache
def vocabulary() -> Vocabulary:
    """Read the vocabulary, once."""
    return Vocabulary()


@cache
def labels(lang: str) -> Labels:
    """Read the label keys of a language, once."""
    stored = arrays("vocabulary.npz")
    keys = words(stored[f"keys_{lang}"])
    long = frozenset(lemma for key in keys if " " in key for lemma in key.split(" "))
    found = ragged(stored[f"counts_{lang}"], stored[f"rows_{lang}"])
    return Labels({key: number for number, key in enumerate(keys)}, found, long)


class Cpv:
    """The Common Procurement Vocabulary with the vector of every code."""

    def __init__(self) -> None:
        stored = arrays("vocabulary.npz")
        self.codes: Sequence[str] = words(stored["cpv"])
        self.row_of = {code: row for row, code in enumerate(self.codes)}
        self.parent = stored["cpv_parent"]
        """Row of the code above each, -1 for a division."""
        self._codes, self._scale = stored["cpv_codes"], stored["cpv_scale"].astype(np.float32)
        self._labels = {lang: words(stored[f"cpv_label_{lang}"]) for lang in ("fi", "sv", "en")}

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
        near: NDArray[np.float32] = products(vector)[_PARTS, self._codes].sum(1)
        return near * self._scale


@cache
def cpv() -> Cpv:
    """Read the CPV codes, once."""
    return Cpv()
