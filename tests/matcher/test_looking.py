"""A look at everybody beside the pool: taken up as far as it holds, and what came since stays."""

import json
from dataclasses import replace

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from pools import broken, case, filled, groups, of_topic

from matcher import Pool, check_proposal, forming
from matcher.check import check_round
from matcher.entries import ByUnit
from matcher.left_out import WhyLeftOut
from matcher.looking import Looked
from matcher.params import GroupRules
from tests.matcher.test_pool_properties import KEYS, carry_out, placed

THREE = GroupRules(lower=3)
SIX = GroupRules(lower=3, upper=6)


@pytest.fixture
def large(monkeypatch):
    """Fourteen challenges count as a large pool."""
    monkeypatch.setattr(forming, "WHOLE_UP_TO", 0)


@pytest.fixture
def taken(monkeypatch):
    """What a look found is taken up, whatever it is worth."""
    monkeypatch.setattr(forming, "LEAST_GAIN", -1e9)


def twin_of(pool):
    return Pool.restored(json.loads(json.dumps(pool.snapshot())))


def seats(found):
    return {m.challenge_id: p.id for p in found.proposals for m in p.members}


def another(look, seed=0):
    """Groups made from nothing, as if the search had found them."""
    _, new = replace(look.round, seed=seed).form(look.free, {})
    return Looked(look, {}, new)


@pytest.mark.parametrize("up_to", [0, 400])
def test_a_look_beside_finds_what_a_look_at_once_finds(monkeypatch, up_to):
    monkeypatch.setattr(forming, "WHOLE_UP_TO", up_to)
    pool = filled(rules=THREE)
    pool.propose()
    while pool.restless:
        twin = twin_of(pool)
        assert pool.take_up(pool.look().search()) == twin.propose(whole=True)
        assert pool.snapshot() == twin.snapshot()


def test_nothing_of_a_look_is_changed_by_what_comes_after_it_began(large):
    pool, twin = filled(rules=THREE), filled(rules=THREE)
    pool.propose()
    twin.propose()
    look, at_once = pool.look(), twin.look().search()
    told = pool.propose(whole=True).proposals[0]
    pool.reject(told.id, [m.challenge_id for m in told.members])
    for key in KEYS[:5]:
        pool.withdraw(key)
    pool.add(*next(iter(case("path_late.jsonl").values())))
    pool.propose(whole=False)
    found = look.search()
    assert (found.groups, found.new) == (at_once.groups, at_once.new)


def test_there_is_no_look_while_changes_wait():
    pool = filled(rules=THREE)
    assert pool.look() is None
    pool.propose()
    assert pool.look() is not None
    pool.withdraw(KEYS[0])
    assert pool.look() is None


def test_one_who_came_since_keeps_its_seat(large, taken):
    late = of_topic("sote")[0]
    pool = filled([key for key in case("path.jsonl") if key != late], THREE)
    pool.propose()
    look = pool.look()
    pool.add(*case("path.jsonl")[late])
    now = pool.propose(whole=False)
    beside = {m.challenge_id for p in now.proposals for m in p.members if p.id == seats(now)[late]}
    found = pool.take_up(Looked(look, look.before, [[*KEYS[:3]]]))
    assert broken(pool, found) == []
    assert {seats(found)[key] for key in beside - {*KEYS[:3]}} == {seats(now)[late]}


def test_what_was_found_is_taken_up_beside_one_who_came_since(large):
    """Two groups of one topic, made poorly by hand, are mended although somebody registered."""
    pool = filled(rules=SIX)
    pool.propose()
    while pool.restless:
        best = pool.propose(whole=True)
    first, second = best.proposals[:2]
    ids = [[m.challenge_id for m in p.members] for p in (first, second)]
    mixed = [[*ids[0][:-1], ids[1][-1]], [*ids[1][:-1], ids[0][-1]]]
    swapped = [
        p.model_copy(
            update={"members": tuple(member_of(best, key) for key in keys), "version": p.version}
        )
        for p, keys in zip((first, second), mixed, strict=True)
    ]
    poor = filled(rules=SIX)
    poor.restore([*swapped, *best.proposals[2:]])
    poor._forming.done()
    poor._forming.restless = True
    look = poor.look()
    found = look.search()
    assert found.is_better
    poor.add(*next(iter(case("path_late.jsonl").values())))
    poor.propose(whole=False)
    after = poor.take_up(found)
    assert all(any(group <= other for other in groups(after)) for group in groups(best))
    assert "path-15" in seats(after)


