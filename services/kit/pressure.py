"""No new work while too much of the old waits to be sent."""

from schemas.errors import Unavailable
from services.kit.outbox import backlog
from services.kit.settings import Settings
from services.kit.store import Store


class TooMuchUnsent(Unavailable):
    """Too much waits to be sent; try again later."""

    code = "too-much-unsent"


def ensure_room(store: Store, settings: Settings) -> None:
    """
    Let a write pass while the outbox is within its limits.

    Raises
    ------
    TooMuchUnsent
        What is accepted now would only wait longer.
    """
    with store.read() as session:
        rows, age_s = backlog(session)
    if rows > settings.outbox_max_rows or age_s > settings.outbox_max_age_s:
        raise TooMuchUnsent(f"{rows} events, the oldest for {age_s:.0f} s")
