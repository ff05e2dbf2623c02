"""Concepts of a text, whatever language it is in."""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.labels import LONGEST_LABEL, key
from matcher.text.languages import LANGS
from matcher.text.reading import Reading, ReadToken
from matcher.text.vectors import Rows, Vector, mean, unit
from matcher.text.vocabulary import Labels, Vocabulary, labels, vocabulary

PART = 0.6
"""Weight of a concept found in a part of a compound only."""
LONGER = 0.3
"""What each further word of a label adds: longer labels say more."""
BROADER, RELATED = 0.4, 0.2
"""Weights of the concepts above and beside one that is found."""
Spans = tuple[tuple[int, int], ...]


class Named(NamedTuple):
    """Concepts of a text: sorted rows, their weights, and where the words of each stand."""

    rows: Rows
    weights: Vector
    hits: Sequence["Hit"] = ()
    lent: Sequence[tuple[int, int]] = ()
    """Concepts that were not said themselves, each with the one that speaks for it."""

    def spans(self) -> tuple[Spans, ...]:
        """Sorted places of each concept's words; worked out when somebody wants to see them."""
        places: dict[int, set[tuple[int, int]]] = defaultdict(set)
        for hit in self.hits:
            for row in hit.rows:
                places[row].update((word.token.start, word.token.end) for word in hit.words)
        for row, lender in self.lent:
            places[row] |= places[lender]
        return tuple(tuple(sorted(places[row])) for row in self.rows.tolist())


class Hit(NamedTuple):
    """One place where a label was found."""

    rows: Sequence[int]
    strength: float
    words: Sequence[ReadToken]


NONE = Named(np.zeros(0, np.intp), np.zeros(0, np.float32))


def concepts(reading: Reading, vector: Vector) -> Named:
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
    Named
        Rows of the vocabulary; weights are positive, before rarity in a collection.
    """
    if reading.lang not in LANGS:
        return NONE
    known = vocabulary()
    weight: dict[int, float] = {}
    hits = _all_hits(reading)
    for rows_of_hit, strength, _ in hits:
        for row in rows_of_hit:
            said = strength * float(known.rarity[row])
            if said > weight.get(row, 0.0):
                weight[row] = said
    if not weight:
        return NONE
    lent = _spread(weight, known)
    rows = np.array(sorted(weight), np.intp)
    weights = np.array([weight[row] for row in rows.tolist()])
    weights *= _fit(rows, vector - mean(reading.lang), known)
    rows, weights = rows[weights > 0], weights[weights > 0].astype(np.float32)
    return Named(rows, weights, hits, lent)


def _all_hits(reading: Reading) -> list[Hit]:
    """Find the labels of each language among the words that are in it; places are no topic."""
    hits: list[Hit] = []
    by_language = reading.by_language()
    for lang in LANGS:
        words = [token for token in by_language.get(lang, ()) if not token.is_place]
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
            hits.append(Hit(_own_first(rows), 1.0 + LONGER * (size - 1), covered))
        for token in covered:
            if token.word.parts:
                hits += _in_parts(token, known, whole=bool(rows))
        at += size
    return hits


def _longest(lemmas: list[str], at: int, known: Labels) -> tuple[int, list[int]]:
    if lemmas[at] not in known.in_long:
        return 1, known.find(lemmas[at])
    end = at + 1
    while end < min(at + LONGEST_LABEL, len(lemmas)) and lemmas[end] in known.in_long:
        end += 1
    for stop in range(end, at + 1, -1):
        rows = known.find(key(lemmas[at:stop]))
        if rows and len(set(lemmas[at:stop])) == stop - at:
            return stop - at, rows
    return 1, known.find(lemmas[at])


def _own_first(rows: list[int]) -> list[int]:
    """Procurement's own concepts, and an administrator's, win ties."""
    if len(rows) == 1:
        return rows
    known = vocabulary()
    return [row for row in rows if known.is_own(row)] or rows


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
                hits.append(Hit(_own_first(rows), strength, (token,)))
                free.difference_update(() if full else run)
    return hits


def _spread(weight: dict[int, float], known: Vocabulary) -> list[tuple[int, int]]:
    """Let what is found speak for broader and related concepts, at a discount; tell which did."""
    lent: list[tuple[int, int]] = []
    for row, strength in list(weight.items()):
        for share, others in _around(known, row):
            given = share * strength
            for other in others:
                if given > weight.get(other, 0.0):
                    weight[other] = given
                    lent.append((other, row))
    return lent


@lru_cache(maxsize=1 << 15)
def _around(known: Vocabulary, row: int) -> tuple[tuple[float, list[int]], ...]:
    """Concepts above and beside one, with the share that each gets."""
    around = (BROADER, known.broader(row)), (RELATED, known.related(row))
    return tuple((share, others) for share, others in around if others)


def _fit(found: Rows, centred: Vector, known: Vocabulary) -> NDArray[np.float64]:
    """Root of the cosine of each concept with the text: the other meanings of a word fade."""
    if not centred.any():
        return np.ones(len(found))
    return np.sqrt(np.maximum(known.nearness(found, unit(centred)), 0.0))
