"""
The layers of the model: each token looks at the others, then is thought over by itself.

A transformer that reads in both directions [1]_, stacked as BERT [2]_ is: attention, then two
products with a bend between, each added to what came in and brought to one scale.

References
----------
.. [1] Vaswani et al. (2017). Attention is all you need. *NeurIPS* 30.
.. [2] Devlin et al. (2019). BERT: pre-training of deep bidirectional transformers for language
       understanding. *NAACL*: 4171-4186.
"""

from typing import Final, NamedTuple

import numpy as np

from matcher.text.e5.arithmetic import Arithmetic, Matrix, Product
from matcher.text.e5.blocks import stacked
from matcher.text.e5.weights import Weights

ROOM: Final = 1 << 18
"""Scores at once, a megabyte: as much as the nearer caches hold."""


class Norm(NamedTuple):
    """Brings each token's numbers to mean 0 and spread 1, then to what was learned."""

    weights: Matrix
    constant: Matrix
    epsilon: float

    def __call__(self, x: Matrix) -> Matrix:
        """Rows on one scale; ``x`` is overwritten."""
        x -= x.mean(1, keepdims=True)
        spread = np.einsum("ij,ij->i", x, x) / np.float32(x.shape[1])
        x *= (1 / np.sqrt(spread + np.float32(self.epsilon)))[:, None]
        x *= self.weights
        x += self.constant
        return x


class Layer:
    """One layer, by its number in the file."""

    def __init__(self, weights: Weights, number: int, arithmetic: Arithmetic) -> None:
        sizes = weights.sizes
        self._heads = sizes.heads

        def product(*names: str, inputs: int = sizes.width) -> Product:
            blocks, constants = [], []
            for name in names:
                blocks.append(weights.blocks(f"l{number}.{name}.w", inputs))
                constants.append(weights.floats(f"l{number}.{name}.b"))
            return arithmetic.product(stacked(blocks), np.concatenate(constants))

        self._asked = product("q", "k", "v")
        self._seen, self._wide = product("ao"), product("fi")
        self._narrow = product("fo", inputs=sizes.inner)
        self._after_seen, self._after = (norm(weights, f"l{number}.{at}") for at in ("aln", "oln"))
        self._bend = arithmetic.bend

    def __call__(self, x: Matrix) -> Matrix:
        """Tokens of one text, shape ``(n, width)``, to what the next layer reads."""
        seen = self._seen(attention(self._asked(x), self._heads))
        seen += x
        x = self._after_seen(seen)
        wide = self._wide(x)
        self._bend(wide)
        made = self._narrow(wide)
        made += x
        return self._after(made)


def attention(asked: Matrix, heads: int) -> Matrix:
    """
    Mix for each token what the tokens tell, by how well they answer what it asks.

    Parameters
    ----------
    asked
        What each token asks, answers and tells, side by side, shape ``(n, 3 * width)``.
    heads
        Parts of the width that ask by themselves.
    """
    n, width = len(asked), asked.shape[1] // 3
    asks, answers, tells = asked.reshape(n, 3, heads, -1).transpose(1, 2, 0, 3)
    asks = asks * np.float32((width // heads) ** -0.5)
    mixed = np.empty((n, heads, width // heads), np.float32)
    some = max(1, ROOM // (n * n))
    for first in range(0, heads, some):
        on = slice(first, first + some)
        scores: Matrix = asks[on] @ answers[on].transpose(0, 2, 1)
        scores -= scores.max(2, keepdims=True)
        np.exp(scores, out=scores)
        total = scores.sum(2, keepdims=True)
        mixed[:, on] = (scores @ tells[on] / total).transpose(1, 0, 2)
    return mixed.reshape(n, width)


def norm(weights: Weights, name: str) -> Norm:
    """Read one of the places where rows are brought to one scale."""
    learned = weights.floats(f"{name}.w"), weights.floats(f"{name}.b")
    return Norm(*learned, weights.sizes.epsilon)
