"""Vectors, concepts and characters in one row, so that one product gives the score."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text import characters, codes
from matcher.text.collection import Collection
from matcher.text.kept import Features
from matcher.text.vectors import D

VECTORS, CONCEPTS, CHARACTERS = 0.6, 0.3, 0.1
"""Shares of the score; MATCHER notes and our own benchmark agree within a percent."""
CONCEPT_FIRST = D
CHARACTER_FIRST = D + codes.COLUMNS
COLUMNS = CHARACTER_FIRST + characters.COLUMNS
"""Columns of a row: the vector, then concepts, codes and themes, then characters."""
Dense = NDArray[np.float32]


def fused_rows(texts: Sequence[Features], collection: Collection | None = None) -> csr_array:
    """
    Make rows whose products are scores.

    Parameters
    ----------
    texts
        ``n`` texts.
    collection
        Where centres and rarity come from; None takes them from the texts given.

    Returns
    -------
    csr_array
        Shape ``(n, COLUMNS)``, float32, rows of length 1; a row is empty when its text is.
    """
    known = Collection(texts) if collection is None else collection
    centres = {lang: known.centre(lang) for lang in known.n}
    concept, character = known.concept_rarity(), known.character_rarity()
    found = [_row(text, centres[text.lang], concept, character) for text in texts]
    lengths = np.cumsum([0, *(len(columns) for columns, _ in found)], dtype=np.int64)
    columns = np.concatenate([columns for columns, _ in found] or [np.zeros(0, np.int32)])
    values = np.concatenate([values for _, values in found] or [np.zeros(0, np.float32)])
    return csr_array((values, columns, lengths), shape=(len(texts), COLUMNS))


def _row(
    text: Features, centre: Dense, concept: Dense, character: Dense
) -> tuple[NDArray[np.int32], Dense]:
    vector = text.vector - centre if text.vector.any() else text.vector
    pieces = (
        (np.arange(D, dtype=np.int32) if vector.any() else np.zeros(0, np.int32),
         vector if vector.any() else np.zeros(0, np.float32), VECTORS),
        (text.concepts + CONCEPT_FIRST, text.weights * concept[text.concepts], CONCEPTS),
        (text.characters + CHARACTER_FIRST, text.counts * character[text.characters], CHARACTERS),
    )  # fmt: skip
    columns = np.concatenate([columns for columns, _, _ in pieces]).astype(np.int32)
    values = np.concatenate([np.sqrt(share) * _unit(part) for _, part, share in pieces])
    return columns, _unit(values).astype(np.float32)


def _unit(values: Dense) -> Dense:
    length = float(np.linalg.norm(values))
    scaled: Dense = values / np.float32(length or 1.0)
    return scaled


def similarity(texts: Sequence[Features], centre: Collection | None = None) -> Dense:
    """Scores of all pairs of texts, shape ``(n, n)``, 1 on the diagonal of texts with content."""
    rows = fused_rows(texts, centre)
    pairs: Dense = (rows @ rows.T).toarray().astype(np.float32)
    return pairs
