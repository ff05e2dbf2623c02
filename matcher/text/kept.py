"""What is kept of a text for comparing it: cheap to make, to keep and to stack."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.text.characters import characters
from matcher.text.codes import code_weights, theme_weights
from matcher.text.collector import collector_paused
from matcher.text.concepts import Spans, concepts, spans
from matcher.text.encoders import Encoder
from matcher.text.lexis import said
from matcher.text.reading import Reading, read
from matcher.text.senses import text_senses
from matcher.text.speech import mixed_vectors, spoken
from matcher.text.sums import summed
from matcher.text.vectors import Vector

NOTHING: Vector = np.zeros(0, np.float32)
BLOCK = 64
"""Texts whose sums are taken together: few enough for the processor's cache."""
PAUSE = 16 * BLOCK
"""Texts read between two rounds of Python's collector."""


class Features(NamedTuple):
    """
    A text as the matcher compares it, before anything is taken from a collection.

    Two arrays of the same length name what is sparse: sorted columns and positive weights.
    """

    lang: str
    """``fi``, ``sv``, ``en``; empty when the text is in none of them."""
    vector: Vector
    """Mean of the word vectors, shape ``(400,)``, of length 1 or 0, not centred."""
    concepts: NDArray[np.int32]
    """Columns of concepts: rows of the vocabulary, then CPV codes and themes."""
    weights: NDArray[np.float32]
    """Weights of the concepts, before the collection's rarity."""
    characters: NDArray[np.int32]
    """Columns of hashed runs of characters."""
    counts: NDArray[np.float32]
    """1 + log of how often each run stands."""
    senses: NDArray[np.int32]
    """Rows of the concepts that lie nearest to the words, named or not."""
    nearness: NDArray[np.float32]
    """Weights of the senses, before the collection's rarity."""
    spans: tuple[Spans, ...] = ()
    """For each concept where its words stand in the text, ``(start, end)``."""
    words: tuple[tuple[str, ...], ...] = ()
    """For each concept its words as written."""
    dense: Vector = NOTHING
    """Vector of a neural encoder, of length 1; of no dimension without one."""
    encoder: str = ""
    """Which encoder ``dense`` is of; empty without one."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the text can be compared by its meaning."""
        return not self.vector.any() and not len(self.concepts)


def features(
    text: str,
    lang: str = "",
    *,
    themes: Sequence[str] = (),
    cpv: Sequence[str] = (),
    encoder: Encoder | None = None,
) -> Features:
    """
    Make the features of a text.

    Parameters
    ----------
    text
        Any text; a hostile one gives empty features, never an exception.
    lang
        ``fi``, ``sv``, ``en``, or empty: the language is detected.
    themes, cpv
        Theme keys and CPV codes that a person chose; they join the concepts, a code with
        the codes above it. Unknown ones are left out.
    encoder
        A neural encoder whose vector joins them.
    """
    found = features_of(text, read(text, lang), themes=themes, cpv=cpv)
    return with_dense([found], [text], encoder)[0]


def all_features(texts: Sequence[str], langs: Sequence[str]) -> list[Features]:
    """
    Make the features of many texts, as :func:`features` makes each, in a third of the time.

    The places of their words are left out, which only explanations need.
    """
    found: list[Features] = []
    for first in range(0, len(texts), PAUSE):
        with collector_paused():
            for at in range(first, min(first + PAUSE, len(texts)), BLOCK):
                block = slice(at, at + BLOCK)
                pairs = zip(texts[block], langs[block], strict=True)
                found += _made([read(*pair) for pair in pairs])
    return found


def with_dense(
    found: Sequence[Features], texts: Sequence[str], encoder: Encoder | None
) -> list[Features]:
    """Add an encoder's vectors to the features of texts; without one nothing changes."""
    if encoder is None:
        return list(found)
    dense = encoder(texts)
    return [
        kept._replace(dense=vector, encoder=encoder.name if len(vector) else "")
        for kept, vector in zip(found, dense, strict=True)
    ]


def features_of(
    text: str, reading: Reading, *, themes: Sequence[str] = (), cpv: Sequence[str] = ()
) -> Features:
    """Make the features of a text that is read already."""
    chosen = code_weights(cpv) | theme_weights(themes)
    columns = sorted(chosen)
    (made,) = _made([reading])
    places = spans(reading, made.concepts.tolist()) + ((),) * len(columns)
    return made._replace(
        concepts=np.concatenate([made.concepts, np.array(columns, np.int32)]),
        weights=np.concatenate(
            [made.weights, np.array([chosen[column] for column in columns], np.float32)]
        ),
        spans=places,
        words=tuple(_words(text, each) for each in places),
    )


def _made(readings: Sequence[Reading]) -> list[Features]:
    """Features of texts, without the places of their words."""
    n = len(readings)
    langs = [reading.lang for reading in readings]
    words = said(readings)
    speech = spoken(n, words)
    vectors = mixed_vectors(speech, langs)
    runs = characters([[token.token.text for token in reading.tokens] for reading in readings])
    counts = summed(n, *runs)
    sparse = (
        concepts(readings, words, vectors),
        counts._replace(totals=1.0 + np.log(counts.totals)),
        text_senses(n, speech),
    )
    columns = [part.columns.astype(np.int32) for part in sparse]
    weights = [part.totals.astype(np.float32) for part in sparse]
    bounds = [part.starts.tolist() for part in sparse]
    made = []
    for at, lang in enumerate(langs):
        held = [slice(starts[at], starts[at + 1]) for starts in bounds]
        # Copies: a text that is kept must not keep its whole block.
        named, runs_of, senses = [
            (column[own].copy(), weight[own].copy())
            for column, weight, own in zip(columns, weights, held, strict=True)
        ]
        made.append(Features(lang, vectors[at].copy(), *named, *runs_of, *senses))
    return made


def _words(text: str, spans: Spans) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text[start:end] for start, end in spans))
