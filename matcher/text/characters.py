"""Runs of three to five characters inside words: what catches names and misspellings."""

from collections.abc import Sequence
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from matcher.text.sums import joined

COLUMNS = 1 << 18
"""Hash buckets; two runs share one now and then, which costs nothing measurable."""
_PRIME = np.uint32(16_777_619)
_SPACE = np.uint32(ord(" "))
Runs = tuple[NDArray[np.intp], NDArray[np.uint32]]


def characters(texts: Sequence[Sequence[str]]) -> Runs:
    """
    Hash the runs of characters of texts, as often as they stand.

    Parameters
    ----------
    texts
        The words of each as written; every word is padded by a space on either side.

    Returns
    -------
    tuple
        The text that each run is of, and its column.
    """
    written = [_codes(words) for words in texts]
    codes = joined(written).astype(np.uint32)
    owner = np.repeat(np.arange(len(written)), [len(text) for text in written])
    is_space = codes == _SPACE
    found = [_runs(codes, is_space, n) for n in (3, 4, 5)]
    return (
        np.concatenate([owner[starts] for starts, _ in found]),
        np.concatenate([hashed for _, hashed in found]),
    )


def _codes(words: Sequence[str]) -> NDArray[np.uint32]:
    """Characters of a text, two spaces between its words."""
    if not words:
        return np.zeros(0, np.uint32)
    text = normalize("NFKC", f" {'  '.join(words)} ".lower())
    return np.frombuffer(text.encode("utf-32-le", "replace"), np.uint32)


def _runs(codes: NDArray[np.uint32], is_space: NDArray[np.bool_], n: int) -> Runs:
    """Hash each run of n characters that holds no space but at its ends (FNV-1a)."""
    size = max(len(codes) - n + 1, 0)
    hashed = np.full(size, 2_166_136_261 + n, np.uint32)
    inside = np.zeros(size, bool)
    for at in range(n):
        hashed = (hashed ^ codes[at : at + size]) * _PRIME
        if 0 < at < n - 1:
            inside |= is_space[at : at + size]
    hashed ^= hashed >> np.uint32(15)
    kept = np.flatnonzero(~inside)
    return kept, hashed[kept] & np.uint32(COLUMNS - 1)
