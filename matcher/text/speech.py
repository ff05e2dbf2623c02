"""What a text says in each language: one language as a rule, more in a mixed text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text.languages import LANGS
from matcher.text.reading import Reading
from matcher.text.vectors import D, Rows, Vector, mean, vectors, word_shares


class Speech(NamedTuple):
    """Words of one language in a text: rows of its vectors and their weights."""

    lang: str
    rows: Rows
    weights: Vector


def spoken(reading: Reading) -> list[Speech]:
    """Weigh the known words of a text, language by language."""
    found = []
    by_language = reading.by_language()
    for lang in LANGS:
        words = [token.word for token in by_language.get(lang, ())]
        rows, weights = word_shares(words, lang)
        if len(rows):
            found.append(Speech(lang, rows, weights))
    return found


def mixed_vectors(said: Sequence[Sequence[Speech]], main: Sequence[str]) -> NDArray[np.float32]:
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
    total = np.zeros((len(said), D), np.float32)
    for lang in LANGS:
        here = [
            (at, speech) for at, every in enumerate(said) for speech in every if speech.lang == lang
        ]
        if here:
            summed = _summed([speech for _, speech in here], lang)
            for (at, _), vector in zip(here, summed, strict=True):
                if main[at] != lang:
                    vector += float(np.linalg.norm(vector)) * (mean(main[at]) - mean(lang))
                total[at] += vector
    lengths = np.linalg.norm(total, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = (total / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return scaled


def _summed(speeches: Sequence[Speech], lang: str) -> NDArray[np.float32]:
    """Weighted sums of the words' vectors; a word of many texts is decoded once."""
    every = np.concatenate([speech.rows for speech in speeches])
    rows, place = np.unique(every, return_inverse=True)
    ends = np.cumsum([0, *(len(speech.rows) for speech in speeches)])
    weights = np.concatenate([speech.weights for speech in speeches]).astype(np.float32)
    sums = csr_array((weights, place, ends), shape=(len(speeches), len(rows)))
    found: NDArray[np.float32] = sums @ vectors(lang).decode(rows)
    return found