def member_of(found, key):
    return next(m for p in found.proposals for m in p.members if m.challenge_id == key)


def test_a_tenth_changed_is_due_for_a_look_and_is_kept_up_until_then(large):
    keys = list(case("path.jsonl"))
    pool = filled(keys[:12], THREE)
    assert not pool.keeps_up
    pool.propose()
    assert pool.keeps_up
    assert not pool.is_due
    for key in keys[12:]:
        pool.add(*case("path.jsonl")[key])
        assert pool.keeps_up
        pool.propose(whole=False)
    assert pool.is_due
    pool.take_up(pool.look().search())
    assert not pool.is_due
    for key in keys[:3]:
        pool.learn(case("path.jsonl")[key][1])
    assert not pool.keeps_up


def test_who_withdrew_since_does_not_come_back(large, taken):
    pool = filled(rules=THREE)
    pool.propose()
    found = another(pool.look())
    for key in of_topic("sote")[:2]:
        pool.withdraw(key)
    after = pool.take_up(found)
    assert broken(pool, after) == []
    assert not {*of_topic("sote")[:2]} & {*seats(after), *after.left_out}


def test_a_group_that_a_facilitator_changed_since_stays_as_it_is(large, taken):
    pool = filled(rules=THREE)
    pool.propose()
    found = another(pool.look())
    told = pool.propose(whole=False)
    one, other = told.proposals[:2]
    moved = one.members[0].challenge_id
    pool.keep_out(moved, one.id)
    pool.pin(moved, other.id)
    now = pool.propose(whole=False)
    after = pool.take_up(found)
    assert seats(after)[moved] == other.id
    present, then = ({p.id: p for p in each.proposals} for each in (now, after))
    assert then[other.id] == present[other.id]
    assert then.get(one.id) == present.get(one.id)


def test_a_pin_goes_before_a_seat_that_a_look_found_for_another_of_its_unit(large, taken):
    """The cap of the unit leaves room for one; somebody else came, so that the look is mended."""
    pool = filled(rules=GroupRules(lower=3, most_groups=1))
    told = pool.propose()
    pinned, other = (p.members[0].challenge_id for p in told.proposals[:2])
    unit = case("path.jsonl")[pinned][1]
    pool.revise(case("path.jsonl")[other][0].model_copy(update={"unit_id": unit.id}), unit)
    told = pool.propose(whole=False)
    assert len({pinned, other} & seats(told).keys()) == 1
    pinned, other = sorted((pinned, other), key=lambda key: key not in seats(told))
    home = seats(told)[pinned]
    pool.pin(pinned, home)
    pool.propose(whole=False)
    look = pool.look()
    groups_ = dict(sorted(look.before.items(), key=lambda item: item[0] == home))
    first = next(iter(groups_))
    groups_[first] = [*groups_[first][:-1], other]
    pool.add(*next(iter(case("path_late.jsonl").values())))
    after = pool.take_up(Looked(look, groups_, []))
    assert seats(after)[pinned] == home
    assert other not in seats(after)


def test_an_approved_group_is_not_made_again(large, taken):
    pool = filled(rules=THREE)
    told = pool.propose().proposals[0]
    found = pool.look().search()
    members = {m.challenge_id for m in told.members}
    pool.approve("g-1", told.id, members)
    after = pool.take_up(Looked(found.look, found.look.before, [[*members]]))
    assert told.id not in {p.id for p in after.proposals}
    assert members.isdisjoint(seats(after))
    assert broken(pool, after) == []


def test_a_look_is_of_no_use_after_everybody_was_looked_at_meanwhile(large):
    pool = filled(rules=THREE)
    pool.propose()
    found = another(pool.look())
    pool.withdraw(KEYS[0])
    pool.propose(whole=True)
    twin = twin_of(pool)
    after = pool.take_up(found)
    assert after.moved == ()
    assert after == twin.propose()


def test_a_look_at_a_small_pool_is_of_no_use_when_anything_changed():
    pool = filled(rules=THREE)
    pool.propose()
    found = another(pool.look())
    pool.withdraw(KEYS[0])
    twin = twin_of(pool)
    assert pool.take_up(found) == twin.propose()
    assert pool.restless


