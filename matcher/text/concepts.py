"""Concepts of texts, whatever language they are in."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.text.hits import all_hits, longest
from matcher.text.labels import LONGEST_LABEL
from matcher.text.languages import LANGS
from matcher.text.lexis import Said
from matcher.text.ragged import Ragged
from matcher.text.reading import Reading
from matcher.text.sums import Sums, spread, strongest, summed
from matcher.text.vectors import Rows, mean, unit
from matcher.text.vocabulary import vocabulary

BROADER, RELATED = 0.4, 0.2
"""Weights of the concepts above and beside one that is found."""
Spans = tuple[tuple[int, int], ...]
Weighed = tuple[Rows, NDArray[Any], NDArray[np.float64]]
"""Text, concept and weight of each concept said."""


def concepts(
    readings: Sequence[Reading], words: Sequence[Said], vectors: NDArray[np.float32]
) -> Sums:
    """
    Find the concepts of texts and weigh them.

    Parameters
    ----------
    readings
        ``n`` texts, read.
    words
        Their words, language by language.
    vectors
        Their vectors, shape ``(n, D)``; they decide between meanings.

    Returns
    -------
    Sums
        Rows of the vocabulary; weights are positive, before rarity in a collection.
    """
    n = len(readings)
    owner, rows, strength = _joined([part for every in words for part in _said(every)])
    known = vocabulary()
    found = _repeated(n, owner, rows, strength * known.rarity[rows].astype(np.float64))
    around = [_around(found, known.broader, BROADER), _around(found, known.related, RELATED)]
    found = strongest(n, *_joined([(found.owner, found.columns, found.totals), *around]))
    fit = [_fit(found.of(at)[0], vector, readings[at].lang) for at, vector in enumerate(vectors)]
    weights = found.totals * np.concatenate([np.zeros(0), *fit])
    held = weights > 0
    return strongest(n, found.owner[held], found.columns[held], weights[held])


def _said(words: Said) -> list[Weighed]:
    """Concepts of single words, and of the labels of several words among them."""
    topical = ~words.is_place
    owner, numbers = words.owner[topical], words.words[topical]
    long, covered = _long(owner, numbers, words)
    single = ~covered
    of, rows, strength = words.lexis.alone.of(numbers[single])
    within, parts, weight = words.lexis.within.of(numbers[covered])
    return [long, (owner[single][of], rows, strength), (owner[covered][within], parts, weight)]


def _long(owner: Rows, numbers: Rows, words: Said) -> tuple[Weighed, NDArray[np.bool_]]:
    """Concepts of labels of several words, the longest first, and which words they cover."""
    known, lexis = words.lexis.known, words.lexis
    covered = np.zeros(len(numbers), bool)
    hits: list[tuple[int, int, float]] = []
    free = 0
    joined = lexis.may_join(numbers) & (owner[1:] == owner[:-1])
    for at in np.flatnonzero(joined).tolist():
        if at >= free:
            here = numbers[at : at + LONGEST_LABEL][owner[at : at + LONGEST_LABEL] == owner[at]]
            lemmas = [lexis.words[number].lemma for number in here.tolist()]
            size, meant = longest(lemmas, known)
            if size > 1:
                covered[at : at + size] = True
                hits += [(int(owner[at]), row, strength) for row, strength in meant]
                free = at + size
    texts, rows, strengths = zip(*hits, strict=True) if hits else ((), (), ())
    return (np.array(texts, np.intp), np.array(rows, np.intp), np.array(strengths)), covered


def _repeated(n: int, owner: Rows, rows: Rows, weights: NDArray[np.float64]) -> Sums:
    """What is said again counts more, but ever less: 1 + the logarithm of how often."""
    best = strongest(n, owner, rows, weights)
    times = summed(n, owner, rows, weights).totals / best.totals
    return best._replace(totals=best.totals * (1.0 + np.log(times)))


def _around(found: Sums, links: Ragged, share: float) -> Weighed:
    """Concepts above or beside those found, at a discount."""
    of, places = spread(links.starts, found.columns)
    return found.owner[of], links.values[places], share * found.totals[of]


def _joined(parts: Sequence[Weighed]) -> tuple[Any, Any, Any]:
    none: Weighed = (np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0))
    return tuple(np.concatenate(column) for column in zip(none, *parts, strict=True))  # type: ignore[return-value]


def _fit(found: Rows, vector: NDArray[np.float32], lang: str) -> NDArray[np.float64]:
    """Root of the cosine of each concept with the text: the other meanings of a word fade."""
    if lang not in LANGS:
        return np.zeros(len(found))
    centred = vector - mean(lang)
    if not len(found) or not centred.any():
        return np.ones(len(found))
    near = vocabulary().nearness(found, unit(centred))
    return np.sqrt(np.maximum(near, 0.0)).astype(np.float64)


def spans(reading: Reading, rows: Sequence[int]) -> tuple[Spans, ...]:
    """Sorted places of the words of each concept of a text; those it lends its weight to too."""
    places: dict[int, set[tuple[int, int]]] = defaultdict(set)
    weight: dict[int, float] = {}
    rarity = vocabulary().rarity
    for hit in all_hits(reading):
        for row, strength in hit.meant:
            places[row].update((word.token.start, word.token.end) for word in hit.words)
            weight[row] = max(weight.get(row, 0.0), strength * float(rarity[row]))
    for row, lender in _lent(weight):
        places[row] |= places[lender]
    return tuple(tuple(sorted(places[row])) for row in rows)


def _lent(weight: dict[int, float]) -> list[tuple[int, int]]:
    """Concepts that others speak for, each with the one that does."""
    known = vocabulary()
    lent: list[tuple[int, int]] = []
    for row, strength in list(weight.items()):
        for share, others in (BROADER, known.broader(row)), (RELATED, known.related(row)):
            for other in others:
                if share * strength > weight.get(other, 0.0):
                    weight[other] = share * strength
                    lent.append((other, row))
    return lent
