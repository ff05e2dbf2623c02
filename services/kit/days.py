"""Which day it is: deadlines and territories end at midnight in Helsinki, not in Greenwich."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def day_of(moment: datetime) -> date:
    """Return the day a moment belongs to in Helsinki."""
    return moment.astimezone(HELSINKI).date()


def start_of(day: date) -> datetime:
    """Return the moment at which a day begins in Helsinki."""
    return datetime.combine(day, time(), HELSINKI).astimezone(UTC)


def today() -> date:
    """Return the day it is in Helsinki."""
    return day_of(datetime.now(UTC))
