import gc

import numpy as np
import pytest

from matcher.text import features
from matcher.text.collector import collector_paused
from matcher.text.forms import FORMS
from matcher.text.kept import BLOCK, all_features
from matcher.text.sums import summed

TEXTS = ("Siivouspalvelujen hankinta", "Vi köper städtjänster. Ja siivousta.", "", "12 !", "Кто?")


def test_weights_are_added_up_by_text_and_column():
    rows, columns = np.array([2, 0, 0, 2]), np.array([7, 5, 5, 1])
    found = summed(3, rows, columns, np.array([1.0, 2.0, 3.0, 4.0]))
    assert [list(part) for part in found.of(0)] == [[5], [5.0]]
    assert [list(part) for part in found.of(1)] == [[], []]
    assert [list(part) for part in found.of(2)] == [[1, 7], [4.0, 1.0]]


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
    words = FORMS.get_dictionary(lang)
    known = [form for form, _ in zip(words, range(3_000), strict=False)]
    slow = super(type(words), words)
    for form in known:
        assert words._lookup(form) == slow._lookup(form) is not None
    for form in ("", "q", "ö" * 50, *(word[:-1] + "q" for word in known[::7])):
        assert words._lookup(form) == slow._lookup(form)
