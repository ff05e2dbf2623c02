"""Shared words marked in a text, and the passage of it that holds most of them."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from schemas.reasons import Reason

SHARING = frozenset({"shared-concepts", "unites", "offers-you", "you-offer"})
"""Reasons whose words stand in both texts; others name what only one of them has."""
LONGEST = 240
"""Characters of a passage."""
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def marked(text: str, reasons: Iterable[Reason]) -> Markup:
    """
    Mark the words that carried a shared concept, wherever they stand in a text.

    A reason names the words as both texts have them, so that nothing is analysed anew.
    """
    pattern = _pattern(reasons)
    if pattern is None:
        return escape(text)
    pieces, at = [], 0
    for found in pattern.finditer(text):
        pieces += [escape(text[at : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
        at = found.end()
    return Markup("").join([*pieces, escape(text[at:])])


def passage(text: str, reasons: Iterable[Reason], sentences: int = 1) -> Markup:
    """Cut out the sentences with the most shared words, marked; empty when there are none."""
    known = list(reasons)
    pattern = _pattern(known)
    if pattern is None:
        return Markup("")
    every = [sentence.strip() for sentence in _SENTENCE.split(text)]
    counts = [len({found[0].lower() for found in pattern.finditer(one)}) for one in every]
    ranked = sorted((at for at in range(len(every)) if counts[at]), key=lambda at: -counts[at])
    best = [every[at] for at in sorted(ranked[:sentences])]
    return marked(" ".join(_short(one, pattern) for one in best), known)


def _short(sentence: str, pattern: re.Pattern[str]) -> str:
    """Cut a long sentence at words, round the first one that is shared."""
    first = pattern.search(sentence)
    if first is None or len(sentence) <= LONGEST:
        return sentence
    start = max(0, min(first.start() - LONGEST // 4, len(sentence) - LONGEST))
    before, after = "", ""
    if start > 0:  # at a word, or in the middle of one where nothing divides the text
        space = sentence.find(" ", start, first.start())
        before, start = "… ", start if space < 0 else space + 1
    end = min(len(sentence), start + LONGEST)
    if end < len(sentence):
        space = sentence.rfind(" ", first.end(), end)
        after, end = " …", end if space < 0 else space
    return before + sentence[start:end].strip() + after


def _pattern(reasons: Iterable[Reason]) -> re.Pattern[str] | None:
    words = {
        word.strip()
        for reason in reasons
        if reason.code in SHARING
        for concept in reason.concepts
        for word in concept.words
        if word.strip()
    }
    if not words:
        return None
    # The longest first: of two that begin alike the regular expression takes the first.
    choices = "|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word))))
    return re.compile(rf"(?<!\w)(?:{choices})(?!\w)", re.IGNORECASE)
