"""Words of a text with the place where each stands."""

import re
from functools import lru_cache, partial
from typing import NamedTuple
from unicodedata import normalize

LONGEST_TEXT = 200_000
"""Characters read of a text; challenges have at most 6,000, a hostile text may have more."""
LONGEST_WORD = 80
"""Longer runs of letters are noise: the longest words of the lexicons have about 40."""

# A letter of any script with its combining marks, so that a + ¨ is one letter as ä is.
_LETTER = r"[^\W\d_][\u0300-\u036f]*"
# Letters with inner hyphens, apostrophes and the Finnish colon (EU:n); or digits.
_WORD = re.compile(rf"(?:{_LETTER})+(?:[-'’:](?:{_LETTER})+)*-?|\d+(?:[.,:/-]\d+)*")


class Token(NamedTuple):
    """A word as written, and its first character and the one after its last."""

    text: str
    start: int
    end: int
    word: str
    """The word in small letters, composed, without hyphens at its end."""

    @property
    def is_number(self) -> bool:
        """Whether it starts with a digit."""
        return self.text[:1].isdigit()

    @property
    def is_acronym(self) -> bool:
        """Two to six capitals, such as SOTE or TKI, with or without an ending (SOTE:n)."""
        head = self.text.partition(":")[0]
        return 2 <= len(head) <= 6 and head.isupper()


# As Token(...) makes them, without the call in between: this runs for every word of every text.
_token = partial(tuple.__new__, Token)


def tokens(text: str) -> list[Token]:
    """Split a text into words and numbers; runs too long to be words are left out."""
    spans = [match.span() for match in _WORD.finditer(text[:LONGEST_TEXT])]
    kept = [span for span in spans if span[1] - span[0] <= LONGEST_WORD]
    words = [text[start:end] for start, end in kept]
    return [
        _token((word, start, end, plain))
        for word, (start, end), plain in zip(words, kept, map(_plain, words), strict=True)
    ]


@lru_cache(maxsize=1 << 15)
def _plain(text: str) -> str:
    return normalize("NFC", text).lower().replace("’", "'").rstrip("-")
