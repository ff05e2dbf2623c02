"""Concepts of a text, whatever language it is in."""

from collections import defaultdict
from math import sqrt
from typing import NamedTuple

import numpy as np

from matcher.text.labels import LONGEST_LABEL, key
from matcher.text.languages import LANGS
from matcher.text.reading import Reading, ReadToken
from matcher.text.vectors import Vector, mean, unit
from matcher.text.vocabulary import Labels, Vocabulary, labels, vocabulary

PART = 0.6
"""Weight of a concept found in a part of a compound only."""
LONGER = 0.3
"""What each further word of a label adds: longer labels say more."""
BROADER, RELATED = 0.4, 0.2
"""Weights of the concepts above and beside one that is found."""
Spans = tuple[tuple[int, int], ...]


class Found(NamedTuple):
    """A concept of a text: its weight and where its words stand."""

    weight: float
    spans: Spans


class Hit(NamedTuple):
    """One place where a label was found."""

    rows: tuple[int, ...]
    strength: float
    spans: Spans


def concepts(reading: Reading, vector: Vector) -> dict[int, Found]:
    """
    Find the concepts of a text and weigh them.

    Parameters
    ----------
    reading
        The text, read.
    vector
        Its vector as :func:`text_vector` gives it; it decides between meanings.

    Returns
    -------
    dict
        By row of the vocabulary; weights are positive, before rarity in a collection.
    """
    if reading.lang not in LANGS:
        return {}
    known = vocabulary()
    weight: dict[int, float] = defaultdict(float)
    places: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for hit in _all_hits(reading):
        for row in hit.rows:
            weight[row] = max(weight[row], hit.strength * float(known.rarity[row]))
            places[row].update(hit.spans)
    if not weight:
        return {}
    _spread(weight, places, known)
    fitting = _fit(list(weight), vector - mean(reading.lang), known)
    return {
        row: Found(weight[row] * fit, tuple(sorted(places[row])))
        for row, fit in zip(weight, fitting, strict=True)
        if fit > 0
    }


def _all_hits(reading: Reading) -> list[Hit]:
    """Find the labels of each language among the words that are in it; places are no topic."""
    hits: list[Hit] = []
    for lang in LANGS:
        words = [token for token in reading.content_in(lang) if not token.is_place]
        if words:
            hits += _hits(words, labels(lang))
    return hits


def _hits(content: list[ReadToken], known: Labels) -> list[Hit]:
    hits: list[Hit] = []
    lemmas = [token.word.lemma for token in content]
    at = 0
    while at < len(content):
        size, rows = _longest(lemmas, at, known)
        covered = content[at : at + size]
        if rows:
            spans = tuple(_span(token) for token in covered)
            hits.append(Hit(_own_first(rows), 1.0 + LONGER * (size - 1), spans))
        for token in covered:
            hits += _in_parts(token, known, whole=bool(rows))
        at += size
    return hits


def _span(token: ReadToken) -> tuple[int, int]:
    return token.token.start, token.token.end


def _longest(lemmas: list[str], at: int, known: Labels) -> tuple[int, list[int]]:
    end = at
    while end < min(at + LONGEST_LABEL, len(lemmas)) and lemmas[end] in known.in_long:
        end += 1
    for stop in range(end, at + 1, -1):
        rows = known.find(key(lemmas[at:stop]))
        if rows and len(set(lemmas[at:stop])) == stop - at:
            return stop - at, rows
    return 1, known.find(lemmas[at])


def _own_first(rows: list[int]) -> tuple[int, ...]:
    """Procurement's own concepts win ties: the table begins with them."""
    own = tuple(row for row in rows if row < vocabulary().own)
    return own or tuple(rows)


def _in_parts(token: ReadToken, known: Labels, *, whole: bool) -> list[Hit]:
    parts = token.word.parts
    hits: list[Hit] = []
    free = set(range(len(parts)))
    for size in range(len(parts), 0, -1):
        for start in range(len(parts) - size + 1):
            run = range(start, start + size)
            if not free.issuperset(run):
                continue
            rows = known.find(key(parts[start : start + size]))
            if rows:
                full = size == len(parts) and size > 1
                strength = 1.0 if full and not whole else PART
                hits.append(Hit(_own_first(rows), strength, (_span(token),)))
                free.difference_update(() if full else run)
    return hits


def _spread(
    weight: dict[int, float], places: dict[int, set[tuple[int, int]]], known: Vocabulary
) -> None:
    """Let what is found speak for broader and related concepts, at a discount."""
    for row, strength in list(weight.items()):
        for share, others in ((BROADER, known.broader(row)), (RELATED, known.related(row))):
            for other in others:
                if share * strength > weight.get(other, 0.0):
                    weight[other] = share * strength
                    places[other] |= places[row]


def _fit(found: list[int], centred: Vector, known: Vocabulary) -> list[float]:
    """Root of the cosine of each concept with the text: the other meanings of a word fade."""
    if not centred.any():
        return [1.0] * len(found)
    cosines = known.nearness(np.array(found), unit(centred))
    return [sqrt(max(cosine, 0.0)) for cosine in cosines]
