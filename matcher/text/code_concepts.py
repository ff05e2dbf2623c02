"""Concepts of what CPV codes are called: beside vectors, the other way a text suggests codes."""

from collections.abc import Iterable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, diags_array

from matcher.data import Arrays, arrays
from matcher.text.codes import CPV_FIRST
from matcher.text.cpv import cpv
from matcher.text.generic import GENERIC
from matcher.text.kept import features_of
from matcher.text.reading import read
from matcher.text.vocabulary import vocabulary

LANGS = ("fi", "sv", "en")
FAMILY = 0.5
"""What the code above, and the mean of those below, add to a code's own concepts."""
STEPS, LEAST = 255, 13
"""A code's strongest concept is stored as the one, and what is below the other is left out."""


class CodeConcepts:
    """The concepts of every code, those of its family added, as rows of length 1."""

    def __init__(self) -> None:
        own = _stored()
        often = np.bincount(own.indices, minlength=own.shape[1])
        self._rarity = np.log((own.shape[0] + 1) / (often + 1)).astype(np.float32)
        known = vocabulary()
        self._rarity[[known.row_of[name] for name in GENERIC if name in known.row_of]] = 0.0
        own = _of_length_1(csr_array(own * self._rarity))
        below = _below(cpv().parent)
        many = np.maximum(np.asarray(below.sum(axis=1)).ravel(), 1.0)
        family = below.T @ own + diags_array(1.0 / many) @ (below @ own)
        self._rows = _of_length_1(csr_array(own + FAMILY * family))

    def shared(
        self, concepts: NDArray[np.int32], weights: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """
        Cosine of a text's concepts with those of every code, 0 to 1.

        Parameters
        ----------
        concepts, weights
            Columns and weights as in ``Features``; what the codes do not know is passed over.
        """
        known = concepts < self._rows.shape[1]
        asked = np.zeros(self._rows.shape[1], np.float32)
        asked[concepts[known]] = weights[known]
        asked *= self._rarity
        length = float(np.linalg.norm(asked))
        found: NDArray[np.float32] = self._rows @ (asked / length if length else asked)
        return found


@cache
def code_concepts() -> CodeConcepts:
    """Read the concepts of the codes, once."""
    return CodeConcepts()


def concepts_of_codes(rows: Iterable[int]) -> Arrays:
    """
    Read the labels of codes; :mod:`matcher.text.build` ships what is found in all of them.

    Parameters
    ----------
    rows
        Rows of the codes, in the order of the vocabulary.
    """
    found = [_read(row) for row in rows]
    return {
        "counts": np.array([len(weights) for weights in found], np.uint8),
        "concepts": np.array([c for weights in found for c in sorted(weights)], np.uint16),
        "weights": np.array([w[c] for w in found for c in sorted(w)], np.uint8),
    }


def _read(row: int) -> dict[int, int]:
    """Concepts of a code's labels in three languages, the strongest being 255."""
    weights: dict[int, float] = {}
    for lang in LANGS:
        label = getattr(cpv().label(row), lang)
        features = features_of(label, read(label, lang))
        for concept, weight in zip(features.concepts, features.weights, strict=True):
            if concept < CPV_FIRST:
                weights[int(concept)] = weights.get(int(concept), 0.0) + float(weight)
    most = max(weights.values(), default=1.0)
    steps = {concept: round(weight / most * STEPS) for concept, weight in weights.items()}
    return {concept: step for concept, step in steps.items() if step >= LEAST}


def _stored() -> csr_array:
    stored = arrays("codes.npz")
    ends = np.concatenate([[0], np.cumsum(stored["counts"], dtype=np.int64)])
    values = stored["weights"].astype(np.float32) / STEPS
    shape = (len(ends) - 1, vocabulary().shipped)
    return csr_array((values, stored["concepts"].astype(np.int32), ends), shape=shape)


def _below(parent: NDArray[np.int32]) -> csr_array:
    """One in row i and column j where code j stands right below code i."""
    lower = np.flatnonzero(parent >= 0)
    ones = np.ones(len(lower), np.float32)
    return csr_array((ones, (parent[lower], lower)), shape=(len(parent), len(parent)))


def _of_length_1(rows: csr_array) -> csr_array:
    length = np.sqrt(np.asarray(rows.multiply(rows).sum(axis=1)).ravel())
    return csr_array(diags_array(1.0 / np.maximum(length, 1e-9)) @ rows).astype(np.float32)
