"""A text read: its words in their places, with lemmas and parts."""

from typing import NamedTuple

from matcher.text.languages import detect
from matcher.text.stopwords import EMPTY_LEMMAS
from matcher.text.tokens import Token, tokens
from matcher.text.words import Word, read_word


class ReadToken(NamedTuple):
    """A token, the language it is in, and what kind of word it is."""

    token: Token
    lang: str
    word: Word
    is_content: bool
    """False for function words and numbers."""


class Reading(NamedTuple):
    """A text with its language and words."""

    lang: str
    tokens: tuple[ReadToken, ...]

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
        ``fi``, ``sv``, ``en``, or empty: the language is detected then.
    """
    found = tokens(text)
    lang = lang or detect(found)
    return Reading(lang, tuple(_read(token, lang) for token in found))


def _read(token: Token, lang: str) -> ReadToken:
    if token.is_number:
        return ReadToken(token, lang, Word(token.text), is_content=False)
    word = read_word(token.word, lang)
    empty = not word.lemma or word.lemma in EMPTY_LEMMAS.get(lang, ()) or len(word.lemma) < 2
    return ReadToken(token, lang, word, is_content=not empty)
