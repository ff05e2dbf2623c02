"""What is taken from a collection of texts: a centre for each language, and rarity."""

from collections.abc import Iterable
from functools import cache
from typing import Self

import numpy as np
from numpy.typing import NDArray

from matcher.text import characters, codes
from matcher.text.generic import GENERIC
from matcher.text.kept import Features
from matcher.text.vectors import D, Vector, mean
from matcher.text.vocabulary import vocabulary

LANGS = ("fi", "sv", "en", "")
PRIOR = 50
"""Texts' worth of belief in the shipped means, so that a small collection is centred too."""
COMMON, USUAL, NEAR = 0.6, 0.01, 0.03
"""Share of texts believed to hold a concept about any procurement, another one, a sense."""


class Collection:
    """
    Statistics of the texts that are compared, kept up as texts come and go.

    Without the centre, likeness follows the language; without rarity, "public procurement"
    explains everything.
    """

    def __init__(self, texts: Iterable[Features] = ()) -> None:
        self.n = dict.fromkeys(LANGS, 0)
        self._sums = {lang: np.zeros(D, np.float64) for lang in LANGS}
        self._concepts = np.zeros(codes.COLUMNS, np.int32)
        self._senses = np.zeros(codes.COLUMNS, np.int32)
        self._characters = np.zeros(characters.COLUMNS, np.int32)
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return sum(self.n.values())

    def add(self, text: Features) -> Self:
        """Count a text."""
        return self._count(text, 1)

    def remove(self, text: Features) -> Self:
        """Count a text no more."""
        return self._count(text, -1)

    def _count(self, text: Features, sign: int) -> Self:
        self._concepts[text.concepts] += sign
        self._senses[text.senses] += sign
        self._characters[text.characters] += sign
        if text.vector.any():
            self.n[text.lang] += sign
            self._sums[text.lang] += sign * text.vector.astype(np.float64)
        else:
            self.n[""] += sign
        return self

    def centre(self, lang: str) -> Vector:
        """Mean vector of the texts in a language, drawn to the shipped one when they are few."""
        total = self._sums[lang] + PRIOR * mean(lang).astype(np.float64)
        centre: Vector = (total / (self.n[lang] + PRIOR)).astype(np.float32)
        return centre

    def concept_rarity(self) -> NDArray[np.float32]:
        """Weight of every concept column, by how few texts hold it."""
        believed = _believed()
        seen = self._concepts + PRIOR * believed
        rarity = np.log((len(self) + PRIOR + 1.0) / (seen + 0.5)) / np.log(PRIOR + 1.0)
        floored: NDArray[np.float32] = np.maximum(rarity, 0.05).astype(np.float32)
        return floored

    def sense_rarity(self) -> NDArray[np.float32]:
        """Weight of every sense, by how few texts hold it."""
        rarity = np.log((len(self) + PRIOR + 1.0) / (self._senses + PRIOR * NEAR + 0.5))
        floored: NDArray[np.float32] = np.maximum(rarity, 0.0).astype(np.float32)
        return floored

    def character_rarity(self) -> NDArray[np.float32]:
        """Weight of every character column, by how few texts hold it."""
        rarity = np.log((len(self) + 1.0) / (self._characters + 1.0)) + 1.0
        single: NDArray[np.float32] = rarity.astype(np.float32)
        return single


@cache
def _believed() -> NDArray[np.float64]:
    believed = np.full(codes.COLUMNS, USUAL)
    believed[[vocabulary().row_of[concept] for concept in GENERIC]] = COMMON
    return believed
