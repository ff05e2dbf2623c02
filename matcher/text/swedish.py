"""Swedish words: endings and compounds with their joints."""

from functools import lru_cache

from matcher.data import wordlist
from matcher.text.compounds import Piece, Reading, split, worth_splitting
from matcher.text.dictionary import guessed, known, lexicon

JOINTS = ("s", "o", "u", "e", "a")
SHORT_PARTS = wordlist("short", "sv")
WHOLE = wordlist("whole", "sv")
STOPWORDS = wordlist("stop", "sv")
NO_PART = wordlist("nopart", "sv")
"""Endings that the dictionary of forms takes for words."""


AS_NOUN = 4
"""A noun may be so many times as rare as the verb: here things are bought more than done."""
ARTICLES = ("et", "en", "n")
WITH_ARTICLE = ("et", "en", "n", "ets", "ens", "ns")
"""What no part before the head ends in, beyond its lemma."""
ENDINGS = ("ar", "arna", "ars", "arnas", "et", "en", "ets", "ens", "s")
USUAL = 40
"""Titles from which three letters may be a part of a compound."""
USUAL_VERB = 200
"""Titles from which a form in -et is a verb's (skrivet), and not a noun's (underhållet)."""
SHORT_SHARE = 10
"""They are taken to be so many times as rare, for they stand in many words by chance."""
RARE = 3
"""Frequency taken for a part that only the dictionary of forms has."""


@lru_cache(maxsize=1 << 14)
def modifier(piece: str) -> Reading | None:
    """Read a piece as a part before the head: bare, with a joint, or without its last vowel."""
    if len(piece) < 4 and piece not in SHORT_PARTS:
        return _short(piece)
    if piece.endswith("nings") and known(piece[:-5] + "a", "sv"):
        return piece[:-1], lexicon("sv").get(piece[:-1], RARE)
    words = lexicon("sv")
    for lemma in _unjoined(piece):
        if lemma in words and (len(lemma) > 3 or lemma in SHORT_PARTS):
            return _as_part(piece, lemma), words[lemma]
    for form in (piece, piece.removesuffix("s")):
        found = known(form, "sv") if len(form) > 3 or form in SHORT_PARTS else None
        if found and form.removeprefix(found) not in WITH_ARTICLE:
            return _as_part(piece, found), words.get(found, RARE)
    return None


def _short(piece: str) -> Reading | None:
    """Read three letters as a part, if they are a usual noun or the stem of a usual verb."""
    words = lexicon("sv")
    if len(piece) < 3 or piece in STOPWORDS:
        return None
    for lemma in (piece, piece + "a", piece + piece[-1] + "a"):
        fits = is_noun(piece) if lemma == piece else _is_verb(lemma)
        if fits and words.get(lemma, 0) >= USUAL:
            return lemma, words[lemma] // SHORT_SHARE
    return None


def _is_verb(lemma: str) -> bool:
    return lemma in (known(lemma + "r", "sv"), known(lemma[:-1] + "er", "sv"))


def _as_part(piece: str, lemma: str) -> str:
    """Keep äldre- and små- as they are, and avfalls- a noun: a verb takes no -s as a joint."""
    if piece[:3] != lemma[:3]:
        return piece
    noun = piece.removesuffix("s")
    if lemma in _verbs(noun) and (noun != piece or is_noun(noun)) and known(noun, "sv"):
        return noun
    return lemma


def _verbs(noun: str) -> tuple[str, ...]:
    """Verbs that a noun may be taken for: inköpa for inköp, mögla for mögel."""
    short = noun[:-2] + noun[-1:] + "a"
    return (noun + "a", short) if noun[-2:] in ("el", "er") else (noun + "a",)


@lru_cache(maxsize=1 << 12)
def is_noun(form: str) -> bool:
    """Whether a form is a noun by the dictionary, which has it with the article behind."""
    stems = {form, form + form[-1:], form[:-2] + form[-1:] if form[-2:] == "el" else form}
    return any(known(stem + article, "sv") == form for stem in stems for article in ARTICLES)


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
    if lemma is None or len(lemma) < 3:
        return None
    noun = _stem(piece, lemma)
    return noun or lemma, lexicon("sv").get(lemma, RARE)


