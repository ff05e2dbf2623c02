"""Where labels of the vocabulary stand in a text."""

from collections.abc import Sequence
from typing import NamedTuple

from matcher.text.label_index import Labels
from matcher.text.labels import LONGEST_LABEL, key
from matcher.text.languages import LANGS
from matcher.text.reading import Reading, ReadToken
from matcher.text.vocabulary import labels, vocabulary
from matcher.text.words import Word

PART, IN_WHOLE = 0.6, 0.3
"""Weights of a concept found in a part of a compound, and where the whole is a label as well."""
LONGER = 0.3
"""What each further word of a label adds: longer labels say more."""
Meant = Sequence[tuple[int, float]]
"""Concepts, and how strongly each is said."""


class Hit(NamedTuple):
    """One place where a label was found."""

    meant: Meant
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
        size, meant = longest(lemmas[at : at + LONGEST_LABEL], known)
        covered = content[at : at + size]
        hits.append(Hit(meant, covered))
        for token in covered:
            inner = within(token.word, known) if size > 1 else alone(token.word, known)
            hits.append(Hit(inner, (token,)))
        at += size
    return [hit for hit in hits if hit.meant]


def longest(lemmas: Sequence[str], known: Labels) -> tuple[int, Meant]:
    """Words of the longest label that some words begin with, and its concepts; else one word."""
    end = 1
    while end < len(lemmas) and lemmas[end] in known.in_long:
        end += 1
    if lemmas[0] not in known.in_long:
        end = 1
    for stop in range(end, 1, -1):
        found = known.find(key(lemmas[:stop]))
        if found and len(set(lemmas[:stop])) == stop:
            return stop, _said(found, 1.0 + LONGER * (stop - 1))
    return 1, ()


def alone(word: Word, known: Labels) -> Meant:
    """Concepts of a word that no longer label holds, and of its parts."""
    whole = known.find(word.lemma)
    return [*_said(whole, 1.0), *_in_parts(word, known, IN_WHOLE if whole else PART)]


def within(word: Word, known: Labels) -> Meant:
    """Concepts of a word that a longer label holds: it says them less, as a compound's parts."""
    return [*_said(known.find(word.lemma), IN_WHOLE), *_in_parts(word, known, IN_WHOLE)]


def _said(found: Meant, strength: float) -> list[tuple[int, float]]:
    """Concepts as strongly as they are believed; procurement's own, and added ones, win ties."""
    if len(found) > 1:
        known = vocabulary()
        found = [meant for meant in found if known.is_own(meant[0])] or found
    return [(row, strength * trust) for row, trust in found]


def _in_parts(word: Word, known: Labels, strength: float) -> list[tuple[int, float]]:
    """Concepts of the parts of a compound, the longest runs of parts first."""
    parts = word.parts
    meant: list[tuple[int, float]] = []
    free = set(range(len(parts)))
    for size in range(len(parts), 0, -1):
        for start in range(len(parts) - size + 1):
            run = range(start, start + size)
            if not free.issuperset(run):
                continue
            found = known.find(key(parts[start : start + size]))
            if found:
                full = size == len(parts) and size > 1
                meant += _said(found, 1.0 if full and strength == PART else strength)
                free.difference_update(() if full else run)
    return meant
