"""
The space of a neural encoder, drawn so that topics count more and languages less.

Labels of CPV codes and of EuroVoc's concepts, the same in three languages, tell both: how an
encoder's vectors of one label differ between languages, and how those of different topics do.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.data import Arrays, arrays
from matcher.text.collection import SHIPPED
from matcher.text.encoders import Encoder
from matcher.text.topics import LANGS, Labelled, apart, divisions, fields

LABELS = 30
"""Labels of a topic that are read; with twice as many the shape hardly differs."""
BELIEVED = 3.0
"""
Mean variance between languages, by which each direction's own is steadied: with less, topics
fare worse.
"""
STRETCH = 1.0
"""How much a vector grows along the direction that tells topics apart best."""
Matrix = NDArray[np.float64]
Vector = NDArray[np.float32]


@cache
def _shape() -> NDArray[np.float32]:
    return arrays("encoder_shape.npz")["shape"].astype(np.float32)


def shaped(vector: Vector, encoder: str) -> Vector:
    """
    Draw a centred vector of an encoder as its shape says; only one encoder's ships.

    One at a time: of many at once the last digit would hang on how many they are.
    """
    if encoder != SHIPPED or len(vector) != len(_shape()):
        return vector
    drawn: Vector = vector @ _shape()
    return drawn


def encoder_shape(encoder: Encoder) -> Arrays:
    """Work out the shape of an encoder; :mod:`matcher.text.build` ships it."""
    labelled = [*few(divisions()), *few(fields())]
    topics = np.unique([topic for topic, _ in labelled], return_inverse=True)[1]
    made = [_centred(encoder([label[lang] for _, label in labelled])) for lang in LANGS]
    return {"shape": shape_of(np.stack(made), topics).astype(np.float16)}


def few(labelled: Sequence[Labelled]) -> list[Labelled]:
    """At most so many labels of each topic, evenly from its first to its last."""
    by_topic: dict[str, list[Mapping[str, str]]] = defaultdict(list)
    for topic, label in labelled:
        by_topic[topic].append(label)
    return [
        (topic, found[at])
        for topic, found in by_topic.items()
        for at in np.linspace(0, len(found) - 1, min(LABELS, len(found))).astype(int)
    ]


def shape_of(vectors: Matrix, topics: NDArray[np.intp]) -> Matrix:
    """
    Find the matrix that a vector is multiplied by, from the right.

    Directions in which translations differ shrink, as in within-class covariance
    normalisation [1]_; those in which topics differ grow, the more the better they tell topics.

    Parameters
    ----------
    vectors
        Of ``n`` labels in each language, centred by language, of length 1, shape
        ``(languages, n, d)``.
    topics
        Number of each label's topic, shape ``(n,)``.

    References
    ----------
    .. [1] Hatch, Kajarekar and Stolcke (2006). Within-class covariance normalization for
           SVM-based speaker recognition. *Interspeech*: 1471-1474.
    """
    calm = _calmed(vectors)
    lengths = np.linalg.norm(vectors @ calm, axis=2, keepdims=True)
    told = (vectors @ calm / np.maximum(lengths, 1e-9)).reshape(-1, vectors.shape[2])
    along, worth = apart(told, np.tile(topics, len(vectors)))
    growth: Matrix = (along * np.sqrt(np.maximum(worth, 0) / worth[0])) @ along.T
    return calm @ (np.eye(len(calm)) + STRETCH * growth)


def _calmed(vectors: Matrix) -> Matrix:
    """Shrink the directions in which the languages of one label differ."""
    d = vectors.shape[2]
    noise = (vectors - vectors.mean(axis=0)).reshape(-1, d)
    spread = noise.T @ noise / len(noise)
    values, axes = np.linalg.eigh(spread * d / np.trace(spread) + BELIEVED * np.eye(d))
    calm: Matrix = (axes * np.sqrt((1 + BELIEVED) / values)) @ axes.T
    return calm


def _centred(vectors: Sequence[Vector]) -> Matrix:
    found = np.stack(vectors).astype(np.float64)
    found -= found.mean(axis=0)
    scaled: Matrix = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)
    return scaled
