"""One word: its lemma and, when it is a compound, its parts."""

from functools import lru_cache
from typing import NamedTuple

from matcher.text import finnish, swedish
from matcher.text.dictionary import guessed, known


class Word(NamedTuple):
    """Lemma of a word; ``parts`` are the lemmas of a compound's parts, none if it is simple."""

    lemma: str
    parts: tuple[str, ...] = ()


@lru_cache(maxsize=1 << 12)
def read_word(form: str, lang: str) -> Word:
    """
    Find the lemma and the parts of a word in small letters.

    Parameters
    ----------
    form
        The word as :attr:`Token.word` gives it.
    lang
        ``fi``, ``sv`` or ``en``; for any other language the form is its own lemma.
    """
    form, _, _ = form.partition(":")
    if lang == "fi":
        return Word(*finnish.read(form))
    if lang == "sv":
        return Word(*swedish.read(form))
    if lang == "en":
        return _english(form)
    return Word(form)


def _english(form: str) -> Word:
    form = form.removesuffix("'s")
    lemma = known(form, "en") or guessed(form, "en")
    pieces = [known(piece, "en") or piece for piece in lemma.split("-") if piece]
    return Word(lemma, tuple(pieces) if len(pieces) > 1 else ())
