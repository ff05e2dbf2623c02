"""Personal data is found in free text, and the numbers of procurement are not mistaken for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.challenges import ChallengeDraft
from schemas.personal_data import CHECK_CHARACTERS, FINDERS, without_personal_data
from schemas.units import UnitDraft

PERSONAL = {
    "an e-mail address": [
        "Ota yhteyttä: maija.esimerkki@kunta.example.fi",
        "maija.esimerkki(at)kunta.fi",
        "Svar till anna [at] kommun.fi.",
        "MAIJA@KUNTA.FI",
        "mailto:kirjaamo+hankinta@esimerkki.ax",
    ],
    "a personal identity code": [
        "tunnus 131052-308T",
        "tunnus 131052-308t",
        "131052–308T on henkilötunnus",
        "born 010100A123N",
        "uusi välimerkki 131052Y308T",
        "väärä tarkiste 131052-3081",
    ],
    "a telephone number": [
        "soita 040 123 4567",
        "soita 0401234567",
        "soita 040-1234567",
        "soita 040-123 4567.",
        "050 5123 456",
        "045 12 34 567",
        "0400 123 456",
        "+358 40 123 4567",
        "+358401234567",
        "+358 (0)40 123 4567",
        "00358 40 123 4567",
        "ring +46 70 123 45 67",
        "vaihde 09 310 1691",
        "vaihde (09) 310 1691",
        "vaihde 03 5656 1234",
        "puh. 019 1234567",
        "Puh: 0912345678",
        "tfn 018 25000",
        "soita 040 123 4567",
        "soita 040–123 4567",
    ],
}
HARMLESS = [
    "hankinta 2026-2027",
    "hankinta 2026–2027 ja optio 2028-2029",
    "kausi 2026/2027",
    "laki 1397/2016, 3 §",
    "CPV 90910000-9 ja 33600000",
    "CPV 03000000-1 ja 09000000",
    "CPV 45000000, 45210000, 45211000",
    "arvo 30 000 000 euroa",
    "arvo 050 000 000 €",
    "kasvu +45 000 000 euroa",
    "kasvu +46 000 000 kr",
    "raja 221 000 € tai 5 538 000 €",
    "raja 60 000–150 000 euroa",
    "vuosittain 1.200.000,50 eur",
    "määräaika 2.11.2026 klo 12.00",
    "määräaika 02.11.2026 klo 09.00-12.00",
    "alkaa 02-12-2026 ja päättyy 05 06 2027",
    "Y-tunnus 0201256-6 ja 1567535-0",
    "TED 045123-2026 ja 00045123-2026",
    "TED 010290-2026",
    "2026/S 045-123456",
    "Hilma 2026-045123",
    "dnro HEL 2026-001234",
    "dnro 044/2026",
    "postinumerot 04400 04430",
    "postinumerot 04400, 04430 ja 04500",
    "alueet 04500-04600",
    "04400 Järvenpää",
    "ISO 14001 ja SFS-EN 17001",
    "EN 50600-2-3",
    "jopa 040 prosenttia",
    "bussit linjoilla 041, 042 ja 043",
    "hinta 12,50 @ kpl",
    "100 kpl @ 2.50",
    "ryhmä 4-6 yksikköä, 5–12 jäsentä",
    "0,045 100 000",
    "IBAN-muoto FI21 1234 5600 0007 85",
    "versio 1.0.0456789012",
    "RAL 3020 / 090 30 40",
]


@pytest.mark.parametrize(
    ("what", "text"), [(what, text) for what, texts in PERSONAL.items() for text in texts]
)
def test_it_refuses_personal_data_and_does_not_repeat_it(what, text):
    with pytest.raises(ValueError, match=what) as refusal:
        without_personal_data(f"Haluamme vertaisia. {text}")
    assert str(refusal.value) == f"the text holds {what}; leave personal data out"


@pytest.mark.parametrize("text", HARMLESS)
def test_it_lets_the_numbers_of_procurement_pass(text):
    assert without_personal_data(text) == text
    sentence = f"Kilpailutus: {text}, ja sitten jatketaan."
    assert without_personal_data(sentence) == sentence


def test_it_refuses_a_nul_character():
    with pytest.raises(ValueError, match="NUL"):
        without_personal_data("hankinta\x00")


@given(st.dates(), st.integers(2, 899), st.sampled_from("-Y"))
def test_every_valid_identity_code_is_found(day, number, sign):
    digits = f"{day.day:02}{day.month:02}{day.year % 100:02}"
    if digits[:4] == "2902" and (day.year % 100) % 4 + (day.year % 100 == 0):
        return  # no such day in the nineteen hundreds
    check = CHECK_CHARACTERS[int(f"{digits}{number:03}") % 31]
    assert FINDERS["a personal identity code"](f"({digits}{sign}{number:03}{check})")


@given(st.from_regex(r"0(4\d|50)[ -]?\d{3}[ -]?\d{4}", fullmatch=True))
def test_every_mobile_number_is_found(number):
    assert FINDERS["a telephone number"](f"soita {number} heti")


@given(st.text(max_size=300))
def test_any_text_passes_unchanged_or_is_refused(text):
    try:
        assert without_personal_data(text) == text
    except ValueError as refusal:
        assert "the text holds" in str(refusal)  # noqa: PT017


@pytest.mark.parametrize("unit", ["a", "a.", "0 ", "00 000 ", "1-", "@", "040-", "+358 ", "(at)"])
def test_a_long_text_made_to_stall_gets_its_verdict(unit):
    text = unit * (6000 // len(unit))
    assert without_personal_data(text) == text


def test_the_name_of_a_unit_holds_no_personal_data():
    with pytest.raises(ValidationError, match="an e-mail address"):
        UnitDraft(
            kind="municipality",
            name={"fi": "Esimerkkilä", "sv": "fraga@exempel.fi"},
            languages=("fi",),
        )


def test_a_challenge_holds_no_personal_data_in_any_text():
    sound = {"title": "Sosiaaliset ehdot", "text": "Miten valvomme työllistämisehtoa?"}
    assert ChallengeDraft(**sound)
    for field in ("title", "text", "seeks", "offers"):
        with pytest.raises(ValidationError, match="a telephone number") as refusal:
            ChallengeDraft(**{**sound, field: "Soittakaa numeroon 040 123 4567"})
        assert [error["loc"] for error in refusal.value.errors()] == [(field,)]
