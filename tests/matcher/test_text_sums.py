import gc
import subprocess
import sys
from itertools import islice

import numpy as np
import pytest
from simplemma.strategies.dictionaries.stream_dictionary_factory import StreamMap

import matcher
from matcher.text import features
from matcher.text.collector import collector_paused
from matcher.text.forms import FORMS, Blocks
from matcher.text.kept import BLOCK, all_features
from matcher.text.lexis import lexis
from matcher.text.lines import Index, Lines
from matcher.text.sums import spread, strongest, summed
from matcher.text.vocabulary import labels
from matcher.text.words import Word

TEXTS = ("Siivouspalvelujen hankinta", "Vi köper städtjänster. Ja siivousta.", "", "12 !", "Кто?")


def test_weights_are_added_up_by_text_and_column():
    rows, columns = np.array([2, 0, 0, 2]), np.array([7, 5, 5, 1])
    found = summed(3, rows, columns, np.array([1.0, 2.0, 3.0, 4.0]))
    assert [list(part) for part in found.of(0)] == [[5], [5.0]]
    assert [list(part) for part in found.of(1)] == [[], []]
    assert [list(part) for part in found.of(2)] == [[1, 7], [4.0, 1.0]]


def test_the_strongest_weight_of_a_text_and_column_is_kept():
    rows, columns = np.array([1, 0, 1, 1]), np.array([7, 5, 7, 2])
    found = strongest(3, rows, columns, np.array([1.0, 2.0, 3.0, 4.0]))
    assert [list(part) for part in found.of(1)] == [[2, 7], [4.0, 3.0]]
    assert found.owner.tolist() == [0, 1, 1]
    assert strongest(1, rows[:0], columns[:0], np.zeros(0)).starts.tolist() == [0, 0]


def test_lists_are_taken_from_where_they_lie():
    of, places = spread(np.array([0, 2, 2, 5]), np.array([2, 1, 0, 2]))
    assert of.tolist() == [0, 0, 0, 2, 2, 3, 3, 3]
    assert places.tolist() == [2, 3, 4, 0, 1, 2, 3, 4]


def test_words_are_learned_once_and_anew_when_labels_change():
    cleaning = Word("siivouspalvelu", ("siivous", "palvelu"))
    known = lexis("fi")
    assert known.number(cleaning) == known.number(cleaning)
    assert lexis("fi") is known
    labels.cache_clear()
    assert lexis("fi") is not known


def test_only_words_of_one_label_may_join():
    known = lexis("en")
    words = [known.number(Word(lemma)) for lemma in ("public", "procurement", "procurement", "xyz")]
    assert known.may_join(np.array(words)).tolist() == [True, False, False]


def test_many_texts_have_the_features_that_each_has_alone():
    texts = list(TEXTS) * (BLOCK // 2)
    for text, found in zip(texts, all_features(texts, [""] * len(texts)), strict=True):
        alone = features(text)._replace(spans=(), words=())
        for one, other in zip(found, alone, strict=True):
            if isinstance(one, np.ndarray):
                np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)
            else:
                assert one == other


@pytest.mark.parametrize("was_on", [True, False])
def test_the_collector_is_as_it_was_afterwards(was_on):
    before = gc.isenabled()
    (gc.enable if was_on else gc.disable)()
    try:
        with pytest.raises(KeyError, match="False"), collector_paused():
            {}[gc.isenabled()]
        assert gc.isenabled() is was_on
    finally:
        (gc.enable if before else gc.disable)()


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_the_dictionary_of_forms_finds_what_stands_in_it_and_nothing_else(lang):
    words, slow = FORMS.get_dictionary(lang), StreamMap(lang)
    assert isinstance(words, Blocks)
    assert len(words) == len(slow)
    known = list(islice(words, 0, None, len(words) // 3_000))
    assert known == list(islice(slow, 0, None, len(words) // 3_000))
    for form in known:
        assert words._lookup(form) == slow._lookup(form) is not None
    for form in ("", "q", "\0", "ö" * 50, *(word[:-1] + "q" for word in known[::7])):
        assert words._lookup(form) == slow._lookup(form)


def test_words_are_read_from_their_bytes():
    lines = Lines(np.frombuffer("yksi\nkääntö\n\ntvå".encode(), np.uint8))
    assert list(lines) == ["yksi", "kääntö", "", "två"]
    assert [lines[at] for at in range(-4, 4)] == list(lines) * 2
    assert lines[1:3] == ["kääntö", ""]
    assert lines.bytes(1) == "kääntö".encode()
    assert list(Lines(np.zeros(0, np.uint8))) == []
    with pytest.raises(IndexError):
        lines[4]


def test_a_word_is_found_among_many_by_its_sum():
    words = [f"sana{number}" for number in range(2_000)]
    index = Index(Lines(np.frombuffer("\n".join(words).encode(), np.uint8)))
    assert [index.get(word) for word in words] == list(range(2_000))
    assert index.get("") is index.get("sana2000") is index.get("\ud800") is None
    # Two words with one sum (found by trying) are told apart.
    twins = Index(Lines(np.frombuffer(b"plumless\nbuckeroo", np.uint8)))
    assert (twins.get("buckeroo"), twins.get("plumless")) == (1, 0)


def test_reading_texts_needs_no_compiler_of_loops():
    asked = "import sys, matcher; matcher.encode_texts; assert 'numba' not in sys.modules"
    subprocess.run([sys.executable, "-c", asked], check=True)
    with pytest.raises(AttributeError, match="'propose'"):
        matcher.__getattr__("propose")


def test_the_first_letters_of_words_are_told_as_one_number():
    words = ["", "a", "siivous", "siivouspalvelu", "ö"]
    found = Lines(np.frombuffer("\n".join(words).encode(), np.uint8)).heads()
    known = [int.from_bytes(word.encode()[:8].ljust(8, b"\0"), "big") for word in words]
    assert found.tolist() == known


def test_a_text_makes_no_words_of_other_languages_be_read():
    code = (
        "from matcher.text import features, lexis\n"
        "features('Siivouspalvelut', 'fi')\n"
        "print(sorted(lexis._held))"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "['fi']"
