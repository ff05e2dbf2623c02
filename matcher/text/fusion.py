"""Vectors, concepts and characters in one row, so that one product gives the score."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text import characters, codes
from matcher.text.collection import Collection, Rarity
from matcher.text.encoders import WIDEST
from matcher.text.kept import Features
from matcher.text.shape import shaped
from matcher.text.sums import joined, owners, summed
from matcher.text.topics import stretched
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
BLOCK = 256
"""Rows made together."""
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
    room = sum(map(_most, texts))
    columns, values = np.empty(room, np.int32), np.empty(room, np.float32)
    starts = np.zeros(len(texts) + 1, np.int32 if room < np.iinfo(np.int32).max else np.int64)
    for at in range(0, len(texts), BLOCK):
        rows = _block(texts[at : at + BLOCK], known, known.rarity())
        stops = starts[at] + np.cumsum(rows.counts)
        starts[at + 1 : at + 1 + len(stops)] = stops
        held = slice(starts[at], stops[-1])
        columns[held], values[held] = rows.columns, rows.values
    full = starts[-1]
    return csr_array((values[:full], columns[:full], starts), shape=(len(texts), COLUMNS))


def _most(text: Features) -> int:
    """Columns that a text's row may have."""
    sparse = len(text.concepts) + len(text.senses) + len(text.characters)
    return D + sparse + len(text.dense)


class Part(NamedTuple):
    """Columns and values of one kind in some rows, and the row of each, in order."""

    owner: NDArray[np.intp]
    columns: NDArray[Any]
    values: NDArray[Any]


class _Rows(NamedTuple):
    counts: NDArray[np.int64]
    columns: Columns
    values: Dense


def _block(texts: Sequence[Features], known: Collection, rarity: Rarity) -> _Rows:
    centre = {lang: known.centre(lang) for lang in {text.lang for text in texts}}
    parts = (
        _vectors(
            [text.vector for text in texts],
            [centre[text.lang] for text in texts],
            [stretched] * len(texts),
        ),
        concept_parts(texts, rarity),
        _characters(texts, rarity),
        _vectors(
            [text.dense for text in texts],
            [_dense_centre(text, known) for text in texts],
            [partial(shaped, encoder=text.encoder) for text in texts],
        ),
    )
    n = len(texts)
    plain, dense = (VECTORS, CONCEPTS, CHARACTERS, 0.0), WITH_DENSE
    shares = np.array([dense if text.encoder else plain for text in texts])
    firsts = (0, CONCEPT_FIRST, CHARACTER_FIRST, DENSE_FIRST)
    columns = np.concatenate([p.columns + first for p, first in zip(parts, firsts, strict=True)])
    owner = np.concatenate([part.owner for part in parts])
    values = np.concatenate(
        [
            np.sqrt(shares[part.owner, at]) * scaled(part.owner, part.values, n)
            for at, part in enumerate(parts)
        ]
    )
    counts = np.array([np.bincount(part.owner, minlength=n) for part in parts])
    place = np.concatenate(_places(parts, counts))
    found = _Rows(counts.sum(0), np.empty(len(place), np.int32), np.empty(len(place), np.float32))
    found.columns[place] = columns
    found.values[place] = scaled(owner, values, n)
    return found


def _places(parts: Sequence[Part], counts: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Where the columns of each part stand when every row has its parts in their order."""
    before = np.cumsum(counts, axis=0) - counts
    starts = np.cumsum(counts.sum(0)) - counts.sum(0)
    firsts = starts + before - (np.cumsum(counts, axis=1) - counts)
    return [
        np.repeat(first, count) + np.arange(len(part.owner))
        for part, first, count in zip(parts, firsts, counts, strict=True)
    ]


def _vectors(
    vectors: Sequence[Dense], centres: Sequence[Dense], drawn: Sequence[Callable[[Dense], Dense]]
) -> Part:
    """Centred vectors of the texts that have one, each drawn out as is asked."""
    held = [at for at, vector in enumerate(vectors) if vector.any()]
    centred = [drawn[at](vectors[at] - centres[at]) for at in held]
    columns = [np.arange(len(vector)) for vector in centred]
    owner = np.repeat(np.array(held, np.intp), [len(vector) for vector in centred])
    return Part(owner, joined(columns), joined(centred))


def _dense_centre(text: Features, known: Collection) -> Dense:
    return known.dense_centre(text.encoder, text.lang, len(text.dense))


def _characters(texts: Sequence[Features], rarity: Rarity) -> Part:
    columns = joined([text.characters for text in texts])
    counts = joined([text.counts for text in texts])
    return Part(
        owners([text.characters for text in texts]), columns, counts * rarity.characters[columns]
    )


def concept_parts(texts: Sequence[Features], rarity: Rarity) -> Part:
    """Named concepts and senses in the same columns, so that one text's may meet the other's."""
    n = len(texts)
    columns = joined([text.concepts for text in texts])
    owner = owners([text.concepts for text in texts])
    rare = joined([text.weights for text in texts]) * rarity.concepts[columns]
    chosen = columns >= codes.CPV_FIRST
    named = NAMED * scaled(owner, np.where(chosen, 0, rare), n)
    named += CHOSEN * scaled(owner, np.where(chosen, rare, 0), n)
    near = joined([text.senses for text in texts])
    nearness = joined([text.nearness for text in texts]) * rarity.senses[near]
    theirs = owners([text.senses for text in texts])
    total = summed(
        n,
        np.concatenate([owner, theirs]),
        np.concatenate([columns, near]),
        np.concatenate([named, scaled(theirs, nearness, n)]),
    )
    return Part(np.repeat(np.arange(n), np.diff(total.starts)), total.columns, total.totals)


def concept_part(text: Features, rarity: Rarity) -> tuple[Columns, Dense]:
    """Columns and values of one text's concepts, of length 1."""
    part = concept_parts([text], rarity)
    values: Dense = scaled(part.owner, part.values, 1).astype(np.float32)
    return part.columns.astype(np.int32), values


def scaled(owner: NDArray[np.intp], values: NDArray[Any], n: int) -> NDArray[np.float64]:
    """Scale the values of each row to length 1; zeros stay zeros."""
    lengths = np.sqrt(np.bincount(owner, values.astype(np.float64) ** 2, n))
    found: NDArray[np.float64] = values / np.where(lengths > 0, lengths, 1.0)[owner]
    return found


def similarity(texts: Sequence[Features], centre: Collection | None = None) -> Dense:
    """Scores of all pairs of texts, shape ``(n, n)``, 1 on the diagonal of texts with content."""
    rows = fused_rows(texts, centre)
    pairs: Dense = (rows @ rows.T).toarray().astype(np.float32)
    return pairs
