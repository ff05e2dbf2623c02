"""Many words as one run of bytes: a tenth of what as many Python strings would take."""

from collections.abc import Iterator, Sequence
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

_END = 10


class Lines(Sequence[str]):
    """
    Words that are made strings when asked for.

    Parameters
    ----------
    packed
        The words in UTF-8, one a line, without a line's end after the last.
    """

    __slots__ = ("_ends", "_text")

    def __init__(self, packed: NDArray[Any]) -> None:
        self._text = packed.tobytes()
        ends = np.flatnonzero(packed == _END)
        self._ends = np.concatenate([[-1], ends, [len(packed)]]).astype(np.int32)

    def __len__(self) -> int:
        return len(self._ends) - 1 if self._text else 0

    def bytes(self, at: int) -> bytes:
        """The word at a place, as it is stored."""
        return self._text[self._ends[at] + 1 : self._ends[at + 1]]

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return list(self)[at]
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self.bytes(at % len(self)).decode()

    def __iter__(self) -> Iterator[str]:
        return iter(self._text.decode().split("\n") if self._text else [])


def in_common(one: Sequence[object], other: Sequence[object]) -> int:
    """Letters or bytes that two words have in common from their beginning."""
    same = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        same += 1
    return same
