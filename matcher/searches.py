"""Groups of everybody at once: from nothing, or better ones from where the present ones are."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from matcher.choosing import Found, gain, put_together
from matcher.rounds import Members, Round

WHOLE_UP_TO = 400
"""Free challenges up to which every round looks at all of them."""
LEAST_GAIN = 1e-6
"""What better groups must be worth more, so that no rounding moves anybody."""
FEW = 40
"""Free challenges up to which one search is made of many runs already."""
STARTS, LARGE_STARTS = 6, 3
"""
Searches of a pool that has no groups yet, small or larger: groups that start well are those that
later changes leave whole.
"""
SEVERAL_UP_TO = 3_000
"""Free challenges up to which the first groups come of several searches: a second each."""
TRIES, TRIES_OF_FEW = 2, 4
"""
Searches of a small pool when nothing has changed, from its groups and from nothing.

Of more than ``FEW`` each is made of several already.
"""


def anew(round_: Round, free: list[str], before: Members) -> Found:
    """Groups from where the present ones are; from nothing, the best of several searches."""
    if before or not FEW < len(free) <= SEVERAL_UP_TO:
        return round_.form(free, before)
    starts = STARTS if len(free) <= WHOLE_UP_TO else LARGE_STARTS
    found = [each.form(free, {}) for each in _by_seeds(round_, starts)]
    return _best(round_, [*found, put_together(round_, found, {})], {}, -np.inf) or found[0]


def better(round_: Round, free: list[str], before: Members) -> Found:
    """The best of some searches, if it is worth more than the present groups and the moves."""
    if len(free) > WHOLE_UP_TO:
        found = [round_.form(free, before)]
    else:
        few = len(free) <= FEW
        seeds = _by_seeds(round_, TRIES_OF_FEW if few else TRIES)
        found = [each.form(free, before) for each in seeds]
        if not few:
            other = [each.form(free, {}) for each in seeds]
            found.append(put_together(round_, [(before, []), *found, *other], before) or found[0])
    return _best(round_, found, before, LEAST_GAIN) or (before, [])


def _by_seeds(round_: Round, number: int) -> list[Round]:
    return [replace(round_, seed=round_.seed + turn) for turn in range(number)]


def _best(
    round_: Round, found: Sequence[Found | None], before: Members, least: float
) -> Found | None:
    """The first of those that gain most, None when none gains more than the least."""
    best, most = None, least
    for one in found:
        if one is not None and (more := gain(round_, one, before)) > most:
            best, most = one, more
    return best
