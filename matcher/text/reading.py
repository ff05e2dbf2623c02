"""A text read: its words in their places, with lemmas and parts."""

import re
from bisect import bisect
from collections.abc import Sequence
from functools import cache, lru_cache, partial
from typing import NamedTuple

from matcher.data import rows
from matcher.text.languages import main_language, word_languages
from matcher.text.stopwords import EMPTY_LEMMAS
from matcher.text.tokens import Token, tokens
from matcher.text.words import Word, read_word

_ENDS = re.compile(r"[.!?;\n]")


class ReadToken(NamedTuple):
    """A token, the language it is in, and what kind of word it is."""

    token: Token
    lang: str
    word: Word
    is_content: bool
    """False for function words and numbers."""
    is_place: bool = False
    """Whether it names a place."""


# As ReadToken(...) makes them, without the call in between.
_read_token = partial(tuple.__new__, ReadToken)


class Reading(NamedTuple):
    """A text with its language and words."""

    lang: str
    tokens: tuple[ReadToken, ...]

    def by_language(self) -> dict[str, list[ReadToken]]:
        """Words that carry a topic, by the language they are in."""
        found: dict[str, list[ReadToken]] = {}
        for token in self.tokens:
            if token.is_content:
                found.setdefault(token.lang, []).append(token)
        return found

    @property
    def content(self) -> list[ReadToken]:
        """Words that carry a topic."""
        return [token for token in self.tokens if token.is_content]


def read(text: str, lang: str) -> Reading:
    """
    Read a text.

    Parameters
    ----------
    text
        Anything; what is no word is left out.
    lang
        ``fi``, ``sv``, ``en``, or empty: the language is detected then. Words that stand in a
        passage of another language are read in that language.
    """
    found = tokens(text)
    langs = word_languages(found, lang, breaks(text, found))
    words = [
        _read_token((token, own, *_known(token[0], token[3], own)))
        for token, own in zip(found, langs, strict=True)
    ]
    if "-" in text:
        for at, word in enumerate(words):
            if word.token.text[-1] == "-":
                words[at] = _completed(word, words[at + 1 : at + 4])
    return Reading(main_language(langs) or lang, tuple(words))


def breaks(text: str, found: Sequence[Token]) -> frozenset[int]:
    """Places of the words that a sentence begins with."""
    starts = [token.start for token in found]
    places = [(match.start(), bisect(starts, match.start())) for match in _ENDS.finditer(text)]
    return frozenset(at for end, at in places if 0 < at < len(found) and found[at - 1].end <= end)


def _completed(word: ReadToken, following: Sequence[ReadToken]) -> ReadToken:
    """Give siivous- ja ateriapalvelut its first compound whole: siivous and palvelu."""
    if not word.is_content:
        return word
    for other in following:
        if other.word.parts and not other.token.text.endswith("-"):
            tail = other.word.parts[-1]
            parts = (*(word.word.parts or (word.word.lemma,)), tail)
            return word._replace(word=Word(word.token.word + tail, parts))
    return word


@lru_cache(maxsize=1 << 16)
def _known(text: str, form: str, lang: str) -> tuple[Word, bool, bool]:
    """Find the word of a form, and whether it carries a topic and whether it names a place."""
    if text[0].isdigit():
        return Word(text), False, False
    word = read_word(form, lang)
    empty = len(word.lemma) < 2 or word.lemma in EMPTY_LEMMAS.get(lang, ())
    return word, not empty, text[0].isupper() and word.lemma in places()


@cache
def places() -> frozenset[str]:
    """Names of places in one word, in small letters."""
    names = {
        name.lower() for row in rows("places.tsv") for name in (row["fi"], row["sv"], row["en"])
    }
    return frozenset(name for name in names if " " not in name)
