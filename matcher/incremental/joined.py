"""What became of one challenge, in words."""

from typing import NamedTuple

from matcher.incremental import placing

HOW = {
    placing.SEAT: "seat",
    placing.CHAIN: "chain",
    placing.NEW: "new",
    placing.SPLIT: "split",
    placing.CAP: "unit-cap",
    placing.NOTHING: "nothing-shared",
    placing.BELOW: "below-threshold",
    placing.BARRED: "kept-out",
    placing.FULL: "groups-full",
    placing.FEW: "too-few-peers",
}
"""Ways of taking one in, and reasons to wait, in the codes of ``matcher.reasons``."""


class Joined(NamedTuple):
    """What became of one challenge."""

    how: str
    """``seat``, ``chain``, ``new``, ``split``; or the code of the reason why it waits."""
    group: int
    """Its group, -1 when it waits."""
    gain: float
    moved: tuple[tuple[int, int, int], ...] = ()
    """Others that moved: item, the group it was in or -1, the group it is in now or -1."""
