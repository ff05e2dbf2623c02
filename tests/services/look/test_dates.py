from datetime import UTC, date, datetime

import pytest

from services.look import dates

EVENING = datetime(2026, 11, 3, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lang", "day", "moment", "percent", "number"),
    [
        ("fi", "3.11.2026", "4.11.2026 klo 0.05", "84 %", "1 234,5"),
        ("sv", "3.11.2026", "4.11.2026 kl. 0:05", "84 %", "1 234,5"),
        ("en", "3 November 2026", "4 November 2026, 00:05", "84%", "1,234.5"),
    ],
)
def test_days_moments_and_numbers_are_written_as_the_language_does(
    lang, day, moment, percent, number
):
    assert dates.day(date(2026, 11, 3), lang) == day
    assert dates.moment(EVENING, lang) == moment
    assert dates.percent(0.84, lang).replace("\u00a0", " ") == percent
    assert dates.number(1234.5, lang).replace("\u00a0", " ") == number


def test_a_moment_is_the_day_it_is_in_helsinki():
    assert dates.day(EVENING, "fi") == "4.11.2026"


def test_the_clock_follows_summer_time():
    assert dates.clock(datetime(2026, 7, 1, 9, 0, tzinfo=UTC), "fi") == "klo 12.00"
