"""What is taken from a collection of texts: a centre for each language, and rarity."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from matcher.data import arrays
from matcher.text import characters, codes
from matcher.text.generic import GENERIC
from matcher.text.kept import Features
from matcher.text.sums import joined
from matcher.text.vectors import D, Vector, mean
from matcher.text.vocabulary import vocabulary

SHIPPED = "e5-small-q4"
"""The encoder whose means are shipped."""
LANGS = ("fi", "sv", "en", "")
PRIOR = 50
"""Texts' worth of belief in the shipped means, so that a small collection is centred too."""
COMMON, USUAL, NEAR = 0.6, 0.01, 0.03
"""Share of texts believed to hold a concept about any procurement, another one, a sense."""


class Rarity(NamedTuple):
    """Weight of each column by how few texts hold it."""

    concepts: NDArray[np.float32]
    senses: NDArray[np.float32]
    characters: NDArray[np.float32]


class Collection:
    """
    Statistics of the texts that are compared, kept up as texts come and go.

    Without the centre, likeness follows the language; without rarity, "public procurement"
    explains everything.
    """

    def __init__(self, texts: Iterable[Features] = ()) -> None:
        self.n = dict.fromkeys(LANGS, 0)
        self._sums = {lang: np.zeros(D, np.float64) for lang in LANGS}
        self._rarity: Rarity | None = None
        self._dense: dict[tuple[str, str], tuple[int, NDArray[np.float64]]] = {}
        self._concepts = np.zeros((len(LANGS), codes.COLUMNS), np.int32)
        self._senses = np.zeros((len(LANGS), codes.COLUMNS), np.int32)
        self._characters = np.zeros(characters.COLUMNS, np.int32)
        self._count_all(list(texts))

    def __len__(self) -> int:
        return sum(self.n.values())

    def add(self, text: Features) -> Self:
        """Count a text."""
        return self._count(text, 1)

    def remove(self, text: Features) -> Self:
        """Count a text no more."""
        return self._count(text, -1)

    def _count_all(self, texts: Sequence[Features]) -> None:
        """Count texts as :meth:`add` counts each, column by column."""
        _count_columns(self._characters, [text.characters for text in texts])
        for lang, concepts, senses in zip(LANGS, self._concepts, self._senses, strict=True):
            spoken = [text for text in texts if text.lang == lang]
            _count_columns(concepts, [text.concepts for text in spoken])
            _count_columns(senses, [text.senses for text in spoken])
        for text in texts:
            self._count_dense(text, 1)
        meant = [text for text in texts if text.vector.any()]
        self.n[""] += len(texts) - len(meant)
        for lang in LANGS:
            here = [text.vector for text in meant if text.lang == lang]
            self.n[lang] += len(here)
            self._sums[lang] += np.sum(here, axis=0, dtype=np.float64) if here else 0.0

    def _count(self, text: Features, sign: int) -> Self:
        self._rarity = None
        lang = LANGS.index(text.lang)
        self._concepts[lang, text.concepts] += sign
        self._senses[lang, text.senses] += sign
        self._count_dense(text, sign)
        self._characters[text.characters] += sign
        if text.vector.any():
            self.n[text.lang] += sign
            self._sums[text.lang] += sign * text.vector.astype(np.float64)
        else:
            self.n[""] += sign
        return self

    def _count_dense(self, text: Features, sign: int) -> None:
        if text.encoder:
            key = (text.encoder, text.lang)
            n, total = self._dense.get(key, (0, np.zeros(len(text.dense), np.float64)))
            self._dense[key] = n + sign, total + sign * text.dense.astype(np.float64)

    def dense_centre(self, encoder: str, lang: str, dimensions: int) -> Vector:
        """Mean of an encoder's vectors in a language; a few texts are drawn to what is known."""
        known = encoder_mean(encoder, lang, dimensions)
        n, total = self._dense.get((encoder, lang), (0, np.zeros(dimensions, np.float64)))
        centre: Vector = ((total + PRIOR * known) / (n + PRIOR)).astype(np.float32)
        return centre

    def centre(self, lang: str) -> Vector:
        """Mean vector of the texts in a language, drawn to the shipped one when they are few."""
        total = self._sums[lang] + PRIOR * mean(lang).astype(np.float64)
        centre: Vector = (total / (self.n[lang] + PRIOR)).astype(np.float32)
        return centre

    def rarity(self) -> Rarity:
        """Rarity of everything that is counted; kept until a text comes or goes."""
        if self._rarity is None:
            self._rarity = Rarity(
                self.concept_rarity(), self.sense_rarity(), self.character_rarity()
            )
        return self._rarity

    def concept_rarity(self) -> NDArray[np.float32]:
        """Weight of every concept column, by how few texts hold it."""
        seen = self._most(self._concepts) + PRIOR * _believed()
        rarity = np.log((len(self) + PRIOR + 1.0) / (seen + 0.5)) / np.log(PRIOR + 1.0)
        floored: NDArray[np.float32] = np.maximum(rarity, 0.05).astype(np.float32)
        return floored

    def sense_rarity(self) -> NDArray[np.float32]:
        """Weight of every sense, by how few texts hold it."""
        seen = self._most(self._senses) + PRIOR * NEAR
        rarity = np.log((len(self) + PRIOR + 1.0) / (seen + 0.5))
        floored: NDArray[np.float32] = np.maximum(rarity, 0.0).astype(np.float32)
        return floored

    def _most(self, counts: NDArray[np.int32]) -> NDArray[np.float64]:
        """
        How many texts hold each column, as if all languages had it as often as the first.

        What nearly every text of one language has tells the language and no topic.
        """
        told = np.array([self.n[lang] + PRIOR for lang in LANGS], np.float64)
        share = (counts / told[:, None]).max(axis=0)
        most: NDArray[np.float64] = np.maximum(counts.sum(axis=0), share * len(self))
        return most

    def character_rarity(self) -> NDArray[np.float32]:
        """Weight of every character column, by how few texts hold it."""
        rarity = np.log((len(self) + 1.0) / (self._characters + 1.0)) + 1.0
        single: NDArray[np.float32] = rarity.astype(np.float32)
        return single


def _count_columns(counts: NDArray[np.int32], columns: Sequence[NDArray[np.int32]]) -> None:
    """Add how often each column stands in some texts."""
    counts += np.bincount(joined(columns), minlength=len(counts)).astype(counts.dtype)


_learned: dict[str, dict[str, NDArray[np.float64]]] = {}


def learn_means(encoder: str, means: dict[str, NDArray[np.float64]]) -> None:
    """Take over the mean in each language of an encoder whose means are not shipped."""
    _learned[encoder] = means
    encoder_mean.cache_clear()


@cache
def encoder_mean(encoder: str, lang: str, dimensions: int) -> NDArray[np.float64]:
    """Mean of an encoder's vectors of challenges in a language; zeros when not known."""
    if lang in _learned.get(encoder, ()):
        return _learned[encoder][lang]
    if encoder != SHIPPED or lang not in ("fi", "sv", "en"):
        return np.zeros(dimensions, np.float64)
    return arrays("encoder_means.npz")[lang].astype(np.float64)


@cache
def _believed() -> NDArray[np.float64]:
    believed = np.full(codes.COLUMNS, USUAL)
    believed[[vocabulary().row_of[concept] for concept in GENERIC]] = COMMON
    return believed
