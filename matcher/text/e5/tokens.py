"""
A text to the pieces that the model reads, by the likeliest cut.

The pieces have log probabilities of their own, and the cut of a text is the one whose pieces'
probabilities have the greatest product [1]_, found from left to right [2]_.

References
----------
.. [1] Kudo (2018). Subword regularization: improving neural network translation models with
       multiple subword candidates. *ACL*: 66-75.
.. [2] Viterbi (1967). Error bounds for convolutional codes and an asymptotically optimum
       decoding algorithm. *IEEE Transactions on Information Theory*, 13: 260-269.
"""

import re
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.text.e5.pieces import FACTOR, Pieces
from matcher.text.e5.weights import Vocabulary

BEGINNING: Final = "▁"
"""Stands where a word begins, in place of the space."""
UNKNOWN: Final = 10
"""By how much a character that is no piece scores less than the least piece."""
Run = tuple[int, int, int, np.float32]
"""Of a text: first character, end, number of the piece, score."""


class Tokens:
    """Cuts texts into pieces as the model was taught to read them."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._pieces = Pieces(vocabulary)
        self._replaced = vocabulary.replaced
        self._scores = vocabulary.scores
        self._unknown = vocabulary.unknown
        self._least = vocabulary.scores.min() - np.float32(UNKNOWN)

    def __call__(self, text: str) -> list[int]:
        """Numbers of a text's pieces, in order."""
        written = self.written(text)
        return _likeliest(self._runs(written), len(written))

    def written(self, text: str) -> str:
        """Write a text as it is cut: compatible characters made alike, words marked."""
        once = re.sub("  +", " ", text.translate(self._replaced))
        return (once if once.startswith(" ") else " " + once).replace(" ", BEGINNING)

    def _runs(self, written: str) -> Iterable[Run]:
        """Runs of characters that are pieces, in order of where they begin."""
        starts, sizes, hashes = _hashed(written, self._pieces.longest)
        found = self._pieces.find(hashes)
        # A single character that is no piece is read as unknown; the piece named so is no run.
        found[(sizes == 1) & (found < 0)] = self._unknown
        on = np.flatnonzero((found >= 0) & ((found != self._unknown) | (sizes == 1)))
        on = on[np.argsort(starts[on], kind="stable")]
        scores = np.where(found[on] == self._unknown, self._least, self._scores[found[on]])
        columns = (starts[on], starts[on] + sizes[on], found[on])
        return zip(*(column.tolist() for column in columns), scores, strict=True)


def _hashed(
    written: str, longest: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint64]]:
    """Where runs within words begin, how long they are, and their hashes."""
    letters = np.frombuffer(written.encode("utf-32-le"), "<u4").astype(np.uint64)
    begins = letters == ord(BEGINNING)
    on, hashes = np.arange(len(letters)), letters.copy()
    found = [(on, np.ones_like(on), hashes)]
    for size in range(2, longest + 1):
        on, hashes = on[on + size <= len(letters)], hashes[on + size <= len(letters)]
        goes_on = ~begins[on + size - 1]  # no piece holds a beginning but at its own
        on, hashes = on[goes_on], hashes[goes_on]
        hashes = hashes * FACTOR + letters[on + size - 1]
        found.append((on, np.full_like(on, size), hashes))
    starts, sizes, made = (np.concatenate(column) for column in zip(*found, strict=True))
    return starts, sizes, made


def _likeliest(runs: Iterable[Run], length: int) -> list[int]:
    """
    Numbers of the runs that cover the text with the greatest score, from left to right.

    In single precision, as the model's own reader does: near ties fall as they did there.
    """
    best = [np.float32(-np.inf)] * (length + 1)
    best[0] = np.float32(0)
    last: list[tuple[int, int]] = [(0, 0)] * (length + 1)
    for start, end, number, score in runs:
        reached = best[start] + score
        if reached > best[end]:
            best[end] = reached
            last[end] = start, number
    taken, at = [], length
    while at:
        at, number = last[at]
        taken.append(number)
    return taken[::-1]
