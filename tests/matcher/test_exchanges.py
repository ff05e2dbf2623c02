"""Swaps that both want are made, others are not."""

from dataclasses import replace
from itertools import combinations

from pools import case, filled

from matcher.exchanges import exchanged
from matcher.neighbours import Neighbours
from matcher.params import GroupRules
from matcher.rounds import Round
from matcher.rulings import Rulings

RULES = GroupRules(lower=3, upper=3)
KEYS = sorted(case("path.jsonl"))[:6]
A, B = KEYS[:3], KEYS[3:]


def a_round(affinities, rulings=None):
    """A round in which everybody is near, with the affinities that are given."""
    near = Neighbours(RULES.affinity)
    near.near = {key: {} for key in KEYS}
    for one, other in combinations(KEYS, 2):
        value = affinities.get((one, other), affinities.get((other, one), 0.4))
        near.near[one][other] = near.near[other][one] = value
    entries = {key: filled(KEYS)._entries[key] for key in KEYS}
    for number, entry in enumerate(entries.values()):
        entry.mask = 1
        entry.unit = entry.unit.model_copy(update={"id": f"U{number}"})
    return Round(entries, near, RULES, rulings or Rulings())


CROSSED = {(A[0], B[1]): 0.9, (A[0], B[2]): 0.9, (B[0], A[1]): 0.9, (B[0], A[2]): 0.9}


def test_two_who_would_both_gain_change_places():
    kept, new = exchanged(a_round(CROSSED), {"pr-1": A}, [B])
    assert set(kept["pr-1"]) == {B[0], *A[1:]}
    assert [set(ids) for ids in new] == [{A[0], *B[1:]}]


def test_one_who_alone_would_gain_stays():
    wish = {(A[0], B[1]): 0.9, (A[0], B[2]): 0.9}
    given = {"pr-1": A, "pr-2": B}
    assert exchanged(a_round(wish), given, []) == (given, [])


def test_who_is_pinned_or_kept_out_does_not_change_places():
    for rulings in (Rulings(pins={A[0]: "pr-1"}), Rulings(kept_out={("pr-2", A[0])})):
        kept, _ = exchanged(a_round(CROSSED, rulings), {"pr-1": A, "pr-2": B}, [])
        assert A[0] in kept["pr-1"]
        assert sorted(map(len, kept.values())) == [3, 3]


def test_a_groups_only_giver_is_not_taken_away_from_it():
    def swapped(*givers, rules=RULES):
        round_ = a_round(CROSSED)
        for key, entry in round_.entries.items():
            maturity = 5 if key in givers else 1
            entry.card = entry.card.model_copy(update={"maturity": maturity})
        kept, _ = exchanged(replace(round_, rules=rules), {"pr-1": A, "pr-2": B}, [])
        return A[0] not in kept["pr-1"]

    assert not swapped(A[0])
    assert not swapped(A[0], B[1])
    assert not swapped(B[0])
    assert swapped(A[0], B[0]), "one comes for the other"
    assert swapped(A[0], A[1]), "another one stays"
    assert swapped(A[1])
    assert swapped(A[0], rules=RULES.model_copy(update={"giver": 0.0})), "nobody is asked for one"


def test_nobody_comes_beside_one_that_it_is_kept_apart_from():
    rulings = Rulings(apart={frozenset((A[0], key)) for key in B[1:]})
    given = {"pr-1": A, "pr-2": B}
    assert exchanged(a_round(CROSSED, rulings), given, []) == (given, [])


def test_nobody_swaps_into_a_group_without_a_language_in_common():
    round_ = a_round(CROSSED)
    for key in B[1:]:
        round_.entries[key].mask = 2
    round_.entries[B[0]].mask = 3
    given = {"pr-1": A, "pr-2": B}
    assert exchanged(round_, given, []) == (given, [])


def test_a_swap_that_leaves_somebody_who_does_not_belong_is_not_made():
    """Both would gain; but whom one leaves behind would be given up, and the group with it."""
    leaving = {(A[0], B[1]): 0.9, (A[0], B[2]): 0.9, (A[0], A[2]): 0.9}
    coming = {(B[0], A[1]): 0.9, (B[0], A[2]): 0.0, (A[1], A[2]): 0.03}
    given = {"pr-1": A, "pr-2": B}
    rulings = Rulings(kept_out={("pr-2", A[1]), ("pr-2", A[2])})
    assert exchanged(a_round(leaving | coming, rulings), given, []) == (given, [])
    alike = {(A[1], A[2]): 0.4, (B[0], A[2]): 0.4}
    kept, _ = exchanged(a_round(leaving | coming | alike, rulings), given, [])
    assert B[0] in kept["pr-1"]
