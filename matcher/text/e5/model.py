"""A text to its vector: pieces, layers, and the mean over the pieces."""

from collections.abc import Iterator

import numpy as np

from matcher.text.e5.arithmetic import Arithmetic, Matrix
from matcher.text.e5.layers import Layer, norm
from matcher.text.e5.tokens import Tokens
from matcher.text.e5.weights import Weights

PREFIX = "query: "
"""The model was taught to compare texts of one kind with this before each."""


class Model:
    """
    The model over its weights.

    Texts are read one at a time, so that a vector does not depend on the other texts asked for.
    """

    def __init__(self, weights: Weights, arithmetic: Arithmetic) -> None:
        self._weights = weights
        self.tokens = Tokens(weights.vocabulary)
        numbers = range(weights.sizes.layers)
        self._layers = [Layer(weights, number, arithmetic) for number in numbers]
        width = weights.sizes.width
        self._places = weights.floats("emb.pos").reshape(-1, width)
        self._kind = weights.floats("emb.type")[:width]
        self._before = norm(weights, "emb.ln")

    def __call__(self, texts: list[str]) -> Matrix:
        """Vectors of length 1, shape ``(len(texts), 384)``."""
        vectors = np.zeros((len(texts), self._weights.sizes.width), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for window in self._windows(self.tokens(PREFIX + text)):
                row += len(window) * self._mean(window)
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
        return vectors

    def _windows(self, pieces: list[int]) -> Iterator[list[int]]:
        """Pieces that fit into the model at once; of a long text one part after another."""
        room = self._weights.sizes.positions - 2
        for first in range(0, len(pieces), room):
            yield pieces[first : first + room]

    def _mean(self, window: list[int]) -> Matrix:
        """Mean over the pieces, and the two marks around them, of what the last layer says."""
        vocabulary = self._weights.vocabulary
        numbers = [vocabulary.first, *window, vocabulary.last]
        x = self._weights.rows("emb.word", numbers, self._weights.sizes.width)
        x += self._places[: len(x)]
        x += self._kind
        x = self._before(x)
        for layer in self._layers:
            x = layer(x)
        mean: Matrix = x.mean(0)
        return mean
