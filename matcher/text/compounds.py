"""Splitting compounds by the frequencies of their parts (Koehn and Knight 2003)."""

from collections.abc import Callable
from math import log, prod
from typing import NamedTuple

Reading = tuple[str, int]
"""Lemma of a part and its frequency."""
Step = tuple[float, int, str, int]
"""Cost so far, where the last part begins, its lemma and frequency."""
Read = Callable[[str], Reading | None]


class Piece(NamedTuple):
    """A part of a compound: as written, its lemma, and how common it is."""

    text: str
    lemma: str
    frequency: int


SHORTEST_PART = 2
PART_COST = 3.2
"""What one more part must gain, in units of log frequency; set on phrases of our own."""


def split(word: str, modifier: Read, head: Read) -> list[Piece]:
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
    list of Piece
        In their order; none when nothing fits.
    """
    n = len(word)
    best: list[Step | None] = [None] * (n + 1)
    best[0] = (0.0, 0, "", 0)
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
                best[end] = (cost, start, *reading)
    return _trace(word, best)


def _trace(word: str, best: list[Step | None]) -> list[Piece]:
    pieces: list[Piece] = []
    end = len(word)
    while end:
        step = best[end]
        if step is None:
            return []
        pieces.append(Piece(word[step[1] : end], step[2], step[3]))
        end = step[1]
    return pieces[::-1]


def worth_splitting(pieces: list[Piece], frequency: int) -> bool:
    """Whether the parts are, by geometric mean, half as common as the whole or more."""
    if len(pieces) < 2:
        return False
    product = prod(piece.frequency + 1.0 for piece in pieces)
    return bool(product ** (1 / len(pieces)) * 2.0 > frequency)
