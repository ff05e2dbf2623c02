"""What people decided, as the pool obeys it: pins, keep-aparts, seats."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from pools import FOUR, broken, case, filled, groups, of_topic

from matcher import Pool
from matcher.neighbours import Neighbours
from matcher.rounds import Round
from matcher.rulings import Rulings


def test_members_of_a_rejected_proposal_are_not_proposed_together_again():
    pool = filled(of_topic("sote"))
    [told] = pool.propose().proposals
    pool.reject(told.id, [m.challenge_id for m in told.members])
    after = pool.propose()
    assert after.proposals == ()
    assert after.lapsed == ()
    assert {r.code for r in after.left_out.values()} == {"kept-out"}


def test_members_of_an_approved_group_are_no_longer_free():
    pool = filled()
    told = pool.propose().proposals[0]
    members = [m.challenge_id for m in told.members]
    pool.approve("g-1", told.id, members)
    after = pool.propose()
    assert told.id not in {p.id for p in after.proposals}
    assert not set(members) & set(after.left_out)
    assert after.lapsed == ()


def test_a_late_unit_is_offered_a_seat_in_the_live_group_once():
    pool = filled()
    told = pool.propose().proposals
    care = next(p for p in told if "path-05" in {m.challenge_id for m in p.members})
    pool.approve("g-1", care.id, [m.challenge_id for m in care.members])
    ((late, placed),) = case("path_late.jsonl").items()
    pool.add(*placed)
    after = pool.propose()
    assert [(group, member.challenge_id) for group, member in after.seats] == [("g-1", late)]
    assert after.seats[0][1].reasons
    assert pool.propose().seats == ()


def test_one_that_declined_is_free_again_but_not_for_that_group():
    pool = filled()
    care = frozenset(of_topic("sote"))
    told = next(p for p in pool.propose().proposals if {m.challenge_id for m in p.members} == care)
    pool.approve("g-1", told.id, care)
    pool.free("path-05", "g-1")
    after = pool.propose()
    assert after.seats == ()
    assert "path-05" in after.left_out


def test_a_pinned_challenge_stays_and_one_kept_out_does_not_come_back():
    pool = filled()
    told = {frozenset(m.challenge_id for m in p.members): p.id for p in pool.propose().proposals}
    old, new, moved = next(
        (a, b, key)
        for a in ("social", "sote", "event")
        for b in ("social", "sote", "event")
        for key in of_topic(a)
        if a != b and _may_join(key, of_topic(b))
    )
    old_id, new_id = told[frozenset(of_topic(old))], told[frozenset(of_topic(new))]
    pool.keep_out(moved, old_id)
    pool.pin(moved, new_id)
    after = {p.id: {m.challenge_id for m in p.members} for p in pool.propose().proposals}
    assert moved in after[new_id]
    pool.add(*next(iter(case("path_late.jsonl").values())))
    after = {p.id: {m.challenge_id for m in p.members} for p in pool.propose().proposals}
    assert moved in after[new_id]


def _may_join(key: str, others: Sequence[str]) -> bool:
    def spoken(k: str) -> set[str]:
        card, unit = case("path.jsonl")[k]
        return set(card.working_languages or unit.languages)

    units = {case("path.jsonl")[k][1].id for k in others}
    langs = set.intersection(*(spoken(k) for k in [key, *others]))
    return bool(langs) and case("path.jsonl")[key][1].id not in units


def test_rulings_can_be_taken_over_all_at_once():
    pool = filled(of_topic("sote"))
    told = pool.propose().proposals
    pool.decide([("apart", "path-05", "path-06"), ("seat", "path-07", "g-1")])
    pool.restore(told)
    after = pool.propose()
    assert after.proposals == ()
    assert "path-07" not in after.left_out
    pool.decide([])
    assert groups(pool.propose()) == {frozenset(of_topic("sote"))}


def test_taking_over_the_same_again_tells_nothing_new():
    pool = filled()
    rulings = [("apart", "path-13", "path-14")]
    pool.decide(rulings)
    told = pool.propose()
    pool.restore(told.proposals)
    pool.decide(rulings)
    again = pool.propose()
    assert (again.proposals, again.changed, again.lapsed) == (told.proposals, frozenset(), ())


def test_it_refuses_an_unknown_ruling():
    with pytest.raises(ValueError, match="there is no ruling 'banish'"):
        Pool().decide([("banish", "a", "b")])


def seats(found: Any) -> dict[str, list[str]]:
    return {p.id: sorted(m.challenge_id for m in p.members) for p in found.proposals}


def pinned_elsewhere(key: str, other: str, *apart: str) -> tuple[list[str], list[str], Any]:
    """Pin a member into the group of another; the group before and after, and what was found."""
    pool = filled()
    before = seats(pool.propose())
    home, to = (next(at for at, ids in before.items() if one in ids) for one in (key, other))
    for one in apart:
        pool.keep_apart(key, one)
    pool.keep_out(key, home)
    pool.pin(key, to)
    found = pool.propose()
    return before[to], seats(found).get(to, []), found


@pytest.mark.parametrize(("key", "other"), [("path-03", "path-05"), ("path-09", "path-01")])
def test_a_pin_that_the_rules_allow_puts_no_other_member_of_the_group_out(key, other):
    """One may go where the pinned has left three alone who need a fourth, at most."""
    before, after, found = pinned_elsewhere(key, other)
    gone = {*before, key} - {*after}
    assert key in after
    assert set(after) <= {*before, key}
    elsewhere = [ids for ids in seats(found).values() if ids != after]
    assert len(gone) <= 1
    for one in gone:
        assert [ids for ids in elsewhere if one in ids and len(ids) == FOUR.lower]
    assert broken(filled(), found) == []


def test_a_pin_that_one_member_cannot_sit_beside_moves_that_one_with_a_reason():
    before, after, found = pinned_elsewhere("path-08", "path-09")
    assert "path-08" in after
    (gone,) = set(before) - set(after)
    assert gone in found.left_out


@pytest.mark.parametrize("key", ["path-05", "path-02"])
def test_a_pin_that_several_stand_against_ends_no_group(key):
    before, after, found = pinned_elsewhere(key, "path-09", "path-09", "path-11", "path-12")
    assert after == before
    assert key in found.left_out or any(key in ids for ids in seats(found).values())


class Alike(Neighbours):
    """Affinities of 0.3 between all, and of none to x."""

    def inside(self, keys: Sequence[str]) -> Any:
        alike = np.array([0.3 * (key != "x") for key in keys])
        return np.minimum(alike[:, None], alike) * ~np.eye(len(keys), dtype=bool)


def test_a_pinned_stranger_makes_no_other_member_weak():
    """Four who fit just well enough stay a group whoever is pinned to them."""
    keys = ["a", "b", "c", "d", "x"]
    pinned = Round({}, Alike(FOUR.affinity), FOUR, Rulings(pins={"x": "pr-1"}))
    assert pinned.strong(keys) == keys
    unpinned = Round({}, Alike(FOUR.affinity), FOUR, Rulings())
    assert unpinned.strong(keys) == keys[:4]
