"""Runs of three to five characters inside words: what catches names and misspellings."""

from collections.abc import Sequence
from functools import lru_cache
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

COLUMNS = 1 << 18
"""Hash buckets; two runs share one now and then, which costs nothing measurable."""
_PRIME = np.uint32(16_777_619)
_SPACE = np.uint32(ord(" "))


def characters(words: Sequence[str]) -> NDArray[np.uint32]:
    """
    Hash the runs of characters of a text, as often as they stand.

    Parameters
    ----------
    words
        The words as written; each is padded by a space on either side.
    """
    if not words:
        return np.zeros(0, np.uint32)
    return np.concatenate([_of_word(word) for word in words])


@lru_cache(maxsize=1 << 15)
def _of_word(word: str) -> NDArray[np.uint32]:
    """Columns of one word's runs; no run reaches into the next word."""
    text = normalize("NFKC", f" {word} ".lower())
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    is_space = codes == _SPACE
    return np.concatenate([_runs(codes, is_space, n) for n in (3, 4, 5)])


def _runs(codes: NDArray[np.uint32], is_space: NDArray[np.bool_], n: int) -> NDArray[np.uint32]:
    """Hash each run of n characters that holds no space but at its ends (FNV-1a)."""
    size = len(codes) - n + 1
    if size <= 0:
        return np.zeros(0, np.uint32)
    hashed = np.full(size, 2_166_136_261 + n, np.uint32)
    inside = np.zeros(size, bool)
    for at in range(n):
        hashed = (hashed ^ codes[at : at + size]) * _PRIME
        if 0 < at < n - 1:
            inside |= is_space[at : at + size]
    hashed ^= hashed >> np.uint32(15)
    return hashed[~inside] & np.uint32(COLUMNS - 1)
