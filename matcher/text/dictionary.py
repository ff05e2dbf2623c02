"""Inflected forms and their lemmas, from simplemma's dictionaries, and our lexicons."""

from functools import cache, lru_cache

from simplemma import Lemmatizer
from simplemma.strategies import DefaultStrategy

from matcher.data import packaged
from matcher.text.forms import FORMS

LEXICONS = {"fi": "lexicon_fi.tsv", "sv": "lexicon_sv.tsv"}


@cache
def lexicon(lang: str) -> dict[str, int]:
    """Lemmas of a language and how often they stand in library titles."""
    if lang not in LEXICONS:
        return {}
    lines = packaged(LEXICONS[lang]).read_text(encoding="utf-8").splitlines()[1:]
    return {lemma: int(count) for lemma, _, count in (line.partition("\t") for line in lines)}


@lru_cache(maxsize=1 << 15)
def known(form: str, lang: str) -> str | None:
    """
    Look up the lemma of a form that stands in the dictionary, else None.

    Words that are asked for often are kept; a lookup takes some ten microseconds.
    """
    words = FORMS.get_dictionary(lang)
    lemma = words.get(form) or words.get(form.capitalize())
    return lemma.lower() if lemma else None


@cache
def _rules() -> Lemmatizer:
    return Lemmatizer(
        lemmatization_strategy=DefaultStrategy(dictionary_factory=FORMS), cache_max_size=1
    )


def guessed(form: str, lang: str) -> str:
    """Lemma of a form that the dictionary lacks, by simplemma's rules; may be the form."""
    return _rules().lemmatize(form, lang).lower()
