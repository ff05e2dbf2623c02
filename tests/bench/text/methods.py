"""What is compared: the product's encoders, parts of them alone, and simple baselines."""

from collections.abc import Callable, Sequence
from math import sqrt

import numpy as np
from scipy.sparse import csr_array, diags_array
from sklearn.feature_extraction.text import TfidfVectorizer

from matcher.text import encode_texts, fused_rows
from matcher.text.encoders import Encoder, neural, neural_is_installed
from matcher.text.fusion import CHARACTER_FIRST, COLUMNS, CONCEPT_FIRST, DENSE_FIRST
from matcher.text.kept import all_features, with_dense
from matcher.text.reading import read

Method = Callable[[Sequence[str], Sequence[str]], csr_array]


def methods() -> dict[str, Method]:
    """Every method by its name, simplest first."""
    found: dict[str, Method] = {
        "words, TF-IDF": _words,
        "characters 3-5, TF-IDF": _characters,
        "lemmas and parts, TF-IDF": _lemmas,
        "concepts and senses alone": _part(CONCEPT_FIRST, CHARACTER_FIRST),
        "vectors alone": _part(0, CONCEPT_FIRST),
        "fused (built-in)": _builtin,
        "fused, language not told": lambda texts, _: _builtin(texts, [""] * len(texts)),
    }
    if neural_is_installed():
        found["neural encoder alone"] = _part(DENSE_FIRST, COLUMNS, neural())
        found["fused with neural"] = _neural
        found["neural, language not told"] = lambda texts, _: _neural(texts, [""] * len(texts))
    return found


def _neural(texts: Sequence[str], langs: Sequence[str]) -> csr_array:
    return encode_texts(texts, langs, encoder="neural")


def _builtin(texts: Sequence[str], langs: Sequence[str]) -> csr_array:
    return encode_texts(texts, langs, encoder="builtin")


def _words(texts: Sequence[str], langs: Sequence[str]) -> csr_array:
    return csr_array(TfidfVectorizer(sublinear_tf=True).fit_transform(texts))


def _characters(texts: Sequence[str], langs: Sequence[str]) -> csr_array:
    runs = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    return csr_array(runs.fit_transform(texts))


def _lemmas(texts: Sequence[str], langs: Sequence[str]) -> csr_array:
    def lemmas(pair: tuple[str, str]) -> list[str]:
        words = [token.word for token in read(*pair).content]
        return [part for word in words for part in {word.lemma, *word.parts}]

    counted = TfidfVectorizer(analyzer=lemmas, sublinear_tf=True)
    return csr_array(counted.fit_transform(list(zip(texts, langs, strict=True))))


def _part(first: int, last: int, encoder: Encoder | None = None) -> Method:
    def rows(texts: Sequence[str], langs: Sequence[str]) -> csr_array:
        found = with_dense(all_features(texts, langs), texts, encoder)
        part = fused_rows(found)[:, first:last]
        lengths = np.array([sqrt(length) or 1.0 for length in (part * part).sum(axis=1)])
        return csr_array(diags_array(1 / lengths) @ part)

    return rows
