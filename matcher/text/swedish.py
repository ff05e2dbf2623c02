"""Swedish words: endings and compounds with their joints."""

from functools import lru_cache

from matcher.data import wordlist
from matcher.text.compounds import Reading, split
from matcher.text.dictionary import guessed, known, lexicon

JOINTS = ("s", "o", "u", "e", "a")
SHORT_PARTS = wordlist("short", "sv")
WHOLE = wordlist("whole", "sv")


@lru_cache(maxsize=1 << 14)
def modifier(piece: str) -> Reading | None:
    """Read a piece as a part before the head: bare, with a joint, or without its last vowel."""
    words = lexicon("sv")
    if len(piece) == 3 and piece not in SHORT_PARTS:
        return None
    if piece in words:
        return piece, words[piece]
    if piece[-1] in JOINTS and len(piece) > 3:
        bare = piece[:-1]
        if bare in words and (len(bare) > 3 or bare in SHORT_PARTS):
            return bare, words[bare]
    for ending in ("a", "e"):
        if piece + ending in words and len(piece) > 2:
            return piece + ending, words[piece + ending]
    if piece[-1] in "ou" and piece[:-1] + "a" in words:
        return piece[:-1] + "a", words[piece[:-1] + "a"]
    return None


@lru_cache(maxsize=1 << 14)
def head(piece: str) -> Reading | None:
    """Read a piece as the last part, in its dictionary form."""
    if len(piece) == 3 and piece not in SHORT_PARTS:
        return None
    frequency = lexicon("sv").get(piece, 1 if known(piece, "sv") == piece else 0)
    return (piece, frequency) if frequency else None


@lru_cache(maxsize=1 << 14)
def bent_head(piece: str) -> Reading | None:
    """Read a piece as the last part in any form."""
    if len(piece) == 3 and piece not in SHORT_PARTS:
        return None
    lemma = lemma_of_simple(piece)
    return (lemma, lexicon("sv").get(lemma, 1)) if lemma and len(lemma) > 2 else None


def lemma_of_simple(form: str) -> str | None:
    """Look a form up, also without a genitive -s."""
    lemma = known(form, "sv")
    if lemma is None and form.endswith("s") and len(form) > 4:
        lemma = known(form[:-1], "sv")
    return lemma


def read(form: str) -> tuple[str, tuple[str, ...]]:
    """Find the lemma and the parts of a form in small letters."""
    if "-" in form:
        return _hyphened(form)
    lemma = lemma_of_simple(form)
    if lemma is None:
        pieces = split(form, modifier, bent_head) if len(form) > 6 else []
        if len(pieces) > 1:
            lemma = form[: len(form) - len(pieces[-1][0])] + pieces[-1][1]
        else:
            lemma = guessed(form, "sv")
    return lemma, parts(lemma)


def _hyphened(form: str) -> tuple[str, tuple[str, ...]]:
    *before, last = [piece for piece in form.split("-") if piece] or [form]
    lemma, inner = read(last)
    found = [lemma_of_simple(piece) or piece for piece in before]
    return "-".join([*before, lemma]), (*found, *(inner or (lemma,))) if before else inner


@lru_cache(maxsize=1 << 15)
def parts(lemma: str) -> tuple[str, ...]:
    """Split a lemma; none when it is simple."""
    if len(lemma) < 6 or lemma in WHOLE:
        return ()
    pieces = split(lemma, modifier, lambda piece: head(piece) if piece != lemma else None)
    if len(pieces) < 2:
        return ()
    if not _worth(lemma, pieces):
        return ()
    return tuple(deeper for _, part in pieces for deeper in (parts(part) or (part,)))


def _worth(lemma: str, pieces: list[tuple[str, str]]) -> bool:
    words = lexicon("sv")
    product = 1.0
    for _, part in pieces:
        product *= words.get(part, 1) + 1.0
    return bool(product ** (1 / len(pieces)) * 2.0 > words.get(lemma, 0))
