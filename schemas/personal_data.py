"""
Personal data in free text: found, so that it never enters an event.

Procurement texts are full of numbers that look like telephone numbers or identity codes:
notice numbers, amounts, postcodes, CPV codes. They are covered before telephone numbers
are looked for, and an identity code counts only when its date and check character do.
"""

import re
from collections.abc import Callable
from datetime import date

from pydantic import AfterValidator

CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
CENTURIES = dict.fromkeys("+", 1800) | dict.fromkeys("-YXWVU", 1900) | dict.fromkeys("ABCDEF", 2000)
DASHES = str.maketrans("‐‑‒–—−\u00a0", "------ ")

E_MAIL = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){0,4}\.[a-z]{2,24}",
    re.IGNORECASE,
)
IDENTITY_CODE = re.compile(
    r"(?<!\w)(\d\d)(\d\d)(\d\d)([-+A-FU-Y])(\d{3})([0-9A-Z])(?!\w)", re.IGNORECASE
)

HARMLESS = re.compile(
    r"""
      \b\d{6,8}-(?:19|20)\d\d\b                          # TED notice, 045123-2026
    | \b(?:19|20)\d\d(?:[-/]|/S\s)\d{3}-?\d{3,8}\b       # Hilma and OJ, 2026/S 045-123456
    | \b\d{7,8}-\d\b                                     # Y-tunnus and CPV code
    | \b\d{5}(?:(?:,?\s|\s?-\s?)\d{5})+\b                # postcodes in a row
    | \b\d{5}(?=\s[^\W\d_]{2})                           # postcode and place
    | \b(?:19|20)\d\d(?:\s?[-/]\s?(?:19|20)\d\d)+\b      # years
    | \b\d{1,2}[-.\s]\d{1,2}[-.\s](?:19|20)\d\d\b        # date
    | \+?\b\d{1,3}(?:[\s.]\d{3})+(?:,\d+)?\s?
      (?:€|%|e\b|eur|kr\b|milj|mn\b|t\b|kg|kpl|st\b|m\b|m²|m2|km|kWh|MWh|asuk|inv)  # amount
    """,
    re.VERBOSE | re.IGNORECASE,
)
TELEPHONE = re.compile(
    r"""
    (?<![\w/.,-])
    (?: (?:\+|00)(?:358|46|47|45|372|371|370|49|44)[\s-]?\(?\d(?:[\s()-]{0,2}\d){5,11}
      | \(?0(?:4\d|50)\d?\)?(?:[\s-]?\d{2,4}){2,3}       # mobile, 040 123 4567
      | \(?0(?:[235689]|1[3-9])\)?[\s-]\d{3,4}[\s-]?\d{3,4}  # area code and number
      | (?:puh|puhelinnumero|gsm|tel|tfn)\b[.:\s]{0,3}\(?\d(?:[\s()-]{0,2}\d){5,11}
    )
    (?![\w/]|-\d)
    """,
    re.VERBOSE | re.IGNORECASE,
)


def holds_e_mail(text: str) -> bool:
    """Whether an e-mail address stands in the text, ``name(at)place.fi`` included."""
    return E_MAIL.search(text) is not None


def holds_identity_code(text: str) -> bool:
    """Whether a Finnish personal identity code stands in the text."""
    return any(_is_identity_code(*found.groups()) for found in IDENTITY_CODE.finditer(text))


def holds_telephone(text: str) -> bool:
    """Whether a telephone number stands in the text."""
    return TELEPHONE.search(HARMLESS.sub("§", text)) is not None


FINDERS: dict[str, Callable[[str], bool]] = {
    "an e-mail address": holds_e_mail,
    "a personal identity code": holds_identity_code,
    "a telephone number": holds_telephone,
}


def without_personal_data(value: str) -> str:
    """
    Let a text pass that holds no e-mail address, telephone number or identity code.

    Such texts travel in events, and events are remembered.

    Raises
    ------
    ValueError
        Naming what was found; the found text itself is not repeated.
    """
    plain = value.translate(DASHES)
    for what, holds in FINDERS.items():
        if holds(plain):
            raise ValueError(f"the text holds {what}; leave personal data out")
    return plain_text(value)


def without_identity_code(value: str) -> str:
    """
    Let a text pass that holds no personal identity code, for what one person writes to another.

    Such texts travel nowhere, and a telephone number may be just what is to be told.

    Raises
    ------
    ValueError
        When a personal identity code or a NUL character stands in it; it is not repeated.
    """
    if holds_identity_code(value.translate(DASHES)):
        raise ValueError("the text holds an identity code that nobody needs; leave it out")
    return plain_text(value)


NoIdentityCode = AfterValidator(without_identity_code)
# Stands after the length in an annotation, so that only texts of allowed length are read.
NoPersonalData = AfterValidator(without_personal_data)
PUBLIC_TEXT = "text without personal data"


def plain_text(value: str) -> str:
    """
    Let a text pass that any database can keep.

    Raises
    ------
    ValueError
        When the text holds a NUL character, which PostgreSQL refuses.
    """
    if "\x00" in value:
        raise ValueError("the text holds a NUL character; plain text is accepted")
    return value


def _is_identity_code(day: str, month: str, year: str, sign: str, number: str, check: str) -> bool:
    try:
        date(CENTURIES[sign.upper()] + int(year), int(month), int(day))
    except ValueError:
        return False
    right = CHECK_CHARACTERS[int(day + month + year + number) % 31]
    # A wrong check character is a slip of the pen, unless it reads as a notice number's year.
    return right == check.upper() or not (number + check).startswith(("19", "20"))
