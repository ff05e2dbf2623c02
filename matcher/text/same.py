"""Which concepts say the same, and how far a label says what the other languages' labels say."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from matcher.text.labels import label_keys
from matcher.text.tokens import tokens
from matcher.text.vectors import D, Vector, mean, text_vector, unit
from matcher.text.words import read_word

LANGS = ("fi", "sv", "en")
SOURCES, OURS = ("kp", "yso", "ev", "ef"), 0
"""Where concepts are from; of two that say the same the one named first stays."""
AGREED, ALONE, ONE_SOURCE = 0.5, 0.65, 0.15
"""
Cosine from which two concepts that share a label in two languages, or in one, are one; higher
when they are from one vocabulary, whose editors held them apart.
"""
UNSURE, LEAST = 0.3, 0.05
"""Cosine taken for a label that no vector speaks for, and for one that they speak against."""
Concept = dict[str, str]
Pair = tuple[int, int]
Keyed = Sequence[Sequence[tuple[str, list[str]]]]
"""For each concept its labels in a language, the preferred one first, each with its keys."""


def all_labels(concept: Concept, lang: str) -> list[str]:
    """Labels of a concept in a language, the preferred one first."""
    return [label for label in (concept[lang], *concept[f"alt_{lang}"].split("|")) if label]


def keyed(concepts: Sequence[Concept], lang: str) -> Keyed:
    """Find the keys of all labels in a language."""
    return [
        [(label, label_keys(label, lang)) for label in all_labels(concept, lang)]
        for concept in concepts
    ]


def label_vector(label: str, lang: str) -> Vector:
    """Centred vector of a label, of length 1; zeros when none of its words is known."""
    vector = text_vector([read_word(token.word, lang) for token in tokens(label)], lang)
    return unit(vector - mean(lang)) if vector.any() else vector


def label_vectors(table: Sequence[Sequence[str]], lang: str) -> NDArray[np.float32]:
    """Vector of the labels of each row put together, shape ``(n, D)``."""
    made = [label_vector(" ".join(labels), lang) for labels in table]
    return np.array(made, np.float32).reshape(len(table), D)


def leaders(
    concepts: Sequence[Concept], labels: Iterable[Keyed], vectors: NDArray[np.float32]
) -> NDArray[np.int32]:
    """
    Find the concept that stands for each: itself, as a rule.

    Vocabularies name one thing twice (*metrot* and *metro*), and one language has one word where
    another has two: of such concepts texts have the same one, whichever language they are in.

    Parameters
    ----------
    concepts
        ``n`` rows of the table.
    labels
        Their labels, language by language.
    vectors
        Their vectors, of length 1 or 0, shape ``(n, D)``.
    """
    beside: dict[int, list[int]] = defaultdict(list)
    for a, b in _alike(concepts, labels, vectors):
        beside[a].append(b)
        beside[b].append(a)
    leader = np.arange(len(concepts), dtype=np.int32)
    settled: set[int] = set()
    for row in sorted(beside, key=lambda row: _order(concepts[row], row)):
        if row not in settled:
            taken = [other for other in beside[row] if other not in settled]
            leader[taken] = row
            settled.update(taken, [row])
    return leader


def _order(concept: Concept, row: int) -> tuple[int, int, int]:
    """Ours first, then by the vocabulary, then what is met more often."""
    return _source(concept), -int(concept["freq"]), row


def _source(concept: Concept) -> int:
    return next(at for at, name in enumerate(SOURCES) if concept["id"].startswith(name))


def _alike(
    concepts: Sequence[Concept], labels: Iterable[Keyed], vectors: NDArray[np.float32]
) -> list[Pair]:
    """Pairs that share a label and mean much the same; names and our own stay apart."""
    met = Counter(chain.from_iterable(map(_sharing, labels)))
    return [
        (a, b)
        for (a, b), times in sorted(met.items())
        if not (_source(concepts[a]) == _source(concepts[b]) == OURS)
        and not (_is_name(concepts[a]) or _is_name(concepts[b]))
        and float(vectors[a] @ vectors[b]) >= _wanted(concepts[a], concepts[b], times)
    ]


def _wanted(one: Concept, other: Concept, times: int) -> float:
    more = ONE_SOURCE if _source(one) == _source(other) else 0.0
    return (AGREED if times > 1 else ALONE) + more


def _is_name(concept: Concept) -> bool:
    """Whether a label is a name, such as Windows: the same in every language."""
    return concept["fi"] == concept["sv"] == concept["en"] and concept["fi"][:1].isupper()


def _sharing(labels: Keyed) -> set[Pair]:
    """Pairs where the preferred label of one is a label of the other."""
    preferred: dict[str, list[int]] = defaultdict(list)
    for row, named in enumerate(labels):
        for found in named[0][1][:1]:
            preferred[found].append(row)
    return {
        (min(row, other), max(row, other))
        for row, named in enumerate(labels)
        for _, keys in named
        for found in keys[:1]
        for other in preferred[found]
        if other != row
    }


def trusted_keys(
    concepts: Sequence[Concept],
    labels: Keyed,
    lang: str,
    by_lang: dict[str, NDArray[np.float32]],
    leader: NDArray[np.int32],
) -> dict[str, dict[int, float]]:
    """
    Find the concepts of every key of a language, and how far the key is believed, in (0, 1].

    A word is believed as far as it lies near what the concept is called in the other
    languages: *korsa* says little about hybrids, though a label of theirs is reduced to it.
    Our own labels were written for this and are believed.
    """
    others = np.sum([by_lang[other] for other in LANGS if other != lang], axis=0)
    keys: dict[str, dict[int, float]] = defaultdict(dict)
    for row, named in enumerate(labels):
        stands = int(leader[row])
        for label, found in named:
            ours = _source(concepts[row]) == OURS
            believed = 1.0 if ours else _belief(label_vector(label, lang), unit(others[row]))
            for key in found:
                keys[key][stands] = max(believed, keys[key].get(stands, 0.0))
    return keys


def _belief(here: Vector, there: Vector) -> float:
    """Root of the cosine, as with the meanings of a word in a text."""
    if not here.any() or not there.any():
        return sqrt(UNSURE)
    return sqrt(max(float(here @ there), LEAST))
