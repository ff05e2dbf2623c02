"""Swedish words: endings and compounds with their joints."""

from functools import lru_cache

from matcher.data import wordlist
from matcher.text.compounds import Reading, split, worth_splitting
from matcher.text.dictionary import guessed, known, lexicon

JOINTS = ("s", "o", "u", "e", "a")
SHORT_PARTS = wordlist("short", "sv")
WHOLE = wordlist("whole", "sv")
NO_PART = wordlist("nopart", "sv")
"""Endings that the dictionary of forms takes for words."""


AS_NOUN = 4
"""A noun may be so many times as rare as the verb: here things are bought more than done."""
RARE = 3
"""Frequency taken for a part that only the dictionary of forms has."""


@lru_cache(maxsize=1 << 14)
def modifier(piece: str) -> Reading | None:
    """Read a piece as a part before the head: bare, with a joint, or without its last vowel."""
    if len(piece) < 4 and piece not in SHORT_PARTS:
        return None
    words = lexicon("sv")
    for lemma in _unjoined(piece):
        if lemma in words and (len(lemma) > 3 or lemma in SHORT_PARTS):
            return _as_part(piece, lemma), words[lemma]
    for form in (piece, piece.removesuffix("s")):
        found = known(form, "sv") if len(form) > 3 or form in SHORT_PARTS else None
        if found:
            return _as_part(piece, found), words.get(found, RARE)
    return None


def _as_part(piece: str, lemma: str) -> str:
    """Keep äldre- and små- as they are, and avfalls- a noun: a verb takes no -s as a joint."""
    if piece[:3] != lemma[:3]:
        return piece
    noun = piece[:-1]
    return noun if piece[-1] == "s" and lemma == noun + "a" and known(noun, "sv") else lemma


def _unjoined(piece: str) -> list[str]:
    """Words that a piece may come from: arbets- from arbete, skol- from skola."""
    bare = piece[:-1]
    found = [piece]
    if piece[-1] in JOINTS:
        found.append(bare)
    if piece[-1] == "s":
        found += [bare + "e", bare + "a"]
    if piece[-1] in "oue":
        found.append(bare + "a")
    return [*found, piece + "a", piece + "e"]


@lru_cache(maxsize=1 << 14)
def head(piece: str) -> Reading | None:
    """Read a piece as the last part, in its dictionary form."""
    if piece in NO_PART or (len(piece) < 4 and piece not in SHORT_PARTS):
        return None
    words = lexicon("sv")
    if piece in words:
        return piece, words[piece]
    return (piece, RARE) if len(piece) > 3 and known(piece, "sv") else None


@lru_cache(maxsize=1 << 14)
def bent_head(piece: str) -> Reading | None:
    """Read a piece as the last part in any form."""
    if piece in NO_PART or (len(piece) < 4 and piece not in SHORT_PARTS):
        return None
    lemma = lemma_of_simple(piece)
    return (lemma, lexicon("sv").get(lemma, RARE)) if lemma and len(lemma) > 2 else None


def lemma_of_simple(form: str) -> str | None:
    """Look a form up, also without a genitive -s."""
    lemma = known(form, "sv")
    if lemma is None and form.endswith("s") and len(form) > 4:
        lemma = known(form[:-1], "sv")
    return lemma if lemma is None else _noun_before_verb(form, lemma)


def _noun_before_verb(form: str, lemma: str) -> str:
    """Read bussar as buses, not as to bus: where both fit, the commoner word is meant."""
    words = lexicon("sv")
    for ending in ("ar", "arna", "ars", "arnas", "et", "en"):
        noun = form.removesuffix(ending)
        if lemma == noun + "a" and (known(noun, "sv") == noun or noun in words):
            return noun if words.get(noun, 0) * AS_NOUN >= words.get(lemma, 0) else lemma
    return lemma


def read(form: str) -> tuple[str, tuple[str, ...]]:
    """Find the lemma and the parts of a form in small letters."""
    if "-" in form:
        return _hyphened(form)
    lemma = lemma_of_simple(form)
    if lemma is None:
        pieces = split(form, modifier, bent_head) if len(form) > 6 else []
        if len(pieces) > 1:
            lemma = form[: len(form) - len(pieces[-1].text)] + pieces[-1].lemma
        else:
            lemma = guessed(form, "sv")
    return lemma, parts(lemma)


def _hyphened(form: str) -> tuple[str, tuple[str, ...]]:
    *before, last = [piece for piece in form.split("-") if piece] or [form]
    lemma, inner = read(last)
    found = [lemma_of_simple(piece) or piece for piece in before]
    return "-".join([*before, lemma]), (*found, *(inner or (lemma,))) if before else inner


@lru_cache(maxsize=1 << 14)
def parts(lemma: str) -> tuple[str, ...]:
    """Split a lemma; none when it is simple."""
    if len(lemma) < 6 or lemma in WHOLE:
        return ()
    pieces = split(lemma, modifier, lambda piece: head(piece) if piece != lemma else None)
    if not worth_splitting(pieces, lexicon("sv").get(lemma, 0)):
        return ()
    return tuple(deeper for piece in pieces for deeper in _deeper(piece.lemma, lemma))


def _deeper(part: str, whole: str) -> tuple[str, ...]:
    """Split a part again, if it is shorter than the whole: so it must come to an end."""
    return (parts(part) if len(part) < len(whole) else ()) or (part,)
