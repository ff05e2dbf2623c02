"""All that is understood of one text, for people to look at."""

from collections import defaultdict
from typing import NamedTuple

import numpy as np

from matcher.text.code_concepts import code_concepts
from matcher.text.codes import CPV_FIRST
from matcher.text.concepts import Spans
from matcher.text.cpv import cpv
from matcher.text.generic import GENERIC
from matcher.text.kept import Features, features_of
from matcher.text.languages import LANGS
from matcher.text.reading import Reading, read
from matcher.text.vectors import Vector, mean, unit, vectors
from matcher.text.vocabulary import vocabulary
from schemas.base import Names

THEMES, CODES = 3, 5
"""Suggestions given at most."""
BY_CONCEPTS, WEAKEST = 1 / 3, 0.25
"""Share of a code's nearness that its concepts decide, and the nearness that is too little."""


class SeenToken(NamedTuple):
    """A word with its place, lemma and parts."""

    text: str
    start: int
    end: int
    lemma: str
    parts: tuple[str, ...]
    lang: str


class SeenConcept(NamedTuple):
    """A concept with the places of its words; ``kind`` is issue, object or empty."""

    id: str
    label: Names
    weight: float
    spans: Spans
    words: tuple[str, ...]
    theme: str
    kind: str


class Suggestion(NamedTuple):
    """A theme or a CPV code that the text suggests; never forced on anyone."""

    key: str
    label: Names
    strength: float


class Analysis(NamedTuple):
    """
    What is understood of a text.

    ``lack`` says why there are no concepts: ``empty``, ``unknown-language`` or
    ``no-concepts``; it is empty when there are some.
    """

    text: str
    language: str
    tokens: tuple[SeenToken, ...]
    concepts: tuple[SeenConcept, ...]
    """Strongest first, those about any procurement last."""
    themes: tuple[Suggestion, ...]
    cpv: tuple[Suggestion, ...]
    vector: Vector
    features: Features
    lack: str
    unknown: tuple[str, ...]
    """Lemmas that stand in no label and have no vector: what an editor may want to add."""


def analyse(text: str, lang: str = "") -> Analysis:
    """
    Understand a text.

    Parameters
    ----------
    text
        Anything; what is not understood is said in ``lack``, never an exception.
    lang
        ``fi``, ``sv``, ``en``, or empty: the language is detected.
    """
    reading = read(text, lang)
    found = features_of(text, reading)
    concepts = seen_concepts(found)
    seen = tuple(SeenToken(*token.token[:3], *token.word, token.lang) for token in reading.tokens)
    return Analysis(
        text,
        reading.lang,
        seen,
        concepts,
        suggested_themes(concepts),
        suggested_codes(found),
        found.vector,
        found,
        _lack(text, found),
        unknown_words(reading, found),
    )


def unknown_words(reading: Reading, found: Features) -> tuple[str, ...]:
    """Lemmas of a text that carry a topic and that nothing in the data knows."""
    named = {span for spans in found.spans for span in spans}
    unknown = [
        token.word.lemma
        for token in reading.content
        if token.lang in LANGS
        and not token.is_place
        and (token.token.start, token.token.end) not in named
        and not vectors(token.lang).shares(token.word)
    ]
    return tuple(dict.fromkeys(unknown))


def _lack(text: str, found: Features) -> str:
    if len(found.concepts):
        return ""
    if not any(character.isalpha() for character in text):
        return "empty"
    return "no-concepts" if found.lang else "unknown-language"


def seen_concepts(found: Features) -> tuple[SeenConcept, ...]:
    """Concepts of a text in words, strongest first; codes and themes that were chosen are not."""
    known = vocabulary()
    seen = []
    for at in np.argsort(-found.weights, kind="stable"):
        column = int(found.concepts[at])
        if column < CPV_FIRST:
            theme = known.theme(column)
            seen.append(
                SeenConcept(
                    known.ids[column],
                    known.label(column),
                    float(found.weights[at]),
                    found.spans[at],
                    found.words[at],
                    theme.key if theme else "",
                    theme.kind if theme else "",
                )
            )
    return tuple(sorted(seen, key=lambda concept: concept.id in GENERIC))


def suggested_themes(concepts: tuple[SeenConcept, ...]) -> tuple[Suggestion, ...]:
    """Themes of the strongest concepts, the sum of weights deciding."""
    known = vocabulary()
    total: dict[str, float] = defaultdict(float)
    for concept in concepts:
        if concept.theme and concept.id not in GENERIC:
            # All that a theme was split into, until people say which.
            for theme in known.themes_of(known.row_of[concept.id]):
                total[theme] += concept.weight
    whole = sum(total.values()) or 1.0
    label = {theme.key: theme.label for theme in known.themes}
    best = sorted(total, key=lambda key: (-total[key], key))[:THEMES]
    return tuple(
        Suggestion(key, label[key], total[key] / whole) for key in best if total[key] > whole * 0.1
    )


def suggested_codes(found: Features) -> tuple[Suggestion, ...]:
    """
    CPV codes of added concepts, then those whose labels are nearest to the text.

    Nearness is a weighted mean of two cosines: of the vectors, and of the concepts with
    those of the code and its family.
    """
    known, codes = vocabulary(), cpv()
    given = [code for c in found.concepts if c < CPV_FIRST for code in known.suggests(int(c))]
    strength = dict.fromkeys((codes.row_of[code] for code in given), 1.0)
    if found.vector.any():
        near = codes.nearness(unit(found.vector - mean(found.lang)))
        shared = code_concepts().shared(found.concepts, found.weights)
        near = (1 - BY_CONCEPTS) * near + BY_CONCEPTS * shared
        best = np.argsort(-near, kind="stable")[:CODES]
        strength = {int(row): float(near[row]) for row in best if near[row] > WEAKEST} | strength
    order = sorted(strength, key=lambda row: -strength[row])[:CODES]
    return tuple(Suggestion(codes.codes[row], codes.label(row), strength[row]) for row in order)
