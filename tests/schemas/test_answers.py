"""Whatever is wrong, the answer names the field, what was wrong and what is accepted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.answers import field_faults
from schemas.challenges import ChallengeDraft
from schemas.pool_lines import ChallengeLine
from schemas.registry import EVENTS
from schemas.units import UnitDraft

CHALLENGE = {"title": "Työllistämisehto", "text": "Miten valvomme työllistämisehtoa?"}
UNIT = {"kind": "parish", "name": {"fi": "Mallilan seurakunta"}, "languages": ["fi"]}


def faults(kind, value):
    with pytest.raises(ValidationError) as refusal:
        kind.model_validate(value)
    return field_faults(refusal.value, kind)


@pytest.mark.parametrize(
    ("change", "field", "wrong", "accepted"),
    [
        (
            {"title": "a"},
            "title",
            "1 characters",
            "text without personal data, 5 to 160 characters",
        ),
        ({"title": "a" * 161}, "title", "161 characters", "5 to 160 characters"),
        ({"text": 3}, "text", "got 3", "20 to 6000 characters"),
        ({"themes": ["A B"]}, "themes.0", "got 'A B'", "key of a theme"),
        ({"themes": ["ab"] * 9}, "themes", "9 items", "a list of at most 8 items: key of a theme"),
        ({"cpv": "90910000"}, "cpv", "got '90910000'", "a list of at most 10 items: code of the"),
        ({"stage": "begun"}, "stage", "got 'begun'", "one of idea, preparing, tendering, contract"),
        ({"language": "de"}, "language", "got 'de'", 'one of fi, sv, en, ""'),
        ({"maturity": 9}, "maturity", "got 9", "a whole number from 1 to 5"),
        ({"until": "2026-13-01"}, "until", "got '2026-13-01'", "a date, YYYY-MM-DD or null"),
        ({"until": ["2026"]}, "until", "got a list", "a date"),
        ({"seeks": "puh. 040 123 4567"}, "seeks", "a telephone number", "without personal data"),
        ({"contact": "x"}, "contact", "unknown field", "an object with the fields title, text,"),
    ],
)
def test_a_challenge_is_answered_by_field(change, field, wrong, accepted):
    (fault,) = faults(ChallengeDraft, CHALLENGE | change)
    assert fault.field == field
    assert wrong in fault.wrong
    assert accepted in fault.accepted


@pytest.mark.parametrize(
    ("change", "field", "wrong", "accepted"),
    [
        ({"name": {"fi": ""}}, "name.fi", "0 characters", "text, 1 to 200 characters"),
        ({"name": {}}, "name.fi", "missing", "text, 1 to 200 characters"),
        ({"name": {"fi": "A", "de": "B"}}, "name.de", "unknown field", "fields fi, sv, en"),
        ({"languages": []}, "languages", "0 items", "a list of 1 to 3 items: one of fi, sv, en"),
        ({"regions": ["1"]}, "regions.0", "got '1'", "region (maakunta), two-digit code"),
        ({"location": {"lat": 99, "lon": 25}}, "location.lat", "99", "a number from -90 to 90"),
        (
            {"business_ids": [{"y_tunnus": "7654321-3"}]},
            "business_ids.0.y_tunnus",
            "the check digit of the Y-tunnus '7654321-3' is wrong",
            "seven digits, a dash and the check digit",
        ),
    ],
)
def test_a_unit_is_answered_by_field_at_any_depth(change, field, wrong, accepted):
    (fault,) = faults(UnitDraft, UNIT | change)
    assert fault.field == field
    assert wrong in fault.wrong
    assert accepted in fault.accepted


def test_every_fault_is_told_at_once():
    told = faults(ChallengeLine, {"title": "a", "themes": ["A"], "maturity": 0})
    assert [fault.field for fault in told] == ["title", "text", "themes.0", "maturity", "unit_id"]


@pytest.mark.parametrize(("body", "wrong"), [("{oops", "not JSON"), ("[]", "a list"), ("", "JSON")])
def test_what_is_no_object_is_answered_for_the_whole(body, wrong):
    with pytest.raises(ValidationError) as refusal:
        UnitDraft.model_validate_json(body)
    (fault,) = field_faults(refusal.value, UnitDraft)
    assert fault.field == ""
    assert wrong in fault.wrong
    assert "an object with the fields id, kind, name" in fault.accepted


def test_a_refused_free_text_is_not_repeated():
    secret = "Matti Meikäläinen 0401234567 " * 300
    for field in ("title", "text", "seeks", "offers"):
        (fault,) = faults(ChallengeDraft, CHALLENGE | {field: secret})
        assert "Meikäläinen" not in str(fault)
    (fault,) = faults(UnitDraft, UNIT | {"name": {"fi": "Mikko Malli, mikko@malli.fi"}})
    assert "ikko" not in str(fault)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
        lambda deep: (
            st.lists(deep, max_size=3)
            | st.dictionaries(
                st.sampled_from([*ChallengeDraft.model_fields, "x"]), deep, max_size=5
            )
        ),
        max_leaves=12,
    )
)
def test_any_value_is_taken_or_answered(value):
    try:
        ChallengeDraft.model_validate(value)
    except ValidationError as error:
        for fault in field_faults(error, ChallengeDraft):
            assert fault.wrong
            assert fault.accepted


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.type_name())
def test_events_are_described_too(kind):
    told = faults(kind, {})
    assert all(fault.wrong == "missing" for fault in told)
    assert all(fault.accepted not in ("", "any value") for fault in told)
