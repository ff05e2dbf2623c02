"""Directions of the vector space that tell topics apart, in which likeness counts more."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from matcher.data import Arrays, arrays, rows
from matcher.text.same import all_labels, label_vectors
from matcher.text.vectors import Vector

LANGS = ("fi", "sv", "en")
DIRECTIONS, STRETCH = 60, 0.5
"""How many directions, and by how much a vector grows along them."""
SMALLEST, LARGEST = 15, 200
"""Labels of a EuroVoc topic that counts as one, and texts beyond which a topic weighs no more."""
STEADY = 5.0
"""Share of the mean variance that is added to every direction's, since labels are few."""
Matrix = NDArray[np.float64]
Labelled = tuple[str, Mapping[str, str]]
"""A topic, and a label of something in it in every language."""


@cache
def directions() -> NDArray[np.float32]:
    """Read the directions, once; shape ``(D, k)``, each of length 1 and across the others."""
    return arrays("topics.npz")["directions"].astype(np.float32)


def stretched(vector: Vector) -> Vector:
    """
    Draw a centred vector out along the directions of topics, shape ``(D,)``.

    One at a time: of many at once the last digit would hang on how many they are.
    """
    along = directions()
    drawn: Vector = vector + (STRETCH * (along @ (along.T @ vector))).astype(np.float32)
    return drawn


def topic_directions() -> Arrays:
    """Work out the directions; :mod:`matcher.text.build` ships them."""
    labelled = [*divisions(), *fields()]
    topics = np.unique([topic for topic, _ in labelled], return_inverse=True)[1]
    vectors = [_centred([[label[lang]] for _, label in labelled], lang) for lang in LANGS]
    found, _ = apart(np.concatenate(vectors).astype(np.float64), np.tile(topics, len(LANGS)))
    return {"directions": found.astype(np.float16)}


def _centred(labels: Sequence[Sequence[str]], lang: str) -> NDArray[np.float32]:
    vectors = label_vectors(labels, lang)
    vectors = vectors - vectors.mean(axis=0)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: NDArray[np.float32] = vectors / np.maximum(lengths, 1e-9)
    return scaled


def divisions() -> list[Labelled]:
    """CPV codes below a division, with the division."""
    return [(row["code"][:2], row) for row in rows("cpv.tsv") if row["parent"]]


def fields() -> list[Labelled]:
    """EuroVoc's concepts with the topmost concept above each, where that has many below."""
    concepts = {row["id"]: row for row in rows("concepts.tsv")}
    tops = {name: _top(name, concepts) for name in concepts if name.startswith("ev:")}
    many = Counter(tops.values())
    return [
        (top, {lang: ". ".join(all_labels(concepts[name], lang)) for lang in LANGS})
        for name, top in tops.items()
        if many[top] >= SMALLEST
    ]


def _top(name: str, concepts: dict[str, dict[str, str]]) -> str:
    seen: set[str] = set()
    while name not in seen:
        seen.add(name)
        wider = concepts[name]["broader"].split("|")
        name = next((other for other in wider if other.startswith("ev:")), name)
    return name


def apart(vectors: Matrix, topics: NDArray[np.intp]) -> tuple[Matrix, NDArray[np.float64]]:
    """
    Directions in which topics differ most beside the spread within them (Fisher, Rao).

    Parameters
    ----------
    vectors
        Shape ``(n, d)``.
    topics
        Number of each vector's topic, shape ``(n,)``.

    Returns
    -------
    tuple
        Directions of length 1 across each other, shape ``(d, k)``, and how much more topics
        differ along each than the vectors within them, falling.
    """
    counts = np.bincount(topics)
    means = np.stack([vectors[topics == topic].mean(axis=0) for topic in range(len(counts))])
    spread = vectors - means[topics]
    within = spread.T @ spread / len(vectors)
    within += STEADY * np.trace(within) / len(within) * np.eye(len(within))
    weights = np.sqrt(np.minimum(counts, LARGEST) / np.minimum(counts, LARGEST).sum())
    between = (means - means.mean(axis=0)) * weights[:, None]
    values, axes = np.linalg.eigh(within)
    whitening = (axes / np.sqrt(values)) @ axes.T
    worth, found = np.linalg.eigh(whitening @ (between.T @ between) @ whitening)
    basis: Matrix = np.linalg.qr(whitening @ found[:, ::-1][:, :DIRECTIONS])[0]
    return basis, worth[::-1][:DIRECTIONS]
