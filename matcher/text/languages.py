"""Which language a text is in."""

from collections.abc import Sequence

from matcher.text.stopwords import STOPWORDS
from matcher.text.tokens import Token

LANGS = ("fi", "sv", "en")


def detect(found: Sequence[Token]) -> str:
    """Language of a text: ``fi``, ``sv`` or ``en``; empty when it is none of them."""
    score = dict.fromkeys(LANGS, 0.0)
    for token in found[:400]:
        word = token.word
        for lang in LANGS:
            score[lang] += (word in STOPWORDS[lang]) * 3.0
        score["fi"] += _finnish(word)
        score["sv"] += _swedish(word)
        score["en"] += _english(word)
    best = max(LANGS, key=lambda lang: score[lang])
    return best if score[best] > 0 else ""


def _finnish(word: str) -> float:
    hints = ("aa", "ää", "uu", "yy", "ii", "ee", "oo", "kk", "tt", "uo", "yö", "ie", "äi", "öi")
    endings = ("ssa", "ssä", "sta", "stä", "lla", "llä", "lle", "en", "an", "in", "ista", "iin")
    return 0.7 * any(hint in word for hint in hints) + 0.8 * word.endswith(endings)


def _swedish(word: str) -> float:
    endings = ("ning", "ningar", "het", "heter", "tion", "ade", "arna", "erna", "ande", "et", "or")
    return 1.2 * ("å" in word) + 0.8 * word.endswith(endings) + 0.4 * any(c in word for c in "äö")


def _english(word: str) -> float:
    endings = ("ing", "tion", "ment", "ed", "ly", "ity", "ness", "ies", "ers", "al")
    return 0.8 * word.endswith(endings) + 0.8 * any(c in word for c in ("w", "th", "qu", "ch", "x"))
