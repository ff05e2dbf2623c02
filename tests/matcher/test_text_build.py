import numpy as np

from matcher.data import arrays
from matcher.text.background import background
from matcher.text.build import vocabulary
from matcher.text.code_concepts import concepts_of_codes
from matcher.text.forms import FORMS, places_of_blocks
from matcher.text.languages import trigram_scores
from matcher.text.senses import centred_words, hubness, nearest, pivot_concepts


def test_the_shipped_vocabulary_is_what_the_tables_give():
    shipped = arrays("vocabulary.npz")
    built = vocabulary()
    assert set(shipped) == set(built)
    for name, expected in built.items():
        if name.endswith("codes"):
            # Rounding may turn a quantiser's choice between two centroids equally near.
            assert np.mean(shipped[name] == expected) > 0.999, name
        elif name.startswith("trust"):
            assert np.abs(shipped[name].astype(int) - expected).max() <= 1, name
        elif name.endswith("scale"):
            np.testing.assert_allclose(shipped[name], expected, rtol=0.01, err_msg=name)
        else:
            np.testing.assert_array_equal(shipped[name], expected, err_msg=name)


def test_the_shipped_senses_are_what_the_vectors_give():
    shipped = arrays("senses.npz")
    words = centred_words("fi")
    some = np.arange(0, len(words), 400)
    near, strength = nearest(words[some], shipped["hubs"])
    assert np.mean(shipped["nearest_fi"][some] == near) > 0.99
    assert np.abs(shipped["strength_fi"][some].astype(int) - strength).max() <= 2


def test_the_shipped_hubs_are_held_back_as_their_nearness_says():
    _, anchors = pivot_concepts()
    some = np.arange(0, len(anchors), 200)
    means = [hubness(anchors[some], centred_words(lang)) for lang in ("fi", "sv", "en")]
    expected = 0.5 * np.mean(means, axis=0)
    np.testing.assert_allclose(arrays("senses.npz")["hubs"][some], expected, atol=0.002)


def test_the_shipped_places_of_blocks_are_those_of_the_installed_dictionaries():
    shipped, built = arrays("forms.npz"), places_of_blocks()
    assert set(shipped) == set(built)
    for name, expected in built.items():
        np.testing.assert_array_equal(shipped[name], expected, err_msg=name)


def test_forms_are_found_by_their_places():
    assert FORMS.get_dictionary("fi").get("hankinnoissa") == "hankinta"
    assert FORMS.get_dictionary("sv").get("tjänsterna") == "tjänst"
    assert FORMS.get_dictionary("en").get("bought") == "buy"
    assert FORMS.get_dictionary("fi").get("hankinnoissaxyz") is None


def test_the_shipped_scores_of_letters_are_what_the_labels_give():
    np.testing.assert_allclose(arrays("trigrams.npz")["scores"], trigram_scores(), atol=0.01)


def test_the_shipped_background_is_what_unlike_texts_score():
    shipped, built = arrays("background.npz"), background()
    assert set(shipped) == set(built)
    for pair, steps in built.items():
        np.testing.assert_allclose(shipped[pair], steps, atol=0.01, err_msg=pair)


def test_the_shipped_concepts_of_codes_are_what_their_labels_say():
    shipped = arrays("codes.npz")
    ends = np.cumsum(shipped["counts"], dtype=np.int64)
    some = range(0, len(ends), 60)
    built = concepts_of_codes(some)
    np.testing.assert_array_equal(shipped["counts"][::60], built["counts"])
    at = np.concatenate([np.arange(ends[row] - shipped["counts"][row], ends[row]) for row in some])
    np.testing.assert_array_equal(shipped["concepts"][at], built["concepts"])
    assert np.abs(shipped["weights"][at].astype(int) - built["weights"]).max() <= 1
