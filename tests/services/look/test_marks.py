"""Words that texts share, marked where they stand."""

from schemas.reasons import Concept, Reason
from services.look.marks import LONGEST, marked, passage


def sharing(*words, code="shared-concepts"):
    return Reason(code=code, concepts=(Concept(id="c", label={"fi": "siivous"}, words=words),))


WHY = [sharing("siivouksen", "städningens", "laatu")]


def test_shared_words_are_marked_in_any_case_and_nothing_inside_a_word():
    found = marked("Siivouksen laatu, ei laatukriteerit", WHY)
    assert found == "<mark>Siivouksen</mark> <mark>laatu</mark>, ei laatukriteerit"


def test_the_longer_of_two_words_is_marked_whole():
    assert marked("laatu ja hinta", [sharing("laatu", "laatu ja hinta")]) == (
        "<mark>laatu ja hinta</mark>"
    )


def test_what_a_person_wrote_stays_text():
    found = marked("<b>laatu</b> & C++ [siivouksen", [*WHY, sharing("C++", "[siivouksen", " ")])
    assert found == (
        "&lt;b&gt;<mark>laatu</mark>&lt;/b&gt; &amp; <mark>C++</mark> <mark>[siivouksen</mark>"
    )


def test_what_only_one_text_has_is_not_marked():
    assert marked("laatu", [sharing("laatu", code="differs")]) == "laatu"
    assert marked("laatu & muu", []) == "laatu &amp; muu"


def test_a_passage_is_the_sentence_with_the_most_shared_words():
    text = "Laatu laatu laatu. Ostamme palvelun; siivouksen laatu heikkeni! Mitä teemme?"
    assert passage(text, WHY) == (
        "Ostamme palvelun; <mark>siivouksen</mark> <mark>laatu</mark> heikkeni!"
    )


def test_several_passages_keep_their_order():
    text = "Laatu petti. Muuta. Siivouksen laatu laski! Städningens laatu."
    assert passage(text, WHY, 2) == (
        "<mark>Siivouksen</mark> <mark>laatu</mark> laski! "
        "<mark>Städningens</mark> <mark>laatu</mark>."
    )


def test_without_a_shared_word_there_is_no_passage():
    assert passage("Ostamme palvelun.", WHY) == ""
    assert passage("Ostamme palvelun.", []) == ""
    assert passage("", WHY) == ""


def test_a_long_sentence_is_cut_at_words_round_the_shared_one():
    found = passage(f"{'alku ' * 90}laatu {'loppu ' * 90}", WHY)
    assert found.startswith("… alku ")
    assert found.endswith(" loppu …")
    assert "<mark>laatu</mark>" in found
    assert len(found) <= LONGEST + len("<mark></mark>") + 4


def test_a_sentence_without_spaces_is_cut_all_the_same():
    found = passage(f"{'x' * 900}-laatu-{'y' * 900}", WHY)
    assert "<mark>laatu</mark>" in found
    assert len(found) <= LONGEST + len("<mark></mark>") + 4
