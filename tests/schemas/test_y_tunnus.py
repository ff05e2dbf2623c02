"""A business id is checked by its form and its check digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.units import Y_TUNNUS_WEIGHTS, BusinessId, checked_y_tunnus


@pytest.mark.parametrize("given_id", ["0201256-6", "1567535-0", "0116297-6", "7654321-2"])
def test_a_right_id_passes(given_id):
    assert checked_y_tunnus(given_id) == given_id


@pytest.mark.parametrize(
    "given_id",
    [
        "",
        "0201256",
        "02012566",
        "201256-6",
        "0201256–6",
        "0201256-66",
        "0201256-",
        "O201256-6",
        "FI02012566",
        "0201256-6 ",
        "٠٢٠١٢٥٦-٦",
        "²201256-6",
        "-201256-6",
    ],
)
def test_a_wrong_form_is_told_what_is_accepted(given_id):
    with pytest.raises(ValueError, match="seven digits, a dash and a check digit"):
        checked_y_tunnus(given_id)


@given(st.from_regex(r"\A[0-9]{7}\Z"))
def test_exactly_one_check_digit_or_none_is_right(digits):
    right = []
    for check in range(10):
        try:
            right.append(checked_y_tunnus(f"{digits}-{check}"))
        except ValueError as refusal:
            assert f"{digits}-{check}" in str(refusal)  # noqa: PT017
    rest = sum(w * int(d) for w, d in zip(Y_TUNNUS_WEIGHTS, digits, strict=True)) % 11
    assert len(right) == (rest != 1)


@given(st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(place, shift):
    digits = [int(digit) for digit in "7654321"]
    digits[place] = (digits[place] + shift) % 10
    with pytest.raises(ValidationError, match="check digit"):
        BusinessId(y_tunnus="".join(map(str, digits)) + "-2")
