"""
Voikko, where it is installed: ``apt install python3-libvoikko voikko-fi`` on Debian.

Its module is no package of ours; a virtual environment sees it with the system's packages.
"""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from missing import missing

from matcher.text import finnish, voikko
from matcher.text.dictionary import lexicon

SYSTEM = Path("/usr/lib/python3/dist-packages/libvoikko.py")
"""Where Debian and Ubuntu put its module, which an isolated environment does not see."""


@pytest.fixture(scope="module")
def with_voikko():
    """Voikko as an environment with the system's packages has it."""
    known = voikko.is_installed()
    if not known and SYSTEM.exists():
        spec = spec_from_file_location("libvoikko", SYSTEM)
        sys.modules["libvoikko"] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules["libvoikko"])
        voikko.handle.cache_clear()
    if not voikko.is_installed():
        missing("Voikko", "python3-libvoikko voikko-fi")
    yield
    if not known:
        del sys.modules["libvoikko"]
        voikko.handle.cache_clear()


@pytest.mark.usefixtures("with_voikko")
@pytest.mark.parametrize(
    ("form", "lemma"),
    [("tekoälyagenttien", "tekoälyagentti"), ("biohiilen", "biohiili")],
)
def test_it_knows_words_that_our_data_lacks(form, lemma):
    assert finnish.read(form)[0] == lemma
    with voikko.left_out():
        assert voikko.lemma(form) is None


@pytest.mark.usefixtures("with_voikko")
def test_it_is_silent_about_what_it_does_not_know():
    assert voikko.lemma("qwxzkjh") is None
    assert voikko.lemma("123") is None


@pytest.mark.usefixtures("with_voikko")
def test_words_of_our_own_data_are_read_alike_with_it_and_without():
    words = [word for word in list(lexicon("fi"))[::400] if word.isalpha()]
    with_it = [finnish.read(word) for word in words]
    with voikko.left_out():
        assert [finnish.read(word) for word in words] == with_it
