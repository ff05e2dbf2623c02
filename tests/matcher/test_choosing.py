"""Groups of several searches are put together to what is worth most, by every rule."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from pools import case, filled

from matcher.choosing import gain, put_together
from matcher.forming import Forming
from matcher.neighbours import Neighbours
from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.rounds import Round, worth
from matcher.rulings import Rulings
from matcher.searches import FEW
from tests.matcher.test_elsewhere import samples

RULES = GroupRules(lower=3, upper=3, giver=0.0, move_penalty=0.5)
KEYS = sorted(case("path.jsonl"))[:9]


def a_round(seed=0, units=None, rules=RULES, rulings=None):
    """Nine challenges with affinities by lot; each of a unit of its own unless they are told."""
    rng = np.random.default_rng(seed)
    near = Neighbours(rules.affinity)
    near.near = {key: {} for key in KEYS}
    for one, other in combinations(KEYS, 2):
        near.near[one][other] = near.near[other][one] = float(rng.uniform(0.3, 0.9))
    entries = {key: filled(KEYS)._entries[key] for key in KEYS}
    for number, entry in enumerate(entries.values()):
        unit = number if units is None else units[number]
        entry.unit = entry.unit.model_copy(update={"id": f"U{unit}"})
    return Round(entries, near, rules, rulings or Rulings())


def searches(seed=0):
    """Four ways of making three groups of nine."""
    rng = np.random.default_rng(seed)
    orders = [rng.permutation(KEYS).tolist() for _ in range(4)]
    return [({}, [order[at : at + 3] for at in (0, 3, 6)]) for order in orders]


@pytest.mark.parametrize("seed", range(5))
def test_no_choice_of_disjoint_groups_is_worth_more(seed):
    round_, found = a_round(seed), searches(seed)
    groups = [ids for _, new in found for ids in new]
    best = max(
        worth(round_, some)
        for number in (1, 2, 3)
        for some in combinations(groups, number)
        if len({key for ids in some for key in ids}) == 3 * number
    )
    kept, new = put_together(round_, found, {})
    assert kept == {}
    assert worth(round_, new) == pytest.approx(best)


def test_a_unit_is_in_no_more_groups_than_it_may_be():
    units = [0, 1, 2, 0, 3, 4, 0, 5, 6]
    rules = RULES.model_copy(update={"most_groups": 2})
    found = [({}, [KEYS[:3], KEYS[3:6]]), ({}, [KEYS[6:]])]
    _, new = put_together(a_round(units=units, rules=rules), found, {})
    assert len(new) == 2
    seated = Rulings(seats={KEYS[0]: "gr-1"})
    _, new = put_together(a_round(units=units, rules=rules, rulings=seated), found, {})
    assert len(new) == 1


def test_moves_are_paid_for_and_names_go_with_most_members():
    round_ = a_round()
    before = {"pr-1": KEYS[:3], "pr-2": KEYS[3:6]}
    costly = RULES.model_copy(update={"move_penalty": 100.0})
    found = [(before, []), *searches()]
    kept, _ = put_together(a_round(rules=costly), found, before)
    assert kept == before
    free = RULES.model_copy(update={"move_penalty": 0.0})
    kept, new = put_together(a_round(rules=free), found, before)
    assert worth(round_, [*kept.values(), *new]) >= worth(round_, before.values())
    for name, ids in kept.items():
        most = max(len({*ids} & {*before[other]}) for other in before)
        assert len({*ids} & {*before[name]}) in range(1, most + 1)


def test_what_is_gained_is_what_is_worth_more_less_the_moves():
    round_ = a_round()
    before = {"pr-1": KEYS[:3]}
    assert gain(round_, (before, []), before) == 0
    more = worth(round_, [KEYS[3:6]])
    assert gain(round_, (before, [KEYS[3:6]]), before) == pytest.approx(more)
    changed = [KEYS[0], KEYS[1], KEYS[3]]
    moved = worth(round_, [changed]) - worth(round_, [KEYS[:3]]) - RULES.move_penalty
    assert gain(round_, ({"pr-1": changed}, []), before) == pytest.approx(moved)


def test_where_somebody_decided_who_is_in_a_proposal_nothing_is_put_together():
    before = {"pr-1": KEYS[:3]}
    for rulings in (Rulings(pins={KEYS[0]: "pr-1"}), Rulings(kept_out={("pr-1", KEYS[5])})):
        assert put_together(a_round(rulings=rulings), searches(), before) is None
    gone = Rulings(pins={KEYS[0]: "pr-9"})
    assert put_together(a_round(rulings=gone), searches(), before) is not None


def test_nothing_is_put_together_from_nothing():
    assert put_together(a_round(), [({}, [])], {}) is None


def test_the_sample_challenges_come_to_more_groups_than_one_search_finds():
    pool = Pool()
    for card, unit in samples().values():
        pool.add(card, unit)
    pool._settle()
    free = pool._free()
    assert len(free) > FEW
    more = []
    for seed in range(4):
        round_ = replace(pool._round(), seed=seed)
        _, one = round_.form(sorted(free), {})
        _, best = Forming(changed=set(free)).form(round_, free, {}, None)
        more.append(worth(round_, best) - worth(round_, one))
    assert min(more) >= -1e-9
    assert max(more) > 0.01
    held = Counter(pool._entries[key].unit.id for ids in best for key in ids)
    assert max(held.values()) <= pool.rules.most_groups
    members = [key for ids in best for key in ids]
    assert len(members) == len(set(members))
