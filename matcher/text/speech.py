"""What texts say in each language: one language as a rule, more in a mixed text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text.lexis import Said
from matcher.text.sums import summed
from matcher.text.vectors import D, Rows, Vector, mean, vectors


class Speech(NamedTuple):
    """Words of one language in some texts: rows of its vectors and their weights, text by text."""

    lang: str
    starts: Rows
    rows: Rows
    weights: Vector

    @property
    def owner(self) -> Rows:
        """Text that each row is of."""
        return np.repeat(np.arange(len(self.starts) - 1), np.diff(self.starts))


def spoken(n: int, words: Sequence[Said]) -> list[Speech]:
    """
    Weigh the known words of texts, language by language.

    A word weighs (1 + log count) times its share in a row of the vectors, times that row's
    rarity; see :func:`~matcher.text.vectors.word_shares`.
    """
    found = []
    for known, lang, owner, numbers, _ in words:
        counted = summed(n, owner, numbers)
        of, rows, shares = known.shares.of(counted.columns)
        weights = shares * (1.0 + np.log(counted.totals))[of]
        total = summed(n, counted.owner[of], rows, weights)
        if len(total.columns):
            weight = total.totals.astype(np.float32) * vectors(lang).weight[total.columns]
            found.append(Speech(lang, total.starts, total.columns, weight))
    return found


def mixed_vectors(said: Sequence[Speech], main: Sequence[str]) -> NDArray[np.float32]:
    """
    Mean of each text's word vectors, of length 1 but not centred; zeros when no word is known.

    What is said in another language than the main one is moved from that language's mean to
    the main one's, so that the text is centred as its language is.

    Parameters
    ----------
    said
        Words of ``n`` texts, language by language.
    main
        Main language of each text.

    Returns
    -------
    NDArray
        Shape ``(n, D)``.
    """
    total = np.zeros((len(main), D), np.float32)
    for speech in said:
        summed = _summed(speech)
        for at in np.flatnonzero(np.diff(speech.starts)).tolist():
            if main[at] != speech.lang:
                moved = mean(main[at]) - mean(speech.lang)
                summed[at] += float(np.linalg.norm(summed[at])) * moved
        total += summed
    lengths = np.linalg.norm(total, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (total / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return scaled


def _summed(speech: Speech) -> NDArray[np.float32]:
    """Weighted sums of the words' vectors; a word of many texts is decoded once."""
    rows, place = np.unique(speech.rows, return_inverse=True)
    shape = (len(speech.starts) - 1, len(rows))
    sums = csr_array((speech.weights, place, speech.starts), shape=shape)
    found: NDArray[np.float32] = sums @ vectors(speech.lang).decode(rows)
    return found
