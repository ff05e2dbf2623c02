import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import matcher
from matcher.text import Collection, Shelf, features, fused_rows, similarity
from matcher.text.encoders import neural_is_installed
from matcher.text.fusion import DENSE_FIRST

CLEANING_FI = "Siivouspalveluhankinnoissa työllistämisehto ei toimi, miten ehtoa valvotaan?"
CLEANING_SV = "Vi vill ha sysselsättningsvillkor i upphandlingen av städtjänster."
SOFTWARE_EN = "We need a new patient information system without vendor lock-in."
TEXTS = [CLEANING_FI, CLEANING_SV, SOFTWARE_EN]
LANGS = ["fi", "sv", "en"]


ENCODERS = ["builtin", "neural"] if neural_is_installed() else ["builtin"]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_the_same_problem_in_another_language_is_nearer_than_another_problem(encoder):
    rows = matcher.encode_texts(TEXTS, LANGS, encoder=encoder)
    scores = (rows @ rows.T).toarray()
    assert scores[0, 1] > 0.25
    # Of three texts a neural encoder's centre is not known well, and lifts every pair a little.
    least = 3 if encoder == "builtin" else 2
    assert scores[0, 1] > least * max(scores[0, 2], scores[1, 2], 0.01)


def test_auto_is_the_neural_encoder_where_it_is_installed():
    auto = matcher.encode_texts(TEXTS, LANGS)
    assert (auto != matcher.encode_texts(TEXTS, LANGS, encoder=ENCODERS[-1])).nnz == 0
    # The neural vector has columns of its own: 384 behind those of the built-in encoder.
    assert bool(auto[:, DENSE_FIRST:].nnz) is neural_is_installed()


def test_a_text_without_content_has_an_empty_row():
    rows = matcher.encode_texts([CLEANING_FI, "", "12 345 !!!"], ["fi", "", "sv"])
    lengths = np.sqrt((rows * rows).sum(axis=1))
    assert lengths[0] == pytest.approx(1.0, abs=1e-5)
    assert lengths[1] == 0.0


def test_columns_mean_the_same_in_every_call():
    together = matcher.encode_texts(TEXTS, LANGS)
    apart = [matcher.encode_texts([text], [lang]) for text, lang in zip(TEXTS, LANGS, strict=True)]
    assert {rows.shape[1] for rows in apart} == {together.shape[1]}
    assert float((apart[0] @ apart[1].T).toarray()[0, 0]) > 0.2


def test_the_language_need_not_be_told():
    told = matcher.encode_texts(TEXTS, LANGS)
    untold = matcher.encode_texts(TEXTS, ["", "", ""])
    np.testing.assert_allclose(told.toarray(), untold.toarray(), atol=1e-6)


def test_it_refuses_a_wrong_number_of_languages():
    with pytest.raises(ValueError, match="got 1 for 3"):
        matcher.encode_texts(TEXTS, ["fi"])


def test_it_refuses_an_unknown_encoder():
    with pytest.raises(ValueError, match="'word2vec'"):
        matcher.encode_texts(TEXTS, LANGS, encoder="word2vec")


def test_a_shelf_gives_the_same_scores_as_the_rows():
    texts = [features(text, lang) for text, lang in zip(TEXTS, LANGS, strict=True)]
    shelf = Shelf(texts)
    expected = similarity(texts)
    for text, row in zip(texts, expected, strict=True):
        np.testing.assert_allclose(shelf.scores(text), row, atol=1e-5)


def test_a_collection_forgets_what_is_removed():
    texts = [features(text, lang) for text, lang in zip(TEXTS, LANGS, strict=True)]
    kept = Collection(texts[:2])
    changed = Collection(texts).remove(texts[2])
    assert len(changed) == 2
    np.testing.assert_array_equal(kept.concept_rarity(), changed.concept_rarity())
    np.testing.assert_allclose(kept.centre("en"), changed.centre("en"), atol=1e-7)


def test_what_everybody_says_weighs_less_than_what_few_say():
    texts = [features(f"Siivouspalvelujen hankinta {word}", "fi") for word in ("jätteet", "ruoka")]
    known = Collection(texts * 20 + [features("Koulukuljetukset", "fi")])
    rarity = known.concept_rarity()
    common = set(texts[0].concepts) & set(texts[1].concepts)
    rare = set(features("Koulukuljetukset", "fi").concepts) - common
    assert max(rarity[list(common)]) < min(rarity[list(rare)])


def test_chosen_themes_and_codes_draw_texts_together():
    plain = [features("Uusi hanke", "fi"), features("Vår utmaning", "sv")]
    chosen = [
        features("Uusi hanke", "fi", themes=["clean"], cpv=["90910000"]),
        features("Vår utmaning", "sv", themes=["clean"], cpv=["90911000"]),
    ]
    assert similarity(chosen)[0, 1] > similarity(plain)[0, 1] + 0.1


def test_unknown_themes_and_codes_are_left_out():
    text = features("Uusi hanke", "fi", themes=["nonsense"], cpv=["00000001"])
    assert list(text.concepts) == list(features("Uusi hanke", "fi").concepts)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=200), st.sampled_from(["fi", "sv", "en", ""])), max_size=6)
)
def test_any_text_gives_finite_rows_of_length_one_or_none(pairs):
    texts = [text for text, _ in pairs]
    langs = [lang for _, lang in pairs]
    rows = matcher.encode_texts(texts, langs)
    again = matcher.encode_texts(texts, langs)
    assert rows.shape[0] == len(texts)
    assert np.isfinite(rows.data).all()
    lengths = np.sqrt((rows * rows).sum(axis=1)) if len(texts) else np.zeros(0)
    assert all(abs(length - 1) < 1e-4 or length == 0 for length in lengths)
    assert (rows != again).nnz == 0


def test_rows_of_no_texts_are_an_empty_matrix():
    assert fused_rows([]).shape[0] == 0


def test_what_every_text_of_one_language_has_is_no_topic():
    school, food = features("Siivous koulussa", "fi"), features("Ruoka", "fi")
    swedish = features("Skolmåltider", "sv")
    others = {*food.concepts, *swedish.concepts}
    column = next(c for c in school.concepts if c not in others)
    # As many of as many texts have it: all in Finnish here, and one Finnish text in ten there.
    everywhere = Collection([school] * 30 + [swedish] * 270).concept_rarity()[column]
    anywhere = Collection([school] * 30 + [food] * 270).concept_rarity()[column]
    assert everywhere < anywhere
