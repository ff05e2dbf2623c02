"""A unit that had too many seats is done with: no search fills them again."""

from collections import Counter
from itertools import combinations

import numpy as np
from pools import case, filled
from scipy import sparse

from matcher import caps
from matcher.caps import Limits, within
from matcher.grouping.problem import Problem
from matcher.grouping.solve import solve
from matcher.neighbours import Neighbours
from matcher.params import GroupRules
from matcher.rounds import Round
from matcher.rulings import Rulings

RULES = GroupRules(lower=5, upper=5, giver=0.0, most_groups=2)


def test_who_waits_of_a_full_unit_is_searched_for_no_seat(monkeypatch):
    """Four units with six challenges and one with three, all alike: three groups at first."""
    model = case("path.jsonl")["path-01"]
    entry = filled(["path-01"])._entries["path-01"]
    keys = [f"c{at:02}" for at in range(27)]
    units = [f"U{at % 4}" for at in range(24)] + ["U4"] * 3
    entries = {}
    for key, unit in zip(keys, units, strict=True):
        card = model[0].model_copy(update={"id": key})
        other = model[1].model_copy(update={"id": unit})
        entries[key] = type(entry)(card, other, entry.need, entry.offer)
    near = Neighbours(RULES.affinity)
    near.near = {key: {} for key in keys}
    for one, other in combinations(keys, 2):
        near.near[one][other] = near.near[other][one] = 0.9
    searched = []

    def noted(problem, **how):
        searched.append(problem.n)
        return solve(problem, **how)

    monkeypatch.setattr(caps, "solve", noted)
    _, groups = Round(entries, near, RULES, Rulings()).form(keys, {})
    assert searched == [27, 10]
    assert [len(ids) for ids in groups] == [5, 5]
    seats = Counter(entries[key].unit.id for ids in groups for key in ids)
    assert set(seats.values()) == {2}


def test_what_is_known_of_more_groups_than_there_are_slots_left_is_let_go(monkeypatch):
    """Nine groups of five, each with a challenge of one unit that may be in one group only."""
    blocks = np.kron(np.eye(9), np.full((5, 5), 0.9)) * (1 - np.eye(45))
    ones = np.ones(45)
    pool = Problem(sparse.csr_array(blocks), 5.0, 5.0, ones, ones, brief=True)
    unit = np.where(np.arange(45) % 5 == 0, 0, np.arange(45))
    room = np.ones(45)
    handed = []

    def noted(problem, **how):
        handed.append((how["known"], problem.slot_count()))
        return solve(problem, **how)

    monkeypatch.setattr(caps, "solve", noted)
    labels = within(pool, Limits(unit, room), seed=0)
    assert handed[0] == (None, 9)
    known, slots = handed[1]
    assert slots == 7
    assert max(known) < slots
    assert (known >= 0).any()
    placed = labels[labels >= 0]
    assert set(np.bincount(placed).tolist()) <= {0, 5}
    assert np.count_nonzero(labels[unit == 0] >= 0) == 1
