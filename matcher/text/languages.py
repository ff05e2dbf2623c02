"""
Which language a text is in, word by word.

Each word speaks for the languages whose frequent words it is one of, and by its runs of three
letters (Cavnar and Trenkle 1994, with probabilities in place of ranks). Neighbouring words are
held together, so that a sentence in another language is found and a single loan is not.
"""

from collections.abc import Sequence
from functools import cache, lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from matcher.data import arrays, rows
from matcher.text.stopwords import OTHER, STOPWORDS
from matcher.text.tokens import Token, tokens

LANGS = ("fi", "sv", "en")
FREQUENT = 3.5
"""What a frequent word of a language adds for it, in units of log probability."""
BUCKETS = 1 << 13
NAME = 0.25
"""Share that a word with a capital within a sentence counts."""
SWITCH, AT_BREAK = 4.0, 1.0
"""What a change of language must gain within a sentence, and between two."""
FOREIGN = -1.35
"""Mean of a text's best scores a word below which it is in none of the languages."""
LATIN = "\u024f"
"""The last letter that is Latin."""
ENDINGS = {
    "fi": (
        "",
        "n",
        "a",
        "ssa",
        "sta",
        "lla",
        "lle",
        "ksi",
        "t",
        "en",
        "ista",
        "issa",
        "mme",
        "vat",
    ),
    "sv": ("", "en", "et", "er", "ar", "na", "s", "ade", "ad"),
    "en": ("", "s", "ed", "ing", "ly"),
}
"""Endings put to the labels' words, which stand in their dictionary form."""
FOREIGN_WORDS = OTHER - frozenset().union(*STOPWORDS.values())
READ = 300
"""Words that decide about a whole text."""
Scores = tuple[float, float, float]


def word_languages(
    found: Sequence[Token], said: str = "", breaks: frozenset[int] = frozenset()
) -> list[str]:
    """
    Tell the language of each word.

    Parameters
    ----------
    found
        Words of a text.
    said
        Language that the text is said to be in; believed unless most of it is not.
    breaks
        Places in ``found`` where a sentence begins: there the language changes easily.

    Returns
    -------
    list of str
        ``fi``, ``sv``, ``en``, or empty for all words of a text in none of them.
    """
    scores = [_scores(token.word) for token in found[:READ]]
    for at, token in enumerate(found[1:READ], 1):
        if token.text[0].isupper() and at not in breaks:
            scores[at] = _of_name(scores[at])
    if not said and not _is_ours(found[:READ], scores):
        return [""] * len(found)
    path = _smoothed(scores, said, breaks)
    return [*path, *[path[-1] if path else said] * (len(found) - len(path))]


def detect(found: Sequence[Token]) -> str:
    """Language of a text by its words: ``fi``, ``sv`` or ``en``; empty when in none of them."""
    return main_language(word_languages(found))


def main_language(langs: Sequence[str]) -> str:
    """Language of most words, the first of ours in a tie; empty without words."""
    counted = {lang: langs.count(lang) for lang in LANGS}
    best = max(LANGS, key=lambda lang: counted[lang])
    return best if counted[best] else ""


def _is_ours(found: Sequence[Token], scores: Sequence[Scores]) -> bool:
    words = [token.word for token in found if not token.text[0].isdigit()]
    if not words or sum(word[0] > LATIN for word in words) * 2 > len(words):
        return False
    ours = max(sum(map(STOPWORDS[lang].__contains__, words)) for lang in LANGS)
    theirs = sum(map(FOREIGN_WORDS.__contains__, words))
    if ours == theirs == 0:
        return max(map(sum, zip(*scores, strict=True))) / len(words) > FOREIGN
    return ours >= theirs


def _smoothed(scores: Sequence[Scores], said: str, breaks: frozenset[int]) -> list[str]:
    """Best path through the words, a change of language costing ``SWITCH`` (Viterbi)."""
    if not scores:
        return []
    prior = [SWITCH if lang == said else 0.0 for lang in LANGS]
    now = [score + bonus for score, bonus in zip(scores[0], prior, strict=True)]
    came: list[tuple[int, int, int]] = []
    first, second, third = now
    # Written out for the three languages: this runs for every word of every text.
    for place, (to_first, to_second, to_third) in enumerate(scores[1:], 1):
        top, best = (0, first) if first >= second else (1, second)
        if third > best:
            top, best = 2, third
        least = best - (AT_BREAK if place in breaks else SWITCH)
        from_first = from_second = from_third = top
        if first >= least:
            from_first, least_first = 0, first
        else:
            least_first = least
        if second >= least:
            from_second, least_second = 1, second
        else:
            least_second = least
        if third >= least:
            from_third, least_third = 2, third
        else:
            least_third = least
        came.append((from_first, from_second, from_third))
        first = least_first + to_first
        second = least_second + to_second
        third = least_third + to_third
    now = [first, second, third]
    at = max(range(3), key=lambda place: now[place])
    path = [at]
    for back in reversed(came):
        at = back[at]
        path.append(at)
    return [LANGS[place] for place in reversed(path)]


def _of_name(scores: Scores) -> Scores:
    """Scores of a word with a capital within a sentence: a name's, which says little."""
    return scores[0] * NAME, scores[1] * NAME, scores[2] * NAME


@lru_cache(maxsize=1 << 15)
def _scores(word: str) -> Scores:
    """How much a word speaks for each language; 0 is what a word of a language has."""
    if not word or word[0].isdigit():
        return 0.0, 0.0, 0.0
    runs = trigrams(word)
    return tuple(  # type: ignore[return-value]  # one a language
        sum(map(table.__getitem__, runs)) / len(runs) + FREQUENT * (word in STOPWORDS[lang])
        for lang, table in zip(LANGS, _trigrams(), strict=True)
    )


def trigrams(word: str) -> list[int]:
    """Buckets of a word's runs of three letters, its ends among them."""
    letters = [ord(letter) for letter in f"^{word}$"]
    runs = zip(letters, letters[1:], letters[2:], strict=False)
    return [(one * 961 + two * 31 + three) % BUCKETS for one, two, three in runs]


@cache
def _trigrams() -> list[list[float]]:
    # Lists: a word has a handful of runs, for which an array takes ten times as long.
    scores: list[list[float]] = arrays("trigrams.npz")["scores"].tolist()
    return scores


def trigram_scores() -> NDArray[np.float16]:
    """
    Work out how much each run of letters speaks for each language, shape ``(3, BUCKETS)``.

    From the words of the labels, each once: log of the share in the language, less the mean
    over all words, so that a word of a language has about 0.
    """
    concepts = list(rows("concepts.tsv"))
    scores = np.zeros((3, BUCKETS), np.float64)
    means: list[float] = []
    for at, lang in enumerate(LANGS):
        words = {
            token.word
            for concept in concepts
            for token in tokens(f"{concept[lang]} {concept[f'alt_{lang}']}")
            if not token.is_number
        } | set(STOPWORDS[lang])
        bent = [word + ending for word in sorted(words) if word for ending in ENDINGS[lang]]
        runs = np.concatenate([trigrams(word) for word in bent])
        counts = np.bincount(runs, minlength=BUCKETS) + 0.3
        share = np.log(counts / counts.sum())
        scores[at] = share
        means.append(share[runs].mean())
    return ((scores - np.mean(means)) / log(10)).astype(np.float16)
