"""A unit that had too many seats is done with: no search fills them again."""

from collections import Counter
from itertools import combinations

from pools import case, filled

from matcher import caps
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
