"""Concepts that an administrator adds to the vocabulary: data, checked before it comes here."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.labels import label_keys
from matcher.text.tokens import tokens
from matcher.text.vectors import D, codebook, mean, text_vector, unit
from matcher.text.words import read_word

LANGS = ("fi", "sv", "en")
MOST = 5_000
"""Additions at most; columns are kept free for them."""


class Addition(NamedTuple):
    """
    A new concept, or more words for one that there is.

    ``labels`` are by language, the preferred one first; ``broader`` are ids of wider
    concepts, ``cpv`` codes that the concept suggests.
    """

    id: str
    labels: Mapping[str, Sequence[str]]
    broader: tuple[str, ...] = ()
    theme: str = ""
    cpv: tuple[str, ...] = ()


def keys_of(
    additions: Sequence[Addition], row_of: Callable[[str], int], lang: str
) -> dict[str, list[int]]:
    """Rows of every key that the additions' labels have in a language."""
    found: dict[str, list[int]] = defaultdict(list)
    for added in additions:
        row = row_of(added.id)
        for label in added.labels.get(lang, ()):
            for key in label_keys(label, lang):
                if row not in found[key]:
                    found[key].append(row)
    return dict(found)


def label_vector(added: Addition) -> NDArray[np.float32]:
    """Mean over the languages of the centred vectors of the labels, of length 1 or 0."""
    total = np.zeros(D, np.float32)
    for lang in LANGS:
        said = " ".join(added.labels.get(lang, ()))
        words = [read_word(token.word, lang) for token in tokens(said)]
        vector = text_vector(words, lang)
        if vector.any():
            total += unit(vector - mean(lang))
    return unit(total)


def quantised(vector: NDArray[np.float32]) -> tuple[NDArray[np.uint8], np.float16]:
    """Nearest centroid of each of the 100 pieces, and the length that restores 1."""
    centroids = codebook()
    size = float(np.linalg.norm(centroids, axis=2).mean() * 10)
    pieces = vector.reshape(100, 1, 4) * size
    codes = ((centroids - pieces) ** 2).sum(2).argmin(1).astype(np.uint8)
    restored = centroids[np.arange(100), codes]
    return codes, np.float16(1.0 / max(float(np.linalg.norm(restored)), 1e-6))
