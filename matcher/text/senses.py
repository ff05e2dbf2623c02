"""
Senses: the concepts that lie nearest to each word of a text, named in it or not.

Means of vectors blur which words agree. Senses keep that: *change of power* and *vallanvaihto*
meet in the concepts near both, though no label stands in either. They rank; reasons rest on
the concepts that are named.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.data import Arrays, arrays
from matcher.text.speech import Speech
from matcher.text.sums import Sums, joined, summed
from matcher.text.vectors import Rows, mean, vectors
from matcher.text.vocabulary import vocabulary

NEAREST = 10
"""Concepts kept for a word."""
REACH = 0.3
"""Cosine below a word's nearest concept at which a concept counts no more."""
HUB_NEIGHBOURS, HUB_WORDS, HUB_SHARE = 10, 8_000, 0.5
"""A concept near to everything is held back by half its mean cosine to its ten nearest words."""
CENTRING = 0.7
"""Share of the language's mean that is taken off a single word."""


class Senses(NamedTuple):
    """Nearest concepts of each word of a language, and how near, 0-255."""

    nearest: NDArray[np.uint16]
    strength: NDArray[np.uint8]


@cache
def senses(lang: str) -> Senses:
    """Read the senses of a language, once."""
    stored = arrays("senses.npz")
    return Senses(stored[f"nearest_{lang}"], stored[f"strength_{lang}"])


def text_senses(n: int, said: Sequence[Speech]) -> Sums:
    """
    Gather the senses of texts: rows of the vocabulary and their weights.

    Parameters
    ----------
    n
        Number of texts.
    said
        Their words, language by language.
    """
    if not said:
        return summed(n, np.zeros(0, np.intp), np.zeros(0, np.intp))
    owner, near, strength = map(joined, zip(*map(_of, said), strict=True))
    held = strength > 0
    return summed(n, owner[held], near[held], strength[held])


def _of(speech: Speech) -> tuple[Rows, NDArray[np.uint16], NDArray[np.float32]]:
    known = senses(speech.lang)
    weights = speech.weights * vectors(speech.lang).weight[speech.rows]
    strength = known.strength[speech.rows] * weights[:, None]
    owner = np.repeat(speech.owner, NEAREST)
    return owner, known.nearest[speech.rows].ravel(), strength.ravel()


def nearest_concepts() -> Arrays:
    """Work out the senses of every word; :mod:`matcher.text.build` ships the result."""
    spaces = {lang: centred_words(lang) for lang in ("fi", "sv", "en")}
    _, anchors = pivot_concepts()
    hubs = HUB_SHARE * np.mean([hubness(anchors, words) for words in spaces.values()], axis=0)
    built: Arrays = {"hubs": hubs.astype(np.float16)}
    for lang, words in spaces.items():
        found = [nearest(words[at : at + 1000], built["hubs"]) for at in range(0, len(words), 1000)]
        built[f"nearest_{lang}"] = np.concatenate([near for near, _ in found])
        built[f"strength_{lang}"] = np.concatenate([strength for _, strength in found])
    return built


def pivot_concepts() -> tuple[Rows, NDArray[np.float32]]:
    """Rows and vectors of the concepts that may be a sense; EuroVoc's are about the Union."""
    pivots = np.flatnonzero([not name.startswith("ev:") for name in vocabulary().ids])
    return pivots, vocabulary().decode(pivots)


def centred_words(lang: str) -> NDArray[np.float32]:
    """Vectors of a language's words, of length 1, without most of what tells the language."""
    space = vectors(lang)
    words = space.decode(np.arange(len(space.weight)))
    words = words - CENTRING * np.linalg.norm(words, axis=1).mean() * mean(lang)
    scaled: NDArray[np.float32] = words / np.linalg.norm(words, axis=1, keepdims=True)
    return scaled


def hubness(anchors: NDArray[np.float32], words: NDArray[np.float32]) -> NDArray[np.float32]:
    """Mean cosine of each anchor to its nearest words."""
    cosines = anchors @ words[:HUB_WORDS].T
    top = np.partition(cosines, -HUB_NEIGHBOURS, axis=1)[:, -HUB_NEIGHBOURS:]
    means: NDArray[np.float32] = top.mean(1)
    return means


def nearest(
    words: NDArray[np.float32], hubs: NDArray[np.float16]
) -> tuple[NDArray[np.uint16], NDArray[np.uint8]]:
    """Nearest concepts of some words, nearest first, and their strengths."""
    pivots, anchors = pivot_concepts()
    cosines = words @ anchors.T - hubs.astype(np.float32)
    near = np.argpartition(-cosines, NEAREST, axis=1)[:, :NEAREST]
    value = np.take_along_axis(cosines, near, 1)
    order = np.argsort(-value, axis=1, kind="stable")
    near, value = np.take_along_axis(near, order, 1), np.take_along_axis(value, order, 1)
    falloff = np.maximum(value - value[:, :1] + REACH, 0.0) / REACH
    falloff /= np.linalg.norm(falloff, axis=1, keepdims=True)
    return pivots[near].astype(np.uint16), np.rint(falloff * 255).astype(np.uint8)
