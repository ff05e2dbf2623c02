"""One page of the board: a long board must stay quick to open and to change."""

from math import ceil
from typing import Any
from urllib.parse import urlencode

from services.kit.forms import Form

Values = dict[str, Any]

NARROWING = ("search", "theme", "region")
"""What the board can be narrowed by."""
FILTERS = (*NARROWING, "page", "show")
"""What an address of the board may carry; ``show`` asks for the page with a proposal."""
AT_ONCE, WAITING_AT_ONCE = 24, 96
"""Proposals, and challenges that wait, on one page."""


def paged(board: Values, filters: Form) -> Values:
    """
    Keep one page of the proposals and of the unplaced, so that a page stays quick to open.

    ``page`` of the filters names it; ``show``, a proposal's id, asks for the page it is on.
    """
    every, wanted = board["proposals"], filters.text("show")
    at = next((n for n, one in enumerate(every) if one["id"] == wanted), None)
    most = max(len(every) / AT_ONCE, len(board["unplaced"]) / WAITING_AT_ONCE)
    last = max(1, ceil(most))
    now = filters.whole("page") or 1 if at is None else at // AT_ONCE + 1
    now = min(now, last)
    kept = {name: filters.text(name) for name in NARROWING if filters.text(name)}
    return {
        **board,
        "proposed": len(every),
        "waiting": len(board["unplaced"]),
        "proposals": every[(now - 1) * AT_ONCE : now * AT_ONCE],
        "unplaced": board["unplaced"][(now - 1) * WAITING_AT_ONCE : now * WAITING_AT_ONCE],
        "page_now": now,
        "page_last": last,
        "page_base": f"?{urlencode({**kept, 'page': ''})}",
    }
