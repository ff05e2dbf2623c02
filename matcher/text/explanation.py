"""Why two texts match, worked out from the very numbers of their score."""

from functools import cache
from math import prod, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.analysis import Analysis
from matcher.text.codes import CPV_FIRST, THEME_FIRST
from matcher.text.collection import Collection
from matcher.text.concepts import Spans
from matcher.text.cpv import cpv
from matcher.text.fusion import (
    CHARACTER_FIRST,
    CONCEPT_FIRST,
    CONCEPTS,
    DENSE_FIRST,
    VECTORS,
    WITH_DENSE,
    concept_part,
    fused_rows,
)
from matcher.text.generic import UNNAMED
from matcher.text.kept import Features
from matcher.text.vocabulary import in_sentence, vocabulary
from schemas.base import Names
from schemas.reasons import Concept

SHARED = 6
"""Shared concepts named at most."""
NOTABLE = 0.02
"""Share of the concepts' likeness below which a concept is not worth naming."""
ALONE, STRONG = 3, 0.12
"""Concepts named at most that one text has alone, and their least share of its concepts."""
ALIKE = 0.12
"""Cosine of vectors from which texts are said to be on a similar topic."""


class Shared(NamedTuple):
    """A concept of both texts, with where it stands in each."""

    concept: Concept
    kind: str
    """``issue`` (how one buys), ``object`` (what one buys) or empty."""
    share: float
    """What it adds to the score, in [0, 1]."""
    spans: tuple[Spans, Spans]
    words: tuple[tuple[str, ...], tuple[str, ...]]


class Explanation(NamedTuple):
    """
    Why two texts match.

    ``code`` is ``shared-concepts``, ``similar-topic`` (the vectors agree: ``nearest`` is
    the pair of concepts that lie nearest) or ``nothing-shared``.
    """

    code: str
    score: float
    parts: dict[str, float]
    """What vectors, concepts and characters add to the score."""
    shared: tuple[Shared, ...]
    nearest: tuple[Concept, Concept] | None
    only: tuple[tuple[Concept, ...], tuple[Concept, ...]]
    """What differs: the strongest concepts that one text has alone."""


def explain(
    a: Analysis | Features,
    b: Analysis | Features,
    lang: str = "fi",
    *,
    collection: Collection | None = None,
) -> Explanation:
    """
    Explain the score of two texts.

    Parameters
    ----------
    a, b
        The texts, analysed or as features.
    lang
        Language of the reader; concepts with the same label in it are named once.
    collection
        Where the score's centres and rarity came from; None believes the shipped ones.
    """
    known = _believed() if collection is None else collection
    pair = (_features(a), _features(b))
    parts = _parts(pair, known)
    shared = _shared(pair, known, lang)
    nearest = None
    code = "shared-concepts" if shared else "nothing-shared"
    if not shared and parts["vectors"] > ALIKE * VECTORS:
        nearest = _nearest(pair)
        code = "similar-topic"
    rarity = known.rarity().concepts
    only = (alone(pair[0], pair[1], rarity), alone(pair[1], pair[0], rarity))
    return Explanation(code, sum(parts.values()), parts, shared, nearest, only)


@cache
def _believed() -> Collection:
    """What is believed before any text: made once, since rarity of every column takes a while."""
    return Collection()


def _features(text: Analysis | Features) -> Features:
    return text.features if isinstance(text, Analysis) else text


def _parts(pair: tuple[Features, Features], known: Collection) -> dict[str, float]:
    a, b = (fused_rows([text], known).tocsc() for text in pair)
    bounds = {
        "vectors": (0, CONCEPT_FIRST),
        "concepts": (CONCEPT_FIRST, CHARACTER_FIRST),
        "characters": (CHARACTER_FIRST, DENSE_FIRST),
        "encoder": (DENSE_FIRST, None),
    }
    return {
        name: float((a[:, first:last] @ b[:, first:last].T).toarray()[0, 0])
        for name, (first, last) in bounds.items()
    }


