"""Units and challenges as JSON Lines."""

import json

import pytest

from schemas.pool_lines import BadLine, ChallengeLine, UnitLine, parse_line, parse_lines

UNIT = {
    "type": "unit",
    "id": "KU091",
    "kind": "municipality",
    "name": {"fi": "Helsinki"},
    "languages": ["fi", "sv"],
}
CHALLENGE = {
    "type": "challenge",
    "id": "c1",
    "unit_id": "KU091",
    "title": "Työllistämisehto",
    "text": "Miten työllistämisehto saadaan siivouspalvelujen sopimuksiin?",
}


def faults_of(value: object) -> list[tuple[str, str]]:
    with pytest.raises(BadLine) as caught:
        parse_line(value if isinstance(value, str | bytes) else json.dumps(value), 7)
    assert {fault.line for fault in caught.value.faults} == {7}
    return [(fault.field, fault.message) for fault in caught.value.faults]


def test_it_tells_units_from_challenges():
    unit, challenge = parse_line(json.dumps(UNIT), 1), parse_line(json.dumps(CHALLENGE), 2)
    assert isinstance(unit, UnitLine)
    assert unit.languages == ("fi", "sv")
    assert isinstance(challenge, ChallengeLine)
    assert challenge.unit_id == "KU091"
    assert not challenge.sample


def test_it_reads_bytes_with_a_byte_order_mark():
    assert isinstance(parse_line(b"\xef\xbb\xbf" + json.dumps(UNIT).encode(), 1), UnitLine)


@pytest.mark.parametrize("text", ["", "   ", "# a comment", "\n"])
def test_it_skips_empty_lines_and_comments(text):
    assert parse_line(text, 1) is None


def test_it_names_the_field_and_the_value():
    [(field, message)] = faults_of(UNIT | {"kind": "castle"})
    assert field == "kind"
    assert "'municipality'" in message
    assert "got 'castle'" in message


def test_it_names_a_field_that_is_not_known():
    assert ("colour", "Extra inputs are not permitted, got 'red'") in faults_of(
        UNIT | {"colour": "red"}
    )


def test_it_names_every_fault_of_a_line():
    fields = [f for f, _ in faults_of(CHALLENGE | {"maturity": 9, "cpv": ["12"]})]
    assert fields == ["cpv.0", "maturity"]


def test_it_never_repeats_free_text():
    secret = "kirjoita osoitteeseen joku@example.org niin kerromme lisää"
    [(field, message)] = faults_of(CHALLENGE | {"text": secret})
    assert field == "text"
    assert "e-mail address" in message
    assert "joku" not in message


@pytest.mark.parametrize("type_", ["castle", None, 3])
def test_it_names_the_type_when_it_is_unknown(type_):
    [(field, message)] = faults_of(UNIT | {"type": type_})
    assert field == "type"
    assert "'unit'" in message
    assert "'challenge'" in message


def test_it_asks_for_the_type_when_it_is_missing():
    [(field, message)] = faults_of({k: v for k, v in UNIT.items() if k != "type"})
    assert field == "type"
    assert "'type'" in message


@pytest.mark.parametrize("text", ["{", "[1, 2]", "3", b"\xff\xfe", "[" * 100_000])
def test_it_says_when_a_line_is_no_json_object(text):
    [(field, message)] = faults_of(text)
    assert field == ""
    assert message


def test_it_goes_on_after_a_bad_line():
    read = list(parse_lines([json.dumps(UNIT), "nonsense", "", json.dumps(CHALLENGE)]))
    assert [number for number, _ in read] == [1, 2, 4]
    assert isinstance(read[1][1], BadLine)
