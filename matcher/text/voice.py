"""
What challenges have in common, whatever they are about: where an encoder's centres begin.

A neural encoder's vector tells how a text speaks as much as what of. Units tell what they are
about to buy and what is hard; were bare labels of codes the beginning, the few texts of a new
pool would all be alike in being challenges. So it is labels of all CPV divisions, each with a
passage in which a unit speaks.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from matcher.data import Arrays, rows
from matcher.text.encoders import Encoder
from matcher.text.vectors import Vector

LANGS = ("fi", "sv", "en")
PASSAGES = 18
"""Passages in ``voice.tsv``, which the labels have in turn."""
LABELS = 2
"""Labels of each CPV division, its first and one in its middle, each with a passage of its own."""


def voice_texts() -> dict[str, list[str]]:
    """Texts in which units speak of all there is to buy, the same in each language."""
    passages, labels = list(rows("voice.tsv")), _labels()
    return {
        lang: [f"{label[lang]}. {passages[at % PASSAGES][lang]}" for at, label in enumerate(labels)]
        for lang in LANGS
    }


def _labels() -> list[dict[str, str]]:
    divisions: dict[str, list[dict[str, str]]] = defaultdict(list)
    for code in rows("cpv.tsv"):
        if code["parent"]:
            divisions[code["code"][:2]].append(code)
    return [
        found[at * len(found) // LABELS] for found in divisions.values() for at in range(LABELS)
    ]


def encoder_means(encoder: Encoder) -> Arrays:
    """Mean in each language of an encoder's vectors of such texts, shape ``(dimensions,)``."""
    return {lang: _mean(encoder(texts)) for lang, texts in voice_texts().items()}


def _mean(vectors: Sequence[Vector]) -> Vector:
    mean: Vector = np.stack(vectors).mean(axis=0, dtype=np.float64).astype(np.float32)
    return mean
