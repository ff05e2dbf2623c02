"""
One scale for the scores of all encoders.

A score of a neural encoder is worth the score that the same share of reference pairs reaches
with the built-in one: thresholds and percentiles then mean the same, whichever encoder ranks.
"""

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.data import Arrays, arrays
from matcher.text.background import LANGS, background_texts
from matcher.text.collection import Collection, learn_means
from matcher.text.encoders import Encoder
from matcher.text.fusion import fused_rows
from matcher.text.kept import all_features, with_dense
from matcher.text.voice import PASSAGES, encoder_means, voice_texts

BUILTIN = "builtin"
OFTEN = 10
"""How often the reference texts are counted, so that they are centred on themselves alone."""
LEVELS = np.concatenate([np.linspace(0, 0.99, 100), 1 - np.logspace(-2, -5, 61)[1:]])
"""Shares of the pairs at which both scales are noted; the upper end, where peers are, closely."""


_learned: Arrays = {}


def comparable(scores: NDArray[Any], encoder: str) -> NDArray[Any]:
    """
    Scores of an encoder on the scale of the built-in one; unchanged when it is not known.

    The order stays as it is. Parameters are scores of any shape and the encoder's name.
    """
    found, worth = scale_of(encoder)
    if not len(found):
        return scores
    told: NDArray[Any] = np.interp(scores, found, worth).astype(scores.dtype)
    return told


def scale_of(encoder: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Scores of an encoder, rising, and what each is worth; empty when they need no change."""
    theirs = _learned.get(encoder, _scales().get(encoder))
    if theirs is None:
        return np.zeros(0), np.zeros(0)
    found = np.array([*theirs, 1.0], np.float64)
    return found, np.array([*_scales()[BUILTIN], 1.0], np.float64)


def references(encoder: Encoder) -> list[str]:
    """Texts by which a foreign encoder is put on the scale; none for one whose scale ships."""
    told = [*background_texts().values(), *voice_texts().values()]
    return [text for texts in told for text in texts] * encoder.is_foreign


def learn(encoder: Encoder) -> None:
    """
    Put a foreign encoder on the scale, and centre it, by the vectors of the references.

    Once a process; about two seconds when the references are encoded already.
    """
    if not encoder.is_foreign or encoder.name in _learned:
        return
    learn_means(encoder.name, encoder_means(encoder))
    _learned[encoder.name] = scales(encoder)[encoder.name]


@cache
def _scales() -> Arrays:
    return arrays("scales.npz")


def scales(encoder: Encoder) -> Arrays:
    """
    Scores of the same pairs with both encoders; :mod:`matcher.text.build` ships them.

    At each share the mean of what pairs of bare labels score and of what pairs of challenges
    do (Vincent averaging): encoders differ in how much being told alike counts.
    """
    bare = _levels(encoder, background_texts(), 1)
    spoken = _levels(encoder, voice_texts(), PASSAGES)
    return {name: ((bare[name] + spoken[name]) / 2).astype(np.float32) for name in bare}


def _levels(encoder: Encoder, by_lang: dict[str, list[str]], passages: int) -> Arrays:
    """Scores at the levels of pairs of texts that have not the same of several passages."""
    texts = [text for lang in LANGS for text in by_lang[lang]]
    langs = [lang for lang in LANGS for _ in by_lang[lang]]
    plain = all_features(texts, langs)
    passage = np.concatenate([np.arange(len(by_lang[lang])) % passages for lang in LANGS])
    unlike = (passage[:, None] != passage[None, :]) | (passages == 1)
    pairs = np.triu(unlike, 1)
    built: Arrays = {}
    for name, found in (BUILTIN, plain), (encoder.name, with_dense(plain, texts, encoder)):
        rows = fused_rows(found, Collection(found * OFTEN))
        built[name] = np.quantile((rows @ rows.T).toarray()[pairs], LEVELS)
    return built
