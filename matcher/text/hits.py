"""Where labels of the vocabulary stand in a text."""

from collections.abc import Sequence
from typing import NamedTuple

from matcher.text.labels import LONGEST_LABEL, key
from matcher.text.languages import LANGS
from matcher.text.reading import Reading, ReadToken
from matcher.text.vocabulary import Labels, labels, vocabulary
from matcher.text.words import Word

PART = 0.6
"""Weight of a concept found in a part of a compound only."""
LONGER = 0.3
"""What each further word of a label adds: longer labels say more."""


class Found(NamedTuple):
    """Concepts of a label, and how strongly it says them."""

    rows: Sequence[int]
    strength: float


class Hit(NamedTuple):
    """One place where a label was found."""

    rows: Sequence[int]
    strength: float
    words: Sequence[ReadToken]


def all_hits(reading: Reading) -> list[Hit]:
    """Find the labels of each language among the words that are in it; places are no topic."""
    hits: list[Hit] = []
    by_language = reading.by_language()
    for lang in LANGS:
        words = [token for token in by_language.get(lang, ()) if not token.is_place]
        if words:
            hits += _hits(words, labels(lang))
    return hits


def _hits(content: list[ReadToken], known: Labels) -> list[Hit]:
    hits: list[Hit] = []
    lemmas = [token.word.lemma for token in content]
    at = 0
    while at < len(content):
        size, found = longest(lemmas[at : at + LONGEST_LABEL], known)
        covered = content[at : at + size]
        if found.rows:
            hits.append(Hit(*found, covered))
        for token in covered:
            inner = in_parts(token.word, known, whole=bool(found.rows))
            hits += [Hit(*part, (token,)) for part in inner]
        at += size
    return hits


def longest(lemmas: Sequence[str], known: Labels) -> tuple[int, Found]:
    """Words of the longest label that some words begin with, at least one, and its concepts."""
    end = 1
    while end < len(lemmas) and lemmas[end] in known.in_long:
        end += 1
    if lemmas[0] not in known.in_long:
        end = 1
    for stop in range(end, 1, -1):
        rows = known.find(key(lemmas[:stop]))
        if rows and len(set(lemmas[:stop])) == stop:
            return stop, Found(_own_first(rows), 1.0 + LONGER * (stop - 1))
    return 1, Found(_own_first(known.find(lemmas[0])), 1.0)


def _own_first(rows: list[int]) -> list[int]:
    """Procurement's own concepts, and an administrator's, win ties."""
    if len(rows) < 2:
        return rows
    known = vocabulary()
    return [row for row in rows if known.is_own(row)] or rows


def in_parts(word: Word, known: Labels, *, whole: bool) -> list[Found]:
    """Concepts of the parts of a compound, the longest runs of parts first."""
    parts = word.parts
    found: list[Found] = []
    free = set(range(len(parts)))
    for size in range(len(parts), 0, -1):
        for start in range(len(parts) - size + 1):
            run = range(start, start + size)
            if not free.issuperset(run):
                continue
            rows = known.find(key(parts[start : start + size]))
            if rows:
                full = size == len(parts) and size > 1
                strength = 1.0 if full and not whole else PART
                found.append(Found(_own_first(rows), strength))
                free.difference_update(() if full else run)
    return found
