"""Vectors, concepts and characters in one row, so that one product gives the score."""

from collections.abc import Sequence
from math import sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text import characters, codes
from matcher.text.collection import Collection, Rarity
from matcher.text.encoders import WIDEST
from matcher.text.kept import Features
from matcher.text.vectors import D

VECTORS, CONCEPTS, CHARACTERS = 0.45, 0.45, 0.1
"""Shares of the score, set on the development sentences; a tenth more or less changes little."""
WITH_DENSE = (0.25, 0.2, 0.05, 0.5)
"""Shares of vectors, concepts, characters and the neural encoder, where there is one."""
NAMED, CHOSEN = 0.5, 1.2
"""Weights of concepts that are named, and of codes and themes that a person chose, beside 1
for the senses."""
CONCEPT_FIRST = D
CHARACTER_FIRST = D + codes.COLUMNS
DENSE_FIRST = CHARACTER_FIRST + characters.COLUMNS
COLUMNS = DENSE_FIRST + WIDEST
"""Columns of a row: the vector; concepts, codes and themes; characters; a neural vector."""
Dense = NDArray[np.float32]
Columns = NDArray[np.int32]


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
    rarity = known.rarity()
    room = sum(map(_most, texts))
    columns, values = np.empty(room, np.int32), np.empty(room, np.float32)
    ends = [0]
    for text in texts:
        some, weights = _row(text, known, rarity)
        held = slice(ends[-1], ends[-1] + len(some))
        columns[held], values[held] = some, weights
        ends.append(held.stop)
    starts = np.array(ends, np.int32 if room < np.iinfo(np.int32).max else np.int64)
    shape = (len(texts), COLUMNS)
    return csr_array((values[: ends[-1]], columns[: ends[-1]], starts), shape=shape)


def _most(text: Features) -> int:
    """Columns that a text's row may have."""
    sparse = len(text.concepts) + len(text.senses) + len(text.characters)
    return D + sparse + len(text.dense)


def _row(text: Features, known: Collection, rarity: Rarity) -> tuple[Columns, Dense]:
    pieces = (
        _vector_part(text, known.centre(text.lang)),
        concept_part(text, rarity),
        (text.characters, text.counts * rarity.characters[text.characters]),
        _dense_part(text, known),
    )
    shares = WITH_DENSE if text.encoder else (VECTORS, CONCEPTS, CHARACTERS, 0.0)
    firsts = (0, CONCEPT_FIRST, CHARACTER_FIRST, DENSE_FIRST)
    columns = [part + first for (part, _), first in zip(pieces, firsts, strict=True)]
    values = [sqrt(share) * _unit(part) for (_, part), share in zip(pieces, shares, strict=True)]
    return np.concatenate(columns).astype(np.int32), _unit(np.concatenate(values))


def _vector_part(text: Features, centre: Dense) -> tuple[Columns, Dense]:
    if not text.vector.any():
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    return np.arange(D, dtype=np.int32), text.vector - centre


def _dense_part(text: Features, known: Collection) -> tuple[Columns, Dense]:
    if not text.encoder:
        return np.zeros(0, np.int32), np.zeros(0, np.float32)
    n = len(text.dense)
    return np.arange(n, dtype=np.int32), text.dense - known.dense_centre(text.encoder, text.lang, n)


def concept_part(text: Features, rarity: Rarity) -> tuple[Columns, Dense]:
    """Named concepts and senses in the same columns, so that one text's may meet the other's."""
    rare = text.weights * rarity.concepts[text.concepts]
    chosen = text.concepts >= codes.CPV_FIRST
    named = NAMED * _unit(np.where(chosen, 0, rare)) + CHOSEN * _unit(np.where(chosen, rare, 0))
    senses = _unit(text.nearness * rarity.senses[text.senses])
    columns, place = np.unique(np.concatenate([text.concepts, text.senses]), return_inverse=True)
    values = np.bincount(place, np.concatenate([named, senses]), len(columns))
    return columns, _unit(values.astype(np.float32))


def _unit(values: Dense) -> Dense:
    length = float(np.linalg.norm(values))
    scaled: Dense = (values / (length or 1.0)).astype(np.float32)
    return scaled


def similarity(texts: Sequence[Features], centre: Collection | None = None) -> Dense:
    """Scores of all pairs of texts, shape ``(n, n)``, 1 on the diagonal of texts with content."""
    rows = fused_rows(texts, centre)
    pairs: Dense = (rows @ rows.T).toarray().astype(np.float32)
    return pairs
