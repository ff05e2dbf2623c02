from collections.abc import Iterator

import pytest

from matcher.text import analyse, explain
from matcher.text.additions import Addition
from matcher.text.vocabulary import extend, vocabulary

SENSORS = Addition(
    "local:1",
    {"fi": ("jäteastia-anturi", "täyttöastesensori"), "en": ("bin fill sensor",)},
    broader=("kp075",),
    theme="circular",
    cpv=("90500000",),
)


@pytest.fixture
def extended() -> Iterator[None]:
    extend([SENSORS, Addition("kp051", {"fi": ("työllistämispykälä",)})])
    yield
    extend([])


def named(text: str, lang: str) -> dict[str, tuple[str, ...]]:
    return {concept.id: concept.words for concept in analyse(text, lang).concepts}


@pytest.mark.usefixtures("extended")
def test_an_added_concept_is_found_in_every_form_and_language():
    assert named("Täyttöastesensorien hankinta", "fi")["local:1"] == ("Täyttöastesensorien",)
    assert "local:1" in named("We need bin fill sensors", "en")
    found = explain(analyse("Täyttöastesensorit"), analyse("Bin fill sensors for waste"), "fi")
    assert "jäteastia-anturi" in {shared.concept.label.fi for shared in found.shared}


@pytest.mark.usefixtures("extended")
def test_it_carries_its_theme_its_codes_and_what_is_wider():
    read = analyse("Täyttöastesensorien hankinta", "fi")
    assert "circular" in {theme.key for theme in read.themes}
    assert read.cpv[0].key == "90500000"
    assert "kp075" in {concept.id for concept in read.concepts}


@pytest.mark.usefixtures("extended")
def test_a_concept_there_is_gets_more_words():
    assert named("Työllistämispykälä ei toimi", "fi")["kp051"] == ("Työllistämispykälä",)


@pytest.mark.usefixtures("extended")
def test_a_label_in_one_language_is_shown_in_all():
    assert vocabulary().label(vocabulary().row_of["local:1"]).sv == "jäteastia-anturi"


def test_without_additions_nothing_is_left_of_them():
    extend([SENSORS])
    extend([])
    assert "local:1" not in named("Täyttöastesensorien hankinta", "fi")


def test_an_unknown_wider_concept_is_refused_and_changes_nothing():
    with pytest.raises(ValueError, match="kp999"):
        extend([Addition("local:2", {"fi": ("anturi",)}, broader=("kp999",))])
    assert "local:2" not in vocabulary().row_of


def test_a_concept_without_a_label_is_refused():
    with pytest.raises(ValueError, match="local:3"):
        extend([Addition("local:3", {})])
