"""Splitting compounds by the frequencies of their parts (Koehn and Knight 2003)."""

from collections.abc import Callable
from math import log

Reading = tuple[str, int]
"""Lemma of a part and its frequency."""
Read = Callable[[str], Reading | None]

SHORTEST_PART = 3
PART_COST = 3.2
"""What one more part must gain, in units of log frequency; set on phrases of our own."""


def split(word: str, modifier: Read, head: Read) -> list[tuple[str, str]]:
    """
    Split a word into the cheapest run of modifiers before a head.

    A part costs ``PART_COST - log(frequency)`` held above a floor, so few and common
    parts win.

    Parameters
    ----------
    word
        In small letters, without hyphens.
    modifier, head
        What a piece is as a part that is not the last, and as the last one: its lemma
        and frequency, or None when it is no such part.

    Returns
    -------
    list of tuple
        Pairs of a piece as written and its lemma; one pair at most when nothing fits.
    """
    n = len(word)
    best: list[tuple[float, int, str] | None] = [None] * (n + 1)
    best[0] = (0.0, 0, "")
    for end in range(SHORTEST_PART, n + 1):
        for start in range(end - SHORTEST_PART + 1):
            before = best[start]
            if before is None:
                continue
            reading = (head if end == n else modifier)(word[start:end])
            if reading is None:
                continue
            cost = before[0] + max(PART_COST, 14.0 - log(reading[1] + 1.0))
            now = best[end]
            if now is None or cost < now[0]:
                best[end] = (cost, start, reading[0])
    return _trace(word, best)


def _trace(word: str, best: list[tuple[float, int, str] | None]) -> list[tuple[str, str]]:
    pieces: list[tuple[str, str]] = []
    end = len(word)
    while end:
        step = best[end]
        if step is None:
            return []
        pieces.append((word[step[1] : end], step[2]))
        end = step[1]
    return pieces[::-1]
