"""Words that carry no topic, by language; also the words that tell languages apart."""

from matcher.data import wordlist

STOPWORDS = {lang: wordlist("stop", lang) for lang in ("fi", "sv", "en")}
OTHER = wordlist("stop", "other")
"""Frequent words of languages near by, so that a text in them is not taken for ours."""
EMPTY_LEMMAS = {lang: STOPWORDS[lang] | wordlist("empty", lang) for lang in STOPWORDS}
"""Lemmas that no concept rests on."""
