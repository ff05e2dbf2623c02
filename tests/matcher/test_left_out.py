"""Why a challenge waits: the reason that is told is the one that holds."""

from itertools import combinations

import pytest
from pools import FOUR, case, filled

from matcher.entries import ByUnit
from matcher.left_out import WhyLeftOut
from matcher.neighbours import Neighbours
from matcher.rounds import Round
from matcher.rulings import Rulings

KEYS = sorted(case("path.jsonl"))[:5]
KEY, GROUP = KEYS[0], KEYS[1:]
FI, SV, EN = 1, 2, 4


def why(masks, rulings=None):
    """Why the first of five waits, who all fit and speak what the masks say."""
    near = Neighbours(FOUR.affinity)
    near.near = {key: {} for key in KEYS}
    for one, other in combinations(KEYS, 2):
        near.near[one][other] = near.near[other][one] = 0.9
    entries = {key: filled(KEYS)._entries[key] for key in KEYS}
    for number, (entry, mask) in enumerate(zip(entries.values(), masks, strict=True)):
        entry.unit = entry.unit.model_copy(update={"id": f"U{number}"})
        entry.mask = mask
    round_ = Round(entries, near, FOUR, rulings or Rulings())
    return WhyLeftOut(round_, [GROUP], ByUnit(entries.values()))(KEY).code


@pytest.mark.parametrize(
    "others",
    [
        (SV, SV | EN, SV, SV),
        # Each has a language in common with it, and all of them together have none.
        (FI | SV, SV | EN, SV | EN, FI | SV),
    ],
)
def test_a_group_that_meets_in_another_language_is_no_decision(others):
    assert why([FI | EN, *others]) == "no-common-language"


def test_one_kept_apart_from_a_member_is_told_so_whatever_is_spoken():
    apart = Rulings(apart={frozenset((KEY, GROUP[1]))})
    assert why([FI, FI, FI, FI, FI], apart) == "kept-out"
    assert why([FI | EN, FI | SV, SV | EN, SV, SV], apart) == "kept-out"
