"""Cross-language word vectors: one space for Finnish, Swedish and English."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, lru_cache
from math import log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.data import arrays, wordlist, words
from matcher.text.dictionary import known
from matcher.text.lines import in_common
from matcher.text.words import Word

D: Final = 400
"""Dimensions of a vector."""
SHORTEST_STEM, ALIKE = 5, 0.62
"""Letters and share of a word that must agree before another word may stand for it."""
LAST = "\U0010ffff"
"""After every letter."""
GENERIC = 0.2
"""What is left of the weight of words about any procurement; they tell no topic."""
_FIRST = 256 * np.arange(100)[None, :]
Vector = NDArray[np.float32]
Rows = NDArray[np.intp]


@cache
def codebook() -> NDArray[np.float32]:
    """Centroids of the product quantiser, shape ``(100, 256, 4)``."""
    return arrays("xvec_codebook.npz")["codebook"].astype(np.float32)


@cache
def _centroids() -> NDArray[np.complex128]:
    """The centroids in one row, each as one number of 16 bytes: numpy then takes them whole."""
    return np.ascontiguousarray(codebook()).reshape(-1).view(np.complex128)


def decoded(codes: NDArray[np.uint8], scale: NDArray[np.float32]) -> NDArray[np.float32]:
    """Vectors from the centroid of each piece and their scales, shape ``(k, D)``."""
    picked = _centroids().take(codes + _FIRST).view(np.float32)
    vectors: NDArray[np.float32] = picked * scale[:, None]
    return vectors


@cache
def mean(lang: str) -> Vector:
    """Mean vector of texts in a language, where the language itself shows; zeros if unknown."""
    stored = arrays("xvec_codebook.npz")
    return stored.get(f"mean_{lang}", np.zeros(D, np.float32)).astype(np.float32)


class WordVectors:
    """The vectors of one language, decoded when asked for."""

    def __init__(self, lang: str) -> None:
        self._lang = lang
        stored = arrays(f"xvec_{lang}.npz")
        self._rows = {word: row for row, word in enumerate(words(stored["words"]))}
        self._codes = stored["codes"]
        self._scale = stored["scale"].astype(np.float32)
        self.weight = stored["weight"].astype(np.float32)
        """Rarity of each word."""
        self._sorted = sorted(self._rows)
        self._generic = wordlist("generic", lang)
        self.shares = lru_cache(maxsize=1 << 12)(self._shares)
        """Rows that a word stands for, each with its share; kept for the next text."""

    def row(self, lemma: str) -> int | None:
        """
        Row of a lemma, None when the data lacks it.

        The data has some Swedish nouns only as the verbs that the dictionary takes them for:
        the commoner of the two rows is meant.
        """
        own = self._rows.get(lemma)
        other = self._rows.get(known(lemma, "sv") or "") if self._lang == "sv" else None
        if own is None or other is None:
            return other if own is None else own
        return min(own, other, key=lambda row: float(self.weight[row]))

    def _shares(self, word: Word) -> tuple[tuple[int, float], ...]:
        whole = self.row(word.lemma)
        found: dict[int, float] = defaultdict(float)
        if whole is not None:
            found[whole] = 0.5 if word.parts else 1.0
        share = (1.5 if whole is None else 1.0) / sqrt(max(1, len(word.parts)))
        for part in word.parts:
            row = self.row(part)
            if row is not None:
                found[row] += share * (GENERIC if part in self._generic else 1.0)
        if word.lemma in self._generic:
            return tuple((row, share * GENERIC) for row, share in found.items())
        return tuple(found.items()) or self._alike(word.lemma)

    def _alike(self, lemma: str) -> tuple[tuple[int, float], ...]:
        """Row of the known word that begins most like an unknown one, if any does."""
        at = bisect_left(self._sorted, lemma)
        stem = lemma[:SHORTEST_STEM]
        first = bisect_left(self._sorted, stem, max(0, at - 20), at)
        last = bisect_right(self._sorted, stem + LAST, at, min(at + 20, len(self._sorted)))
        best, row = ALIKE, None
        for other in self._sorted[first:last]:
            same = in_common(lemma, other)
            likeness = same / max(len(lemma), len(other))
            if same >= SHORTEST_STEM and likeness > best:
                best, row = likeness, self._rows[other]
        return () if row is None else ((row, best),)

    def decode(self, rows: NDArray[np.intp]) -> NDArray[np.float32]:
        """Vectors of some rows, shape ``(k, D)``."""
        return decoded(self._codes[rows], self._scale[rows])


@cache
def vectors(lang: str) -> WordVectors:
    """Read the vectors of a language, once."""
    return WordVectors(lang)


def word_shares(read: Iterable[Word], lang: str) -> tuple[Rows, Vector]:
    """
    Weigh the known words of a text.

    A word weighs (1 + log count) times its rarity. A compound counts 0.5 itself and
    1 / sqrt(parts) for each part, 1.5 / sqrt(parts) when it is not known itself. A word that
    is not known at all counts as the known word it begins like.

    Returns
    -------
    tuple
        Rows of the language's vectors and their positive weights, both of shape ``(k,)``.
    """
    if lang not in ("fi", "sv", "en"):
        return np.zeros(0, np.intp), np.zeros(0, np.float32)
    space = vectors(lang)
    shares: dict[int, float] = defaultdict(float)
    for word, count in Counter(read).items():
        for row, share in space.shares(word):
            shares[row] += share * (1.0 + log(count))
    rows = np.fromiter(shares, np.intp, len(shares))
    return rows, np.fromiter(shares.values(), np.float32, len(shares)) * space.weight[rows]


def weighted_mean(rows: Rows, weights: Vector, lang: str) -> Vector:
    """Mean of word vectors, of length 1 but not centred; zeros when there are none."""
    if not len(rows):
        return np.zeros(D, np.float32)
    return unit((weights @ vectors(lang).decode(rows)).astype(np.float32))


def text_vector(read: Iterable[Word], lang: str) -> Vector:
    """Vector of a text, see :func:`word_shares` and :func:`weighted_mean`."""
    return weighted_mean(*word_shares(read, lang), lang)


def unit(vector: Vector) -> Vector:
    """Scale a vector to length 1; zeros stay zeros."""
    length = float(np.linalg.norm(vector))
    return vector / np.float32(length) if length > 0 else vector
