"""Runs of three to five characters inside words: what catches names and misspellings."""

from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

COLUMNS = 1 << 18
"""Hash buckets; two runs share one now and then, which costs nothing measurable."""
_PRIME = np.uint32(16_777_619)
_SPACE = np.uint32(ord(" "))


def characters(words: list[str]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """
    Count the hashed runs of characters of a text.

    Parameters
    ----------
    words
        The words as written; each is padded by a space on either side.

    Returns
    -------
    tuple
        Sorted columns below ``COLUMNS``, and 1 + log of their counts.
    """
    text = normalize("NFKC", " " + " ".join(words).lower() + " ")
    codes = np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)
    is_space = codes == _SPACE
    found = [_runs(codes, is_space, n) for n in (3, 4, 5)]
    columns, counts = np.unique(np.concatenate(found), return_counts=True)
    return columns.astype(np.int32), (1.0 + np.log(counts)).astype(np.float32)


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