def test_what_is_worth_less_by_now_is_not_taken_up(large):
    pool = filled(rules=THREE)
    told = pool.propose()
    look = pool.look()
    for card, unit in list(case("path_late.jsonl").values())[:1]:
        pool.add(card, unit)
    now = seats(pool.propose(whole=False))
    worse = Looked(look, dict(list(look.before.items())[:1]), [])
    after = pool.take_up(worse)
    assert seats(after) == now
    assert len(told.proposals) > 1
    assert pool.restless


WHAT = ["add", "revise", "withdraw", "apart", "seat", "pin", "keep-out", "approve", "reject"]
WHAT += ["round"] * 2
BETWEEN = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "add",
                "revise",
                "withdraw",
                "apart",
                "seat",
                "pin",
                "keep-out",
                "approve",
                "reject",
                "round",
                "round",
            ]
        ),
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None, phases=[Phase.generate])
@given(
    here=st.sets(st.sampled_from(KEYS), min_size=8),
    steps=BETWEEN,
    seed=st.integers(0, 3),
    made=st.booleans(),
    kept=st.booleans(),
    most=st.sampled_from([1, 2]),
)
def test_whatever_happens_since_a_look_began_every_rule_holds(here, steps, seed, made, kept, most):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(forming, "WHOLE_UP_TO", 0)
        if made:
            patch.setattr(forming, "LEAST_GAIN", -1e9)
        pool = Pool(GroupRules(lower=3, upper=5, most_groups=most))
        cards = {key: placed()[key][0] for key in sorted(here)}
        for key in cards:
            pool.add(*placed()[key])
        told = pool.propose()
        look = pool.look()
        found = another(look, seed) if made else look.search()
        known = Decided()
        for what, key, other in steps:
            told = known.carry_out(pool, cards, told, (what, key, other))
        twin = twin_of(pool) if kept else None
        after = pool.take_up(found)
        if twin is not None:
            assert twin.take_up(found) == after
            assert twin.snapshot() == pool.snapshot()
        known.check(pool, cards, after)
        quiet = pool.propose(whole=False)
        assert quiet.seats or quiet.proposals == after.proposals
        pool.withdraw(min(cards, default=""))
        cards.pop(min(cards, default=""), None)
        known.check(pool, cards, pool.propose(whole=False))


class Decided:
    """What people decided meanwhile, and whether it is kept to."""

    def __init__(self):
        self.apart, self.kept_out, self.seats = set(), set(), {}

    def carry_out(self, pool, cards, told, step):
        what, key, other = step
        at, to = seats(told).get(key), seats(told).get(other)
        proposal = next((p for p in told.proposals if p.id == to), None)
        if what in ("add", "revise", "withdraw", "apart", "seat"):
            if what == "seat" and key in cards:
                self.seats[key] = "g-1"
            if what == "apart" and key != other:
                self.apart.add(frozenset((key, other)))
            carry_out(pool, cards, step)
        elif what == "pin" and to is not None and key in cards and key not in self.seats:
            pool.pin(key, to)
            self.kept_out.discard((to, key))
        elif what == "keep-out" and at is not None:
            pool.keep_out(key, at)
            self.kept_out.add((at, key))
        elif what in ("approve", "reject") and proposal is not None:
            members = [m.challenge_id for m in proposal.members]
            if what == "approve":
                pool.approve(f"g-{proposal.id}", proposal.id, members)
                self.seats |= dict.fromkeys(members, proposal.id)
            else:
                pool.reject(proposal.id, members)
                self.apart |= {frozenset((a, b)) for a in members for b in members if a != b}
            return told.__class__(tuple(p for p in told.proposals if p is not proposal), (), {}, ())
        elif what == "round":
            return pool.propose(whole=False)
        return told

    def check(self, pool, cards, found):
        units = {unit.id: unit for _, unit in placed().values()}
        for proposal in found.proposals:
            rules = check_proposal(
                proposal, cards, units, pool.rules,
                apart=self.apart, kept_out=self.kept_out, seats=self.seats,
            )  # fmt: skip
            assert rules == []
        assert check_round(found.proposals, pool.rules) == []
        live = set(pool._rulings.seats)
        assert set(cards) - live == {*seats(found), *found.left_out}
        assert not {*seats(found)} & {*found.left_out}
        units = ByUnit(pool._entries.values())
        why = WhyLeftOut(pool._round(), [[*group] for group in groups(found)], units)
        assert found.left_out == {key: why(key) for key in found.left_out}
