from datetime import UTC, date, datetime

import pytest

from services.kit.days import day_of


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 25, 21, 59, 59, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 25, 22, 0, tzinfo=UTC), date(2026, 11, 26)),
        (datetime(2026, 6, 30, 20, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 21, 0, tzinfo=UTC), date(2026, 7, 1)),
    ],
)
def test_a_day_ends_at_midnight_in_helsinki_in_winter_and_in_summer(moment, day):
    assert day_of(moment) == day
