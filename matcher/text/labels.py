"""Labels of the vocabulary as keys: a set of lemmas, whatever their order."""

from collections.abc import Iterable

from matcher.text.dictionary import lexicon
from matcher.text.stopwords import EMPTY_LEMMAS
from matcher.text.tokens import tokens
from matcher.text.words import Word, read_word

COMMONEST = 5_000
"""Titles of a library that hold a word which is a verb of any text, such as come or make."""
LONGEST_LABEL = 6
"""Words of the longest label that is looked for."""


def key(lemmas: Iterable[str]) -> str:
    """One key for a set of lemmas, in whatever order they stand."""
    return " ".join(sorted(set(lemmas)))


def content_words(label: str, lang: str) -> list[Word]:
    """Words of a label that carry meaning; what stands in brackets explains and is left out."""
    found = tokens(label.partition("(")[0])
    words = [read_word(token.word, lang) for token in found if not token.is_number]
    return [word for word in words if word.lemma and word.lemma not in EMPTY_LEMMAS[lang]]


def is_verb_form(label: str, lang: str) -> bool:
    """
    Whether a one-word label is written like a form of one of the commonest words.

    Where a text says *tulee* or *tehdä*, it means no fire and no tea: such labels (tuli, tee,
    voi) are found by their other forms, and in compounds.
    """
    form = label.lower()
    if lang != "fi" or not form.isalpha() or form.endswith("t"):
        return False  # labels of a plural end in -t and stand for their singular
    words = lexicon("fi")
    lemma = read_word(form, "fi").lemma
    return lemma != form and words.get(lemma, 0) >= COMMONEST > words.get(form, 0)


def label_keys(label: str, lang: str) -> list[str]:
    """
    Keys of a label: of its lemmas, and of the parts of its compounds.

    ``siivouspalvelu`` is found as itself and as {siivous, palvelu}, so that it also is in
    siivouspalveluhankinta and in the service of cleaning.
    """
    if is_verb_form(label, lang):
        return [label.lower()]
    words = content_words(label, lang)
    whole = [word.lemma for word in words]
    parts = [part for word in words for part in (word.parts or (word.lemma,))]
    keys = [key(whole)] if 0 < len(whole) <= LONGEST_LABEL else []
    if len(whole) < len(parts) <= LONGEST_LABEL and len(set(parts)) > 1:
        keys.append(key(parts))
    return keys
