"""Taking names out of parallel sentences, so that only meaning can find the counterpart."""

from collections.abc import Sequence
from typing import TypeVar

from matcher.text.tokens import Token, tokens

LETTERS = 4
Triple = TypeVar("Triple", bound=Sequence[str])


def blind(counterparts: Sequence[str]) -> list[str]:
    """
    Take out what a text shares with its counterparts without being understood.

    Words with digits, acronyms, and words that begin with the same four letters as a word
    with a capital in a counterpart.
    """
    read = [tokens(text) for text in counterparts]
    capitals = [{_head(token) for token in words if token.text[0].isupper()} for words in read]
    return [
        " ".join(token.text for token in words if _stays(token, _others(capitals, at)))
        for at, words in enumerate(read)
    ]


def _head(token: Token) -> str:
    return token.word[:LETTERS]


def _others(capitals: Sequence[set[str]], at: int) -> set[str]:
    return set().union(*(heads for other, heads in enumerate(capitals) if other != at))


def _stays(token: Token, names: set[str]) -> bool:
    has_digit = any(letter.isdigit() for letter in token.text)
    return not has_digit and not token.is_acronym and _head(token) not in names
