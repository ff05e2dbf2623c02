"""Finnish words: endings, clitics and compounds."""

import re
from functools import lru_cache

from matcher.data import wordlist
from matcher.text import voikko
from matcher.text.compounds import Reading, split, worth_splitting
from matcher.text.dictionary import guessed, known, lexicon
from matcher.text.stopwords import EMPTY_LEMMAS

CLITICS = ("kin", "kaan", "kään", "han", "hän", "ko", "kö", "pa", "pä")
POSSESSIVES = ("mme", "nne", "nsa", "nsä", "ni", "si")
CASES = ("ssa", "ssä", "sta", "stä", "lla", "llä", "lta", "ltä", "lle", "na", "nä", "ta", "tä")
"""Endings that a third person's possessive lengthens: suhteeltaan, alueellaan."""
NO_PART = wordlist("nopart", "fi")
"""Endings of derived words that look like words: kuntalainen is no compound."""
BASED = re.compile(
    r"(.{3,})i(?:nen|sen|s[tn][aä]|si[aä]|sten|set|sin|siin|seen|siksi|seksi"
    r"|si?(?:ss|st|ll|lt)[aä]|sille|selle|sen[aä])"
)
"""Forms of adjectives made of nouns, -päästöinen of päästö."""
PLURAL_O = ("oj", "oi", "öj", "öi")
SHORT_PARTS = wordlist("short", "fi")
BOUND = {
    "vähimmäis": "vähin", "enimmäis": "enin", "yhteis": "yhteinen", "kokonais": "kokonainen",
    "pien": "pieni", "suur": "suuri", "lasten": "lapsi", "lähi": "lähi", "etä": "etä",
    "jälki": "jälki", "esi": "esi", "erityis": "erityinen", "yleis": "yleinen", "lisä": "lisä",
    "sisä": "sisä", "ulko": "ulko", "mielen": "mieli", "uus": "uusi", "keski": "keski",
    "ylä": "ylä", "ala": "ala", "kerta": "kerta", "kesto": "kesto", "täys": "täysi",
    "puite": "puite", "avo": "avo", "bio": "bio", "eko": "eko", "sote": "sote",
    "tasa": "tasa", "moni": "moni", "pika": "pika", "verkko": "verkko", "aluee": "alue",
    "sosiaali": "sosiaali", "viher": "viher", "kauko": "kauko", "irto": "irto", "ensi": "ensi",
}  # fmt: skip
"""First parts that are no dictionary forms, with the lemma they stand for."""
USUAL = 500
"""Titles from which a word is a usual one, not a chance likeness."""
BASED_SHARE = 4
"""A word made of another is taken to be so many times as rare."""
LONG, RARE = 6, 3
"""Letters of a part that only the dictionary of forms has, at least, and what it counts for."""
DERIVED = ("inen", "uus", "yys", "aa", "ää")
"""Endings of what is made of nouns, which the dictionary has by themselves, too: naisuus."""
PLURAL_SHARE = 10
"""How many times as common a head must be as the compound in plural, to be one of many."""
WHOLE = wordlist("whole", "fi")
"""Words that look like compounds of common words and are none today."""


@lru_cache(maxsize=1 << 14)
def modifier(piece: str) -> Reading | None:
    """Read a piece as a part before the head: a lemma, a genitive, -s or -mis form."""
    if len(piece) < 4 and piece not in SHORT_PARTS and piece not in BOUND:
        return None
    words = lexicon("fi")
    if piece in BOUND:
        return BOUND[piece], max(words.get(BOUND[piece], 0), 300)
    lemma = known(piece, "fi") if piece[-1] == "n" and len(piece) > 4 else None
    if piece in words and words.get(lemma or "", 0) <= words[piece]:
        return piece, words[piece]
    if piece[-1] == "n" and len(piece) > 4:
        return (lemma, words[lemma]) if lemma in words else None
    if piece[-1] == "s":
        lemma = piece[:-1] + "nen"
        return (lemma, words[lemma]) if lemma in words else None
    return _rare(piece)


def _rare(piece: str) -> Reading | None:
    """Read a word that no title has: one of the dictionary, or what a verb in -taa does."""
    if len(piece) < LONG or piece in NO_PART or piece.endswith(DERIVED):
        return None
    verb = piece[:-2] + ("taa" if piece.endswith("us") else "tää")
    if piece.endswith(("tus", "tys")) and known(verb, "fi") == verb:
        return piece, RARE
    return (piece, RARE) if known(piece, "fi") == piece else None


@lru_cache(maxsize=1 << 14)
def head(piece: str) -> Reading | None:
    """Read a piece as the last part, in its dictionary form."""
    if len(piece) < 4 and piece not in SHORT_PARTS:
        return None
    frequency = 0 if piece in NO_PART else lexicon("fi").get(piece)
    return (piece, frequency) if frequency else _based(piece) or _rare(piece)


