import numpy as np
import pytest

from matcher.text import analyse
from matcher.text.hits import IN_WHOLE, alone, within
from matcher.text.same import keyed, label_vector, leaders, trusted_keys
from matcher.text.vocabulary import labels, vocabulary
from matcher.text.words import Word, read_word

NAMES = ("id", "fi", "sv", "en", "alt_fi", "alt_sv", "alt_en", "freq")
PRICES = ("yso:1", "hinnat", "priser", "prices", "", "", "", "900")
PRICE = ("ef:1", "Hinta", "Pris", "Price", "", "", "", "0")
FIRE = ("yso:2", "tuli", "eld", "fire", "", "", "", "90")
FIRES = ("yso:3", "tulipalot", "eldsvådor", "fires", "", "", "", "80")
OURS = ("kp1", "hinta", "pris", "price", "", "", "", "0")


def stand_for(rows: list[tuple[str, ...]], cosine: float) -> list[int]:
    """Who stands for each when every two vectors have this cosine."""
    concepts = [dict(zip(NAMES, row, strict=True)) for row in rows]
    n = len(rows)
    alike = np.full((n, n), cosine) + (1 - cosine) * np.eye(n)
    vectors = np.linalg.cholesky(alike).astype(np.float32)
    named = [keyed(concepts, lang) for lang in ("fi", "sv", "en")]
    return leaders(concepts, named, vectors).tolist()


def test_of_two_vocabularies_that_name_one_thing_the_first_stands_for_both():
    assert stand_for([PRICE, PRICES], 0.9) == [1, 1]
    assert stand_for([PRICE, PRICES, OURS], 0.9) == [2, 2, 2]


def test_a_shared_label_is_not_enough_when_the_vectors_tell_them_apart():
    assert stand_for([PRICE, PRICES], 0.3) == [0, 1]


@pytest.mark.parametrize(("cosine", "expected"), [(0.75, [0, 1]), (0.85, [0, 0])])
def test_what_one_vocabulary_holds_apart_must_mean_nearly_the_same(cosine, expected):
    assert stand_for([FIRE, FIRES], cosine) == expected


def test_names_and_our_own_concepts_stay_apart():
    windows = ("yso:4", "Windows", "Windows", "Windows", "", "", "", "9")
    panes = ("yso:5", "ikkunat", "fönster", "windows", "", "", "", "9")
    assert stand_for([windows, panes], 0.95) == [0, 1]
    assert stand_for([OURS, ("kp2", *OURS[1:])], 0.95) == [0, 1]


def test_a_word_is_believed_as_far_as_the_other_languages_say_the_same():
    rows = [PRICES, ("yso:6", "hinnat", "bilar", "cars", "", "", "", "9"), ("kp3", *FIRE[1:])]
    concepts = [dict(zip(NAMES, row, strict=True)) for row in rows]
    meant = {"fi": [0, 0, 0], "sv": [0, 1, 1], "en": [0, 1, 1]}
    by_lang = {
        lang: np.stack([label_vector(("hinta", "auto")[at], "fi") for at in places])
        for lang, places in meant.items()
    }
    leader = np.arange(3, dtype=np.int32)
    keys = trusted_keys(concepts, keyed(concepts, "fi"), "fi", by_lang, leader)
    assert keys["hinta"][0] > 0.9
    assert keys["hinta"][1] < 0.6
    assert keys["tuli"][2] == 1.0


def test_what_a_text_says_is_named_once():
    named = [concept.label.fi for concept in analyse("Hinta ratkaisee hankinnan", "fi").concepts]
    assert "hinnat" in named
    assert "hinta" not in named


def test_links_lead_to_those_that_stand_for_others_and_to_no_one_itself():
    known = vocabulary()
    for row in range(known.shipped):
        for links in (known.broader(row), known.related(row)):
            assert row not in links
            assert all(known.spoken(other) == other for other in links)


def test_no_label_leads_to_a_concept_that_another_stands_for():
    for lang in ("fi", "sv", "en"):
        found = labels(lang).rows.values
        assert all(
            known == row for row, known in zip(found, map(vocabulary().spoken, found), strict=True)
        )


def test_the_words_of_a_longer_label_say_their_own_concepts_less():
    known = labels("en")
    rights = read_word("rights", "en")
    weight = dict(within(rights, known))
    assert weight
    assert all(
        dict(alone(rights, known))[row] * IN_WHOLE == pytest.approx(w) for row, w in weight.items()
    )


def test_the_parts_of_a_compound_that_is_a_label_say_theirs_less():
    known = labels("fi")
    service = vocabulary().spoken(vocabulary().row_of["yso:p838"])
    whole = dict(alone(read_word("siivouspalvelu", "fi"), known))
    coined = dict(alone(Word("zorbpalvelu", ("zorb", "palvelu")), known))
    assert 0 < whole[service] < coined[service]
