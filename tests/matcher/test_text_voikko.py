"""
Voikko, where it is installed: ``apt install python3-libvoikko voikko-fi`` on Debian.

Its module is no package of ours; a virtual environment sees it with the system's packages.
"""

import pytest

from matcher.text import finnish, voikko
from matcher.text.dictionary import lexicon

needs_voikko = pytest.mark.skipif(
    not voikko.is_installed(), reason="Voikko (python3-libvoikko, voikko-fi) is not installed"
)


@needs_voikko
@pytest.mark.parametrize(
    ("form", "lemma"),
    [("tekoälyagenttien", "tekoälyagentti"), ("biohiilen", "biohiili")],
)
def test_it_knows_words_that_our_data_lacks(form, lemma):
    assert finnish.read(form)[0] == lemma
    with voikko.left_out():
        assert voikko.lemma(form) is None


@needs_voikko
def test_it_is_silent_about_what_it_does_not_know():
    assert voikko.lemma("qwxzkjh") is None
    assert voikko.lemma("123") is None


def test_words_of_our_own_data_are_read_alike_with_it_and_without():
    words = [word for word in list(lexicon("fi"))[::400] if word.isalpha()]
    with_it = [finnish.read(word) for word in words]
    with voikko.left_out():
        assert [finnish.read(word) for word in words] == with_it