def _based(piece: str) -> Reading | None:
    """Read the last part of vähäpäästöinen or tulosperusteinen, which is no word by itself."""
    found = BASED.fullmatch(piece)
    base = found[1] if found else ""
    frequency = lexicon("fi").get(base, 0)
    return (base + "inen", frequency // BASED_SHARE) if frequency >= USUAL // 10 else None


@lru_cache(maxsize=1 << 14)
def bent_head(piece: str) -> Reading | None:
    """Read a piece as the last part in any form."""
    if len(piece) < 4 and piece not in SHORT_PARTS:
        return None
    lemma = lemma_of_simple(piece)
    if lemma is None or lemma in NO_PART:
        return None if lemma else _based(piece)
    if lemma[:-1] == piece and piece in lexicon("fi"):
        lemma = piece  # the office in hankintatoimi, not to act: a head is a noun
    lemma = _in_singular(lemma)
    frequency = lexicon("fi").get(lemma)
    return (lemma, frequency) if frequency and len(lemma) > 2 else None


def _last(piece: str, whole: str) -> Reading | None:
    return bent_head(piece) if piece != whole else None


@lru_cache(maxsize=1 << 14)
def lemma_of_simple(form: str) -> str | None:
    """Look a form up, without its clitic and possessive when need be."""
    lemma = known(form, "fi")
    if lemma in EMPTY_LEMMAS["fi"] and form not in EMPTY_LEMMAS["fi"]:
        # The dictionary has työ as a form of sinä, and musta of minä: the noun is meant.
        return form if lexicon("fi").get(form, 0) >= USUAL else lemma
    if lemma is not None:
        return _usual_in_plural(form, lemma)
    for clitic in CLITICS:
        if form.endswith(clitic) and len(form) > len(clitic) + 3:
            lemma = known(form[: -len(clitic)], "fi") or _unowned(form[: -len(clitic)])
            if lemma is not None:
                return lemma
    return _unowned(form)


def _usual_in_plural(form: str, lemma: str) -> str:
    """Read paikkojen as places, not as the rare paikko: plurals of -a and -o are written alike."""
    if lemma[-1:] not in ("o", "ö") or form[len(lemma) - 1 :][:2] not in PLURAL_O:
        return lemma
    words, other = lexicon("fi"), lemma[:-1] + ("a" if lemma[-1] == "o" else "ä")
    return other if words.get(other, 0) > 10 * words.get(lemma, 0) else lemma


def _unowned(form: str) -> str | None:
    if form[-1:] == "n" and form[-3:-2] == form[-2:-1] and form[:-2].endswith(CASES):
        return known(form[:-2], "fi")
    for ending in POSSESSIVES:
        if form.endswith(ending) and len(form) > len(ending) + 3:
            stem = form[: -len(ending)]
            for whole in (stem + "n", stem, stem + "t"):
                lemma = known(whole, "fi")
                if lemma is not None:
                    return lemma
    return None


def read(form: str) -> tuple[str, tuple[str, ...]]:
    """Find the lemma and the parts of a form in small letters."""
    if "-" in form:
        return _hyphened(form)
    lemma = lemma_of_simple(form)
    if lemma is None:
        pieces = split(form, modifier, lambda piece: _last(piece, form)) if len(form) > 6 else []
        if len(pieces) > 1:
            lemma = form[: len(form) - len(pieces[-1].text)] + pieces[-1].lemma
        else:
            lemma = _guarded(form)
    lemma = _in_singular(lemma.strip("."))
    return lemma, parts(lemma)


def _in_singular(lemma: str) -> str:
    """Give a lemma that the dictionary has in plural (palvelut, työvaatteet) its singular."""
    words = lexicon("fi")
    if lemma.endswith("t") and words.get(lemma[:-1], 0) > words.get(lemma, 0):
        return lemma[:-1]
    if not lemma.endswith("eet"):
        return _head_in_singular(lemma) if lemma.endswith("t") else lemma
    short = lemma[:-4] + "te" if lemma.endswith("tteet") else lemma[:-2]
    return short if short in lexicon("fi") or split(short, modifier, head) else lemma


def _head_in_singular(lemma: str) -> str:
    """Give potilastiedot the singular that its head has, where titles have that far more often."""
    words = lexicon("fi")
    pieces = split(lemma, modifier, lambda piece: _last(piece, lemma))
    if len(pieces) < 2 or pieces[-1].lemma.endswith("t"):
        return lemma
    last = pieces[-1]
    usual = words.get(last.lemma, 0) > PLURAL_SHARE * words.get(lemma, 0)
    return lemma[: len(lemma) - len(last.text)] + last.lemma if usual else lemma


def _guarded(form: str) -> str:
    """Lemma by rule; the head of a compound is put back when the rule cut it off."""
    lemma = guessed(form, "fi")
    if lemma not in lexicon("fi"):
        lemma = voikko.lemma(form) or lemma
    rest = form[len(lemma) :]
    if form.startswith(lemma) and (len(rest) > 3 or rest in SHORT_PARTS):
        tail = lemma_of_simple(rest)
        if tail is not None:
            return lemma + tail
    return lemma


def _hyphened(form: str) -> tuple[str, tuple[str, ...]]:
    *before, last = [piece for piece in form.split("-") if piece] or [form]
    lemma, inner = read(last)
    found = [lemma_of_simple(piece) or piece for piece in before]
    return "-".join([*before, lemma]), (*found, *(inner or (lemma,))) if before else inner


@lru_cache(maxsize=1 << 14)
def parts(lemma: str) -> tuple[str, ...]:
    """Split a lemma; none when it is simple."""
    if len(lemma) < 7 or lemma in WHOLE:
        return ()
    pieces = split(lemma, modifier, lambda piece: head(piece) if piece != lemma else None)
    if not worth_splitting(pieces, lexicon("fi").get(lemma, 0)):
        return ()
    return tuple(deeper for piece in pieces for deeper in _deeper(piece.lemma, lemma))


def _deeper(part: str, whole: str) -> tuple[str, ...]:
    """Split a part again, if it is shorter than the whole: so it must come to an end."""
    whole_already = len(part) >= len(whole) or part in BOUND.values()
    return (() if whole_already else parts(part)) or (part,)
