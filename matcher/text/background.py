"""How strong a score is: its percentile among pairs that have nothing to do with each other."""

from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.data import Arrays, arrays, rows
from matcher.text.collection import Collection
from matcher.text.fusion import fused_rows
from matcher.text.kept import features

LANGS = ("fi", "sv", "en")
LABELS = 4
"""Labels of CPV codes in a text of the background: some twenty words."""
TEXTS, STEPS = 240, 2_001
"""Texts in each language, and the quantiles kept of their pairs' scores."""


@cache
def _background() -> Arrays:
    return arrays("background.npz")


def percentile(score: float, lang_a: str, lang_b: str) -> float:
    """
    Share of random pairs that score lower, in percent.

    Raw scores differ between pairs of languages; percentiles may be compared. A pair with a
    language that is unknown is held against the pairs in one language.
    """
    pair = "".join(sorted((lang_a or "fi", lang_b or "fi")))
    steps = _background()[pair]
    return round(100.0 * float(np.searchsorted(steps, score, side="right")) / len(steps), 2)


def background() -> Arrays:
    """Score pairs of texts made of CPV labels of different divisions."""
    division = np.array([code["code"][:2] for code, *_ in _runs_of_codes()])
    apart = division[:, None] != division[None, :]
    texts = {
        lang: [features(text, lang) for text in found] for lang, found in background_texts().items()
    }
    encoded = {lang: fused_rows(found, Collection()) for lang, found in texts.items()}
    built: Arrays = {}
    for a in LANGS:
        for b in LANGS:
            if a <= b:
                scores: NDArray[np.float32] = (encoded[a] @ encoded[b].T).toarray()[apart]
                steps = np.quantile(scores, np.linspace(0, 1, STEPS))
                built[a + b] = steps.astype(np.float32)
    return built


def background_texts() -> dict[str, list[str]]:
    """Texts of the background in each language, the same in all of them."""
    runs = _runs_of_codes()
    return {lang: [". ".join(code[lang] for code in run) for run in runs] for lang in LANGS}


def _runs_of_codes() -> list[list[dict[str, str]]]:
    codes = [row for row in rows("cpv.tsv") if row["parent"]]
    every = len(codes) // TEXTS
    return [codes[at : at + LABELS] for at in range(0, every * TEXTS, every)]
