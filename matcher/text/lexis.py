"""Words met so far, numbered, with all that each says: looked up once, then taken in blocks."""

from array import array
from collections.abc import Iterable, Sequence
from threading import RLock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.hits import alone, within
from matcher.text.label_index import Labels
from matcher.text.languages import LANGS
from matcher.text.reading import Reading
from matcher.text.sums import spread
from matcher.text.vectors import vectors
from matcher.text.vocabulary import labels
from matcher.text.words import Word

MOST = 1 << 15
"""Words kept of a language; when there are more the lexis is begun anew."""
Gathered = tuple[NDArray[np.intp], NDArray[np.int32], NDArray[np.float64]]


class Lists:
    """Rows and weights of each word, end to end; changed and read under one ``lock``."""

    def __init__(self, lock: RLock) -> None:
        self._lock = lock
        self._ends, self._rows, self._weights = array("q", [0]), array("i"), array("d")

    def append(self, pairs: Iterable[tuple[int, float]]) -> None:
        """Add the list of the next word."""
        for row, weight in pairs:
            self._rows.append(row)
            self._weights.append(weight)
        self._ends.append(len(self._rows))

    def of(self, words: NDArray[np.intp]) -> Gathered:
        """For some words, end to end: which of them, the row and the weight."""
        with self._lock:
            return self._gathered(words)

    def _gathered(self, words: NDArray[np.intp]) -> Gathered:
        # By itself, for an array cannot grow before what numpy reads of it is let go.
        owner, places = spread(np.frombuffer(self._ends, np.int64), words)
        rows, weights = _whole(self._rows, np.int32), _whole(self._weights, np.float64)
        return owner, rows[places], weights[places]


def _whole(held: "array[Any]", dtype: Any) -> NDArray[Any]:
    # An empty array of Python's cannot be read as one of numpy's.
    return np.frombuffer(held, dtype) if held else np.zeros(0, dtype)


class Lexis:
    """
    Words of one language, for any number of threads: pages read texts side by side.

    Parameters
    ----------
    lang
        The language.
    known
        Its labels.
    """

    def __init__(self, lang: str, known: Labels) -> None:
        self.known = known
        self._space = vectors(lang)
        self.words: list[Word] = []
        self._number: dict[Word, int] = {}
        self._lock = RLock()
        self.shares = Lists(self._lock)
        """Rows of word vectors that a word stands for, and its share in each."""
        self.alone, self.within = Lists(self._lock), Lists(self._lock)
        """Concepts of a word by itself, and of one that a longer label holds."""
        self._in_long = array("i")

    def number(self, word: Word) -> int:
        """Number of a word; a new one is looked up."""
        found = self._number.get(word)
        if found is None:
            with self._lock:
                found = self._number.get(word)
                return self._learned(word) if found is None else found
        return found

    def _learned(self, word: Word) -> int:
        known = self.known
        self.alone.append(alone(word, known))
        self.within.append(within(word, known))
        self.shares.append(self._space.shares(word))
        self._in_long.append(known.in_long.get(word.lemma, -1))
        self.words.append(word)
        number = self._number[word] = len(self.words) - 1
        return number

    def may_join(self, words: NDArray[np.intp]) -> NDArray[np.bool_]:
        """Whether each word but the last stands with the next in some label."""
        with self._lock:
            numbers = _whole(self._in_long, np.int32)[words].astype(np.int64)
        one, other = numbers[:-1], numbers[1:]
        pairs = (np.minimum(one, other) << 32) | np.maximum(one, other)
        known = self.known.pairs
        at = np.minimum(np.searchsorted(known, pairs), max(len(known) - 1, 0))
        joined: NDArray[np.bool_] = (np.minimum(one, other) >= 0) & (known[at] == pairs)
        return joined


_held: dict[str, Lexis] = {}


def lexis(lang: str) -> Lexis:
    """The words of a language met so far; begun anew when its labels changed or it is full."""
    held = _held.get(lang)
    if held is None or held.known is not labels(lang) or len(held.words) > MOST:
        held = _held[lang] = Lexis(lang, labels(lang))
    return held


class Said(NamedTuple):
    """Words with a topic in some texts, in one language: the text and the number of each."""

    lexis: Lexis
    lang: str
    owner: NDArray[np.intp]
    words: NDArray[np.intp]
    is_place: NDArray[np.bool_]


def said(readings: Sequence[Reading]) -> list[Said]:
    """Number the words of texts that carry a topic, language by language."""
    kept: dict[str, tuple[Lexis, list[int], list[int], list[bool]]] = {}
    for at, reading in enumerate(readings):
        for _, lang, word, is_content, is_place in reading.tokens:
            if is_content and lang in LANGS:
                if lang not in kept:  # a language's words take a tenth of a second to read
                    kept[lang] = (lexis(lang), [], [], [])
                known, owner, words, places = kept[lang]
                owner.append(at)
                words.append(known.number(word))
                places.append(is_place)
    return [
        Said(known, lang, np.array(owner), np.array(words), np.array(places))
        for lang in LANGS
        if lang in kept
        for known, owner, words, places in [kept[lang]]
    ]
