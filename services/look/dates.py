"""Days, moments and numbers as the three languages write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_time
from babel.numbers import format_decimal, format_percent

from schemas.codes import Language

HELSINKI = ZoneInfo("Europe/Helsinki")

# Babel's own short forms are ISO in Swedish and lack "klo" in Finnish.
DAYS: dict[Language, str] = {"fi": "d.M.y", "sv": "d.M.y", "en": "d MMMM y"}
MOMENTS: dict[Language, str] = {
    "fi": "d.M.y 'klo' H.mm",
    "sv": "d.M.y 'kl.' H:mm",
    "en": "d MMMM y, HH:mm",
}
CLOCKS: dict[Language, str] = {"fi": "'klo' H.mm", "sv": "'kl.' H:mm", "en": "HH:mm"}


def day(value: date, lang: Language) -> str:
    """Write a day, 3.11.2026; a moment is the day it is in Helsinki."""
    if isinstance(value, datetime):
        value = value.astimezone(HELSINKI).date()
    return format_date(value, DAYS[lang], locale=lang)


def moment(value: datetime, lang: Language) -> str:
    """Write a moment of Helsinki's time, 3.11.2026 klo 14.05."""
    return format_datetime(value, MOMENTS[lang], tzinfo=HELSINKI, locale=lang)


def clock(value: datetime, lang: Language) -> str:
    """Write a time of day in Helsinki, klo 14.05."""
    return format_time(value, CLOCKS[lang], tzinfo=HELSINKI, locale=lang)


def number(value: float, lang: Language) -> str:
    """Write a number with the language's separators, at most one decimal."""
    return format_decimal(value, "#,##0.#", locale=lang)


def percent(share: float, lang: Language) -> str:
    """Write a share of one as whole per cent, 84 %."""
    return format_percent(share, locale=lang)
