import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.text import analyse
from matcher.text.languages import detect
from matcher.text.reading import read
from matcher.text.tokens import tokens


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Hankintaosaaminen", "fi"),
        ("Siivouspalvelut", "fi"),
        ("Kotihoidon laatu", "fi"),
        ("städtjänster", "sv"),
        ("Hållbar upphandling", "sv"),
        ("cleaning services", "en"),
        ("School transport delays", "en"),
        ("Miten muut ovat valvoneet ehtoa?", "fi"),
        ("Hur har andra följt upp villkoren?", "sv"),
        ("How do others monitor the clause?", "en"),
        ("Hankimme Microsoft Power BI -lisenssejä", "fi"),
        ("Wir suchen einen Anbieter für die Reinigung der Schulen", ""),
        ("Nous cherchons un fournisseur pour les écoles", ""),
        ("Мы ищем поставщика", ""),
        ("中文文本", ""),
        ("12345 !!", ""),
        ("", ""),
    ],
)
def test_the_language_of_one_line_is_told(text, lang):
    assert detect(tokens(text)) == lang


def test_each_passage_of_a_mixed_text_is_read_in_its_language():
    text = (
        "Hankimme siivouspalveluita. We need staff for the hospital. Vi vill ha service på svenska."
    )
    langs = {token.token.text: token.lang for token in read(text, "").tokens}
    assert langs["siivouspalveluita"] == "fi"
    assert langs["hospital"] == "en"
    assert langs["svenska"] == "sv"


def test_a_mixed_text_has_the_concepts_of_all_its_passages():
    text = "Koulukuljetukset myöhästyvät usein. The cleaning of the hospital has become worse."
    found = {concept.id for concept in analyse(text).concepts}
    assert {"kp106", "kp089"} <= found


def test_a_loan_word_does_not_change_the_language():
    assert {t.lang for t in read("Hankimme software-lisenssejä pilveen", "").tokens} == {"fi"}


def test_a_language_told_wrongly_is_put_right():
    assert read("We need a new contract for the cleaning of our schools.", "fi").lang == "en"


@given(st.text(max_size=300), st.sampled_from(["", "fi", "sv", "en"]))
def test_any_text_is_read(text, lang):
    reading = read(text, lang)
    assert reading.lang in ("fi", "sv", "en", "")
    for token in reading.tokens:
        assert text[token.token.start : token.token.end] == token.token.text
