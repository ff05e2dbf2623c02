"""Named points at which a test may end the process, as a power cut would."""

import os
from collections import Counter
from functools import cache
from typing import Final

POINTS: Final = (
    "store.before_commit",
    "store.after_commit",
    "relay.before_publish",
    "relay.after_ack",
    "relay.before_commit",
    "relay.after_commit",
    "bus.mid_batch",
    "bus.before_commit",
    "bus.after_commit",
    "bus.after_commit_before_ack",
    "mail.after_send",
    "matching.before_telling",
    "matching.before_commit",
    "matching.after_commit",
)
"""Every point there is; a name outside this list is refused at start."""

EXIT_STATUS: Final = 86

_hits: Counter[str] = Counter()


def armed(text: str) -> tuple[str, int]:
    """
    Read ``name[:nth]``.

    Raises
    ------
    ValueError
        When there is no such point or ``nth`` is not a positive whole number.
    """
    name, _, nth = text.partition(":")
    if name not in POINTS or not (nth or "1").isdecimal() or nth == "0":
        raise ValueError(
            f"PIIRI_FAULT is {text!r}; accepted: one of {', '.join(POINTS)}, "
            "alone or with the number of its passing, as in relay.after_ack:3"
        )
    return name, int(nth or 1)


@cache
def _chosen() -> tuple[str, int]:
    """Read the environment once, at the first point passed."""
    text = os.environ.get("PIIRI_FAULT", "")
    return armed(text) if text else ("", 0)


def fault_point(name: str) -> None:
    """End the process here, without any clean-up, when this point is armed."""
    chosen, nth = _chosen()
    if name != chosen:
        return
    _hits[name] += 1
    if _hits[name] >= nth:
        os._exit(EXIT_STATUS)
