"""Cross-language word vectors: one space for Finnish, Swedish and English."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.data import arrays, words
from matcher.text.words import Word

D: Final = 400
"""Dimensions of a vector."""
Vector = NDArray[np.float32]


@cache
def codebook() -> NDArray[np.float32]:
    """Centroids of the product quantiser, shape ``(100, 256, 4)``."""
    return arrays("xvec_codebook.npz")["codebook"].astype(np.float32)


@cache
def mean(lang: str) -> Vector:
    """Mean vector of texts in a language, where the language itself shows; zeros if unknown."""
    stored = arrays("xvec_codebook.npz")
    return stored.get(f"mean_{lang}", np.zeros(D, np.float32)).astype(np.float32)


class WordVectors:
    """The vectors of one language, decoded when asked for."""

    def __init__(self, lang: str) -> None:
        stored = arrays(f"xvec_{lang}.npz")
        self._rows = {word: row for row, word in enumerate(words(stored["words"]))}
        self._codes = stored["codes"]
        self._scale = stored["scale"].astype(np.float32)
        self.weight = stored["weight"].astype(np.float32)

    def row(self, lemma: str) -> int | None:
        """Row of a lemma, None when the data lacks it."""
        return self._rows.get(lemma)

    def decode(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Vectors of some rows, shape ``(k, D)``."""
        picked = codebook()[np.arange(100)[None, :], self._codes[rows]]
        decoded: NDArray[np.float32] = picked.reshape(len(rows), D) * self._scale[rows, None]
        return decoded


@cache
def vectors(lang: str) -> WordVectors:
    """Read the vectors of a language, once."""
    return WordVectors(lang)


def text_vector(read: Iterable[Word], lang: str) -> Vector:
    """
    Mean of a text's word vectors, of length 1 but not centred; zeros when none is known.

    A word weighs (1 + log count) times its rarity. A compound counts 0.5 itself and
    1 / sqrt(parts) for each part, 1.5 / sqrt(parts) when it is not known itself.
    """
    if lang not in ("fi", "sv", "en"):
        return np.zeros(D, np.float32)
    space = vectors(lang)
    shares: dict[int, float] = defaultdict(float)
    for word, count in Counter(read).items():
        for row, share in _shares(word, space).items():
            shares[row] += share * (1.0 + log(count))
    return _weighted(shares, space)


def _shares(word: Word, space: WordVectors) -> Mapping[int, float]:
    whole = space.row(word.lemma)
    found = {} if whole is None else {whole: 0.5 if word.parts else 1.0}
    share = (1.5 if whole is None else 1.0) / sqrt(max(1, len(word.parts)))
    for part in word.parts:
        row = space.row(part)
        if row is not None:
            found[row] = found.get(row, 0.0) + share
    return found


def _weighted(shares: Mapping[int, float], space: WordVectors) -> Vector:
    if not shares:
        return np.zeros(D, np.float32)
    rows = np.fromiter(shares, np.intp, len(shares))
    weights = np.fromiter(shares.values(), np.float32, len(shares)) * space.weight[rows]
    return unit((weights @ space.decode(rows)).astype(np.float32))


def unit(vector: Vector) -> Vector:
    """Scale a vector to length 1; zeros stay zeros."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else vector
