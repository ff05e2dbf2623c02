"""One page of the board: a long board must stay quick to open and to change."""

from math import ceil
from typing import Any, NamedTuple
from urllib.parse import urlencode

from services.groups.standing import Standing
from services.kit.forms import Form

Values = dict[str, Any]

NARROWING = ("search", "theme", "region")
"""What the board can be narrowed by."""
FILTERS = (*NARROWING, "page", "show")
"""What an address of the board may carry; ``show`` asks for the page with a proposal."""
AT_ONCE, WAITING_AT_ONCE = 24, 96
"""Proposals, and challenges that wait, on one page."""


class Page(NamedTuple):
    """The keys of what one page shows, and what it says of the others."""

    proposals: list[str]
    unplaced: list[str]
    said: Values


def narrowed(filters: Form) -> dict[str, str]:
    """Return what the board is narrowed by."""
    return {name: filters.text(name) for name in NARROWING if filters.text(name)}


def page_of(found: Standing, filters: Form) -> Page:
    """
    Choose one page of the proposals and of the unplaced, before anything is read of them.

    ``page`` of the filters names it; ``show``, a proposal's id, asks for the page it is on.
    """
    every, wanted = [one.id for one in found.proposals], filters.text("show")
    most = max(len(every) / AT_ONCE, len(found.unplaced) / WAITING_AT_ONCE)
    last = max(1, ceil(most))
    now = every.index(wanted) // AT_ONCE + 1 if wanted in every else filters.whole("page") or 1
    now = min(now, last)
    kept = narrowed(filters)
    return Page(
        every[(now - 1) * AT_ONCE : now * AT_ONCE],
        found.unplaced[(now - 1) * WAITING_AT_ONCE : now * WAITING_AT_ONCE],
        {
            "proposed": len(every),
            "waiting": len(found.unplaced),
            "narrowed": bool(kept),
            "page_now": now,
            "page_last": last,
            "page_base": f"?{urlencode({**kept, 'page': ''})}",
        },
    )
