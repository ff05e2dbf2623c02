"""What a text says in each language: one language as a rule, more in a mixed text."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from matcher.text.languages import LANGS
from matcher.text.reading import Reading
from matcher.text.vectors import D, Rows, Vector, mean, unit, vectors, word_shares


class Speech(NamedTuple):
    """Words of one language in a text: rows of its vectors and their weights."""

    lang: str
    rows: Rows
    weights: Vector


def spoken(reading: Reading) -> list[Speech]:
    """Weigh the known words of a text, language by language."""
    found = []
    for lang in LANGS:
        words = [token.word for token in reading.content_in(lang)]
        rows, weights = word_shares(words, lang)
        if len(rows):
            found.append(Speech(lang, rows, weights))
    return found


def mixed_vector(said: Sequence[Speech], main: str) -> Vector:
    """
    Mean of the word vectors, of length 1 but not centred; zeros when no word is known.

    What is said in another language than the main one is moved from that language's mean to
    the main one's, so that the text is centred as its language is.
    """
    total = np.zeros(D, np.float32)
    for speech in said:
        summed = (speech.weights @ vectors(speech.lang).decode(speech.rows)).astype(np.float32)
        if speech.lang != main:
            summed += float(np.linalg.norm(summed)) * (mean(main) - mean(speech.lang))
        total += summed
    return unit(total)
