import pytest

from matcher.text import analyse
from matcher.text.vocabulary import vocabulary

TEXT = "Siivouspalveluhankinnoissa työllistämisehto ei toimi"


def test_it_suggests_themes_and_codes():
    found = analyse(TEXT)
    assert found.themes[0].key == "social"
    assert "clean" in {theme.key for theme in found.themes}
    assert found.cpv[0].key.startswith("909")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("Koulujen ja päiväkotien ruokapalveluissa syntyy ruokahävikkiä.", "555"),
        ("Vi vill minska matsvinnet i skolornas måltidstjänster.", "555"),
        ("We want less food waste in school meals and terms for the caterer.", "555"),
        ("Potilastietojärjestelmän uusiminen ilman toimittajaloukkua", "48"),
        ("Snöröjning av gator på vintern", "906"),
    ],
)
def test_codes_are_those_of_the_service_and_not_of_what_it_uses(text, group):
    assert analyse(text).cpv[0].key.startswith(group)


@pytest.mark.parametrize("text", ["Hej på er alla", "Hyvää huomenta kaikille", "And so it goes"])
def test_a_text_about_nothing_suggests_no_code(text):
    assert analyse(text).cpv == ()


def test_every_concept_stands_where_its_words_are():
    for concept in analyse(TEXT).concepts:
        assert tuple(TEXT[start:end] for start, end in concept.spans) == concept.words


@pytest.mark.parametrize(
    ("text", "misread"),
    [
        ("Toimittajien tulee sitoutua ehtoihin ja laki tulee voimaan", "tuli"),
        ("Miten teemme sen, kun kaikki tekevät kaiken", "tee"),
        ("Kunta voi ostaa palvelun", "voi"),
        ("Uusi sopimus ja uudet ehdot", "uusiolasi"),
    ],
)
def test_the_commonest_verbs_are_no_nouns(text, misread):
    assert misread not in {concept.label.fi for concept in analyse(text, "fi").concepts}


def test_a_noun_is_found_in_its_other_forms_and_in_compounds():
    named = {concept.label.fi for concept in analyse("Tulen käsittely tulipalossa", "fi").concepts}
    assert "tuli" in named


def test_work_is_a_word_and_no_pronoun():
    (token,) = analyse("työ", "fi").tokens
    assert token.lemma == "työ"
    assert analyse("hankintatoimi", "fi").tokens[0].parts == ("hankinta", "toimi")


def test_labels_of_code_lists_stand_small_within_sentences():
    row = vocabulary().row_of["ef:award-criterion-type.price"]
    assert vocabulary().label(row).fi == "hinta"


def test_procurement_itself_comes_last():
    concepts = analyse("Julkinen hankinta siivouksesta").concepts
    assert concepts[0].id == "kp089"
    assert concepts[-1].id == "kp001"


def test_words_that_nothing_knows_are_told():
    found = analyse("Tarvitsemme zorblaxeja ja siivousta", "fi")
    assert len(found.unknown) == 1
    assert found.unknown[0].startswith("zorblax")


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        ("", "empty"),
        ("123 !!!", "empty"),
        ("Мы ищем поставщика", "unknown-language"),
        ("Wir suchen einen Anbieter für die Schulen", "unknown-language"),
        ("Siivous", ""),
    ],
)
def test_a_text_without_concepts_says_what_it_lacks(text, lack):
    found = analyse(text)
    assert found.lack == lack
    assert bool(found.concepts) == (lack == "")


@pytest.mark.parametrize(
    "text",
    [
        "\x00\x01",
        "\ud800",
        "a" * 300_000,
        "🚀" * 1_000,
        "<script>",
        "%s%n{0}",
        "\u202e",
        "\n" * 9_999,
    ],
)
def test_hostile_texts_change_nothing(text):
    found = analyse(text)
    assert found.language in ("fi", "sv", "en", "")
    assert all(text[token.start : token.end] == token.text for token in found.tokens)


def test_the_same_text_gives_the_same_analysis():
    first, second = analyse(TEXT), analyse(TEXT)
    assert first.concepts == second.concepts
    assert (first.vector == second.vector).all()
