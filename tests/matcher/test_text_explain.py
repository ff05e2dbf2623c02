import pytest

import matcher
from matcher.text import Features, analyse, features, similarity
from matcher.text.vocabulary import vocabulary

FI = "Siivouspalveluhankinnoissa emme saa työllistämisehtoa toimimaan. Miten ehtoa valvotaan?"
SV = "Vi upphandlar städtjänster och vill ha med sysselsättningsvillkor i avtalet."
FAR = "Potilastietojärjestelmän vaihto ja toimittajaloukku sairaalassa"


def without(text: Features, columns: set[int]) -> Features:
    keep = [at for at, column in enumerate(text.concepts) if int(column) not in columns]
    return text._replace(
        concepts=text.concepts[keep],
        weights=text.weights[keep],
        spans=tuple(text.spans[at] for at in keep),
        words=tuple(text.words[at] for at in keep),
    )


def test_it_names_the_concepts_that_both_share_with_their_words():
    found = matcher.explain(analyse(FI, "fi"), analyse(SV, "sv"), "fi")
    assert found.code == "shared-concepts"
    named = {shared.concept.label.fi: shared for shared in found.shared}
    assert {"työllistämisehto", "siivouspalvelu"} <= set(named)
    employment = named["työllistämisehto"]
    assert employment.kind == "issue"
    assert employment.words == (("työllistämisehtoa",), ("sysselsättningsvillkor",))
    for text, spans, words in zip((FI, SV), employment.spans, employment.words, strict=True):
        assert tuple(text[start:end] for start, end in spans) == words


def test_what_one_buys_is_told_apart_from_how_one_buys_it():
    found = matcher.explain(analyse(FI, "fi"), analyse(SV, "sv"), "fi")
    kinds = {shared.concept.label.fi: shared.kind for shared in found.shared}
    assert kinds["siivouspalvelu"] == "object"


def test_it_works_from_features_alone():
    by_features = matcher.explain(features(FI, "fi"), features(SV, "sv"), "sv")
    assert by_features == matcher.explain(analyse(FI, "fi"), analyse(SV, "sv"), "sv")


def test_procurement_itself_is_no_reason():
    found = matcher.explain(
        analyse("Julkinen hankinta ja kilpailutus", "fi"), analyse("Offentlig upphandling", "sv")
    )
    assert "julkinen hankinta" not in {shared.concept.label.fi for shared in found.shared}


def test_removing_the_named_concepts_lowers_the_score():
    a, b = features(FI, "fi"), features(SV, "sv")
    found = matcher.explain(a, b, "fi")
    both = set(map(int, a.concepts)) & set(map(int, b.concepts))

    named = {vocabulary().row_of[shared.concept.id] for shared in found.shared}
    assert named
    assert named <= both
    whole = similarity([a, b])[0, 1]
    poorer = similarity([without(a, named), without(b, named)])[0, 1]
    assert poorer < whole - 0.02


def test_the_parts_add_up_to_the_score():
    found = matcher.explain(features(FI, "fi"), features(SV, "sv"))
    assert sum(found.parts.values()) == pytest.approx(found.score)
    shared = sum(one.share for one in found.shared)
    assert shared <= found.parts["concepts"] + 1e-4


def test_texts_that_share_nothing_get_no_reason():
    found = matcher.explain(analyse(FI, "fi"), analyse("Musiikkijuhlien lavatekniikka", "fi"))
    assert found.shared == ()
    assert found.code in ("nothing-shared", "similar-topic")


def test_it_says_what_each_has_alone():
    found = matcher.explain(analyse(FI, "fi"), analyse(FAR, "fi"))
    assert "potilastietojärjestelmä" in {concept.label.fi for concept in found.only[1]}


@pytest.mark.parametrize("at", [0, 1])
def test_removing_the_words_of_the_named_concepts_lowers_the_score(at):
    texts = [FI, SV]
    found = matcher.explain(features(FI, "fi"), features(SV, "sv"), "fi")
    spans = {span for shared in found.shared for span in shared.spans[at]}
    assert spans
    for start, end in sorted(spans, reverse=True):
        texts[at] = texts[at][:start] + texts[at][end:]
    poorer = matcher.explain(features(texts[0], "fi"), features(texts[1], "sv"), "fi")
    assert poorer.score < found.score - 0.02


def test_what_differs_stands_on_words_that_carry_nothing_shared():
    a = analyse("Työllistämisehto siivouspalveluissa", "fi")
    b = analyse("Työllistämisehto koulukuljetuksissa", "fi")
    found = matcher.explain(a, b)
    for alone, text in zip(found.only, ("siivouspalveluissa", "koulukuljetuksissa"), strict=True):
        assert alone
        assert {word for concept in alone for word in concept.words} == {text}
