"""The matcher: values in, values out; the same input and seed give the same answer."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matcher.check import check_proposal
    from matcher.grouping import Grouping, form_groups
    from matcher.pool import Pool
    from matcher.text import encode_texts, explain

__all__ = ["Grouping", "Pool", "check_proposal", "encode_texts", "explain", "form_groups"]
_ROOMS = {
    "Grouping": "matcher.grouping",
    "Pool": "matcher.pool",
    "check_proposal": "matcher.check",
    "encode_texts": "matcher.text",
    "explain": "matcher.text",
    "form_groups": "matcher.grouping",
}


def __getattr__(name: str) -> Any:
    """Bring what is asked for: who reads texts needs no compiler of loops, and no second for it."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_ROOMS[name]), name)
    return found
