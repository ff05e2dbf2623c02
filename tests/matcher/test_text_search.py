import pytest

from matcher.text import Search, features, similarity

TEXTS = {
    "a": "Siivouksen laatu heikkeni halvimman hinnan jälkeen",
    "b": "Städningens kvalitet blev sämre",
    "c": "Potilastietojärjestelmän vaihto",
    "d": "School transport delays",
}
KEPT = {key: features(text) for key, text in TEXTS.items()}


def search(order: str = "abcd") -> Search:
    return Search(list(order), [KEPT[key] for key in order])


def test_the_nearest_come_first_with_their_scores():
    found = search().nearest(KEPT["a"], 2)
    assert [near.key for near in found] == ["a", "b"]
    expected = similarity([KEPT[key] for key in "abcd"])
    assert found[1].score == pytest.approx(float(expected[0, 1]), abs=1e-5)


def test_the_order_of_the_pool_changes_nothing():
    assert search("dcba").nearest(KEPT["c"]) == search().nearest(KEPT["c"])


def test_a_text_without_content_finds_nothing():
    assert search().nearest(features("!!!")) == []


def test_an_empty_pool_finds_nothing():
    assert Search([], []).nearest(KEPT["a"]) == []


def test_keys_and_texts_go_in_pairs():
    with pytest.raises(ValueError, match="got 1 for 2"):
        Search(["a"], [KEPT["a"], KEPT["b"]])


def test_ten_thousand_words_are_a_text_like_any_other():
    long = features("Siivouksen laatu on huono. " * 2_500, "fi")
    assert search().nearest(long, 1)[0].key in "ab"