def _stem(form: str, lemma: str) -> str | None:
    """The noun in -avfallet and -underhållet: behind another noun nothing is done."""
    noun = form.removesuffix("et")
    is_taken_for_verb = noun != form and lemma in (noun + "a", noun + "en")
    return noun if is_taken_for_verb and known(noun, "sv") == noun + "a" else None


def lemma_of_simple(form: str) -> str | None:
    """Look a form up, also without a genitive -s."""
    if form in ("äldre", "äldres"):
        return "äldre"  # people, as a rule, and not what the dictionary has: old things
    lemma = known(form, "sv")
    if lemma is None and form.endswith("s") and len(form) > 4:
        lemma = known(form[:-1], "sv")
    return lemma if lemma is None else _noun_before_verb(form, lemma)


def _noun_before_verb(form: str, lemma: str) -> str:
    """
    Read bussar as buses, not as to bus: where both fit, the commoner word is meant.

    The dictionary has avfall and pris as orders to do something, which nobody gives here.
    """
    if lemma == form + "a" or (lemma in _verbs(form) and is_noun(form)):
        return form
    words = lexicon("sv")
    for ending in ENDINGS:
        noun = form.removesuffix(ending)
        if noun != form and lemma in (noun + "a", noun + "en") and _may_be_noun(noun):
            verb = words.get(noun + "a", 0)
            is_neuter = ending in ("et", "ets") and verb < USUAL_VERB
            common = words.get(noun, 0) * AS_NOUN >= verb
            return noun if common or is_neuter or _heads(noun) else lemma
    return lemma


@lru_cache(maxsize=1 << 12)
def _heads(form: str) -> bool:
    """
    Whether compounds end in it, as hushållsavfall does: then it is a noun.

    Its own frequency says nothing: it is counted as the verb that the dictionary has instead.
    """
    longer = (word for word in lexicon("sv") if len(word) > len(form) + 2)
    return len(form) > 5 and any(word.endswith(form) for word in longer)


def _may_be_noun(form: str) -> bool:
    return known(form, "sv") in (form, form + "a") or form in lexicon("sv")


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
    elif lemma != form and lemma.endswith(("a", "en")) and form.endswith(("et", "en")):
        lemma = _by_head(form, lemma)
    return lemma, parts(lemma)


def _by_head(form: str, lemma: str) -> str:
    """Read fjärrvärmenätet by its head: what stands behind other nouns is a noun."""
    if len(form) < 9 or lemma in lexicon("sv"):
        return lemma
    pieces = split(form, modifier, lambda piece: bent_head(piece) if piece != form else None)
    if len(pieces) < 2 or pieces[-1].lemma[-1:] == "a":
        return lemma
    return form[: len(form) - len(pieces[-1].text)] + pieces[-1].lemma


def _hyphened(form: str) -> tuple[str, tuple[str, ...]]:
    *before, last = [piece for piece in form.split("-") if piece] or [form]
    lemma, inner = read(last)
    found = [lemma_of_simple(piece) or piece for piece in before]
    return "-".join([*before, lemma]), (*found, *(inner or (lemma,))) if before else inner


@lru_cache(maxsize=1 << 14)
def parts(lemma: str) -> tuple[str, ...]:
    """Split a lemma; none when it is simple."""
    if len(lemma) < 6 or lemma in WHOLE or _is_doing(lemma):
        return ()
    pieces = split(lemma, modifier, lambda piece: head(piece) if piece != lemma else None)
    frequency = lexicon("sv").get(lemma, 0)
    if not worth_splitting(pieces, frequency) or (frequency and _by_chance(pieces)):
        return ()
    return tuple(deeper for piece in pieces for deeper in _deeper(piece.lemma, lemma))


def _by_chance(pieces: list[Piece]) -> bool:
    """Whether a part has three letters, as in rom+antik: a usual word is left whole then."""
    short = (len(piece.text) < 4 and piece.text not in SHORT_PARTS for piece in pieces)
    return any(short)


def _is_doing(lemma: str) -> bool:
    """Whether a noun in -ering is made of a verb: justering of justera, and no ring."""
    return lemma.endswith("ering") and known(lemma[:-3] + "a", "sv") is not None


def _deeper(part: str, whole: str) -> tuple[str, ...]:
    """Split a part again, if it is shorter than the whole: so it must come to an end."""
    return (parts(part) if len(part) < len(whole) else ()) or (part,)