def _shared(pair: tuple[Features, Features], known: Collection, lang: str) -> tuple[Shared, ...]:
    columns, in_a, in_b = np.intersect1d(
        pair[0].concepts, pair[1].concepts, assume_unique=True, return_indices=True
    )
    share = _named_share(pair[0], known)[in_a] * _named_share(pair[1], known)[in_b]
    share *= _concept_share(pair)
    named: dict[str, Shared] = {}
    told: set[tuple[Spans, Spans]] = set()
    for at in np.argsort(-share, kind="stable"):
        spans = (pair[0].spans[in_a[at]], pair[1].spans[in_b[at]])
        concept = concept_of(int(columns[at]), pair[0].words[in_a[at]] + pair[1].words[in_b[at]])
        label = concept.label.text(lang)
        if share[at] < NOTABLE * CONCEPTS or label in named or concept.id in UNNAMED:
            continue
        if spans in told and spans != ((), ()):
            continue  # the same words carry a wider concept that is named already
        told.add(spans)
        words = (pair[0].words[in_a[at]], pair[1].words[in_b[at]])
        named[label] = Shared(concept, kind_of(int(columns[at])), float(share[at]), spans, words)
        if len(named) == SHARED:
            break
    return tuple(named.values())


def _concept_share(pair: tuple[Features, Features]) -> float:
    """Share of the score that concepts have, with an encoder or without."""
    return sqrt(prod(WITH_DENSE[1] if text.encoder else CONCEPTS for text in pair))


def _named_share(text: Features, known: Collection) -> NDArray[np.float32]:
    """What each named concept holds of the text's unit row of concepts and senses."""
    columns, values = concept_part(text, known.rarity())
    held: NDArray[np.float32] = values[np.searchsorted(columns, text.concepts)]
    return held


def concept_of(column: int, words: tuple[str, ...] = ()) -> Concept:
    """Concept, CPV code or theme of a column, as events and pages carry it."""
    known = vocabulary()
    if column >= THEME_FIRST:
        theme = known.themes[column - THEME_FIRST]
        return Concept(id=f"theme:{theme.key}", label=theme.label, theme=theme.key)
    if column >= CPV_FIRST:
        code = cpv()
        row = column - CPV_FIRST
        return Concept(id=f"cpv:{code.codes[row]}", label=_inline(code.label(row)))
    found = known.theme(column)
    return Concept(
        id=known.ids[column],
        label=known.label(column),
        theme=found.key if found else "",
        words=tuple(dict.fromkeys(words)),
    )


def _inline(label: Names) -> Names:
    """A code's label as it stands within a sentence."""
    return Names(**{lang: in_sentence(label.text(lang))[:200] for lang in ("fi", "sv", "en")})


def kind_of(column: int) -> str:
    """Whether a concept is about how one buys (issue) or what one buys (object)."""
    if column >= THEME_FIRST:
        return vocabulary().themes[column - THEME_FIRST].kind
    if column >= CPV_FIRST:
        return "object"
    theme = vocabulary().theme(column)
    return theme.kind if theme else ""


def _nearest(pair: tuple[Features, Features]) -> tuple[Concept, Concept] | None:
    known = vocabulary()
    sides = []
    for text in pair:
        direct = text.concepts[text.concepts < CPV_FIRST]
        strongest = direct[np.argsort(-text.weights[: len(direct)], kind="stable")][:12]
        sides.append([int(c) for c in strongest if known.ids[int(c)] not in UNNAMED])
    if not sides[0] or not sides[1]:
        return None
    cosines = known.decode(np.array(sides[0])) @ known.decode(np.array(sides[1])).T
    i, j = np.unravel_index(int(np.argmax(cosines)), cosines.shape)
    return concept_of(sides[0][int(i)]), concept_of(sides[1][int(j)])


def alone(
    one: Features, other: Features, rarity: NDArray[np.float32], most: int = ALONE
) -> tuple[Concept, ...]:
    """
    The strongest concepts that only one text has, on words that carry nothing shared.

    Codes and themes that were chosen are none: the other may say the same in words alone.
    """
    rare = np.where(one.concepts < CPV_FIRST, one.weights * rarity[one.concepts], 0.0)
    mine = ~np.isin(one.concepts, other.concepts)
    told = {one.spans[at] for at in np.flatnonzero(~mine)} - {()}
    least = STRONG * np.linalg.norm(rare)
    named: list[Concept] = []
    for at in np.argsort(-rare, kind="stable"):
        if len(named) == most or rare[at] < least:
            break
        if not mine[at] or one.spans[at] in told:
            continue
        concept = concept_of(int(one.concepts[at]), one.words[at])
        if concept.id not in UNNAMED:
            told.add(one.spans[at])
            named.append(concept)
    return tuple(named)
