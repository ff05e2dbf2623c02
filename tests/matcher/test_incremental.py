"""The core of single registrations: what it says is so, and the rules hold after anything."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from invented_items import one, population

from matcher.affinity import affinities as twin
from matcher.affinity import traits_of
from matcher.entries import Entry
from matcher.incremental import (
    Core,
    Item,
    Row,
    affinity,
    index,
    placing,
    rules,
    search,
    warm,
    weighing,
)
from matcher.params import AffinityWeights, GroupRules
from matcher.text import features
from schemas.challenges import ChallengeCard
from schemas.codes import MeetingMode, SizeClass, Stage, UnitKind
from schemas.units import UnitProfile

RULES = GroupRules(lower=3, upper=5, most_groups=3, move_penalty=0.4)
COLUMNS = 2000
N = 120


def a_core(n=0, rules=RULES, dense=0, offers=False, **kw):
    texts, items, _ = population(N, columns=COLUMNS, dense=dense, offers=offers)
    core = Core(rules, columns=COLUMNS, indexed=COLUMNS, dense=dense, **kw)
    for i in range(n):
        core.add(one(texts, items, i))
    return core, texts, items


def score(core):
    """The objective from scratch."""
    total = 0.0
    for members in core.groups().values():
        for place, key in enumerate(members[1:], 1):
            total += float((core.affinity(key, members[:place]) - core.rules.threshold).sum())
    return total


def givers(core, items_at):
    groups = core.groups().values()
    return core.rules.giver * sum(any(items_at[key].giver for key in ids) for ids in groups)


def broken(core, items_at, apart=()):
    """Rules that do not hold, looked at without the core's own tests."""
    held = Counter()
    for group, ids in core.groups().items():
        units = [items_at[key].unit for key in ids]
        common = np.bitwise_and.reduce([items_at[key].mask for key in ids])
        held.update(units)
        if not core.rules.lower <= len(ids) <= core.rules.upper:
            yield f"size {len(ids)} of {group}"
        if len(set(units)) < len(units):
            yield f"one unit twice in {group}"
        if not common:
            yield f"no common language in {group}"
        if any({a, b} <= set(ids) for a, b in apart):
            yield f"kept apart, together in {group}"
        if any(core.group_of(key) != group for key in ids):
            yield f"labels of {group}"
    for unit, count in held.items():
        if count > core.rules.most_groups:
            yield f"unit {unit} in {count}"


@pytest.mark.parametrize("site", [MeetingMode.ONSITE, MeetingMode.REMOTE])
def test_its_affinity_is_that_of_the_twin(site):
    texts, items, _ = population(N, columns=COLUMNS, dense=8, offers=True)
    weights = AffinityWeights()
    if site is MeetingMode.REMOTE:
        items.on_site[:] = 0
    core = Core(RULES, columns=COLUMNS, indexed=COLUMNS, dense=8)
    core.load(texts, items, np.full(N, -1))
    traits = traits_of([_entry(items, i) for i in range(N)])
    rows = np.zeros((2 * N, COLUMNS + 8), np.float64)
    for a in range(2 * N):
        held = slice(texts.start[a], texts.start[a] + texts.length[a])
        rows[a, texts.columns[held]] = texts.weights[held]
        rows[a, COLUMNS:] = texts.dense[a]
    products = rows @ rows.T
    for i in range(0, N, 7):
        met = np.full(N, np.nan)
        for j in range(N):
            ways = []
            if items.offer[j] >= 0:
                ways.append(products[i, N + j])
            if items.offer[i] >= 0:
                ways.append(products[N + i, j])
            met[j] = max(ways, default=np.nan)
        one, others = np.full(N, i), np.arange(N)
        wanted = twin(traits, one, others, products[i, :N], met, weights)
        assert core.affinity(i, range(N)) == pytest.approx(wanted, abs=1e-5)


def _entry(items, i):
    lat, lon = np.degrees(items.place[i]).tolist()
    unit = UnitProfile(
        id=f"U{items.unit[i]}",
        name={"fi": "Yksikkö"},
        kind=tuple(UnitKind)[items.kind[i]],
        size_class=tuple(SizeClass)[items.size[i]],
        regions=("06",),
        languages=("fi",),
        location={"lat": lat, "lon": lon},
    )
    card = ChallengeCard(
        id=f"c{i}",
        unit_id=unit.id,
        title="Siivous",
        text="Siivouspalvelujen kilpailutus ja laatu",
        registered_at="2026-01-01T00:00:00Z",
        stage=tuple(Stage)[items.stage[i]],
        maturity=int(items.maturity[i]),
        meeting_mode=MeetingMode.ONSITE if items.on_site[i] else MeetingMode.REMOTE,
    )
    made = Entry(card, unit, features("siivous", "fi"), None)
    made.mask = int(items.mask[i])
    return made


def test_it_finds_the_nearest_there_are_when_the_budget_allows():
    core, _, _ = a_core(N, budget=100_000)
    for key in range(0, N, 5):
        others = [other for other in range(N) if other != key]
        values = core.affinity(key, others)
        found = core.near(key, 8)
        best = sorted(values[values > 0], reverse=True)[:8]
        assert [value for _, value in found] == pytest.approx(best)


def test_a_merge_changes_no_answer():
    core, _, _ = a_core(N, budget=100_000)
    before = [core.near(key, 8) for key in range(N)], core.groups()
    assert core.waiting == N
    core.merge()
    assert core.waiting == 0
    assert core.groups() == before[1]
    for key in range(N):
        assert dict(core.near(key, 8)) == pytest.approx(dict(before[0][key]))


def test_each_gain_is_what_the_score_rose_by():
    texts, items, _ = population(N, columns=COLUMNS)
    core, items_at, hows = Core(RULES, columns=COLUMNS, indexed=COLUMNS), {}, Counter()
    for i in range(N):
        before = score(core) + givers(core, items_at)
        items_at[i] = one(texts, items, i)
        key, joined = core.add(items_at[i])
        assert key == i
        hows[joined.how] += 1
        rose = score(core) + givers(core, items_at) - before
        if joined.how == "chain":
            rose -= RULES.move_penalty
        if joined.how != "split":  # a split counts no givers, and the price of every move
            assert joined.gain == pytest.approx(rose, abs=1e-5)
        assert (joined.group >= 0) == (joined.gain > 0)
    assert {"seat", "new", "chain"} <= set(hows)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "revise", "withdraw", "free", "merge", "apart"]),
        st.integers(0, N - 1),
        st.integers(0, N - 1),
    ),
    min_size=30,
    max_size=90,
)


@settings(max_examples=25, deadline=None)
@given(STEPS, st.integers(0, 40))
def test_after_any_sequence_the_rules_hold_and_a_restored_core_goes_on_alike(steps, first):
    texts, items, _ = population(N, columns=COLUMNS)
    core = Core(RULES, columns=COLUMNS, indexed=COLUMNS)
    items_at = {}
    for i in range(first):
        items_at[core.add(one(texts, items, i))[0]] = one(texts, items, i)
    apart = set()
    for what, place, other in steps:
        step(core, items_at, apart, what, place, one(texts, items, other))
        assert list(broken(core, items_at, apart)) == []
    twin_core = Core(RULES, columns=COLUMNS, indexed=COLUMNS)
    twin_core.restore(core.snapshot())
    for i in range(N - 20, N):
        assert twin_core.add(one(texts, items, i)) == core.add(one(texts, items, i))
    assert twin_core.groups() == core.groups()
    assert len(twin_core) == len(core)


def step(core, items_at, apart, what, place, item):
    keys = sorted(items_at)
    key = keys[place % len(keys)] if keys else -1
    if what == "add":
        items_at[core.add(item)[0]] = item
    elif what == "merge":
        core.merge()
    elif key < 0:
        return
    elif what == "withdraw":
        core.withdraw(key)
        del items_at[key]
        assert key not in core
    elif what == "revise":
        del items_at[key]
        items_at[core.revise(key, item)[0]] = item
    elif what == "free":
        core.free(key)
    elif what == "apart":
        other = keys[(place + 1) % len(keys)]
        if other != key and (core.group_of(key) < 0 or core.group_of(key) != core.group_of(other)):
            apart.add((min(key, other), max(key, other)))
            core.decide(apart=apart)


def test_who_moved_is_told():
    texts, items, _ = population(N, columns=COLUMNS)
    core = Core(RULES, columns=COLUMNS, indexed=COLUMNS)
    at = {}
    for i in range(N):
        before = dict(at)
        key, joined = core.add(one(texts, items, i))
        at = {k: core.group_of(k) for k in range(i + 1)}
        changed = {k: (before[k], at[k]) for k in before if before[k] != at[k]}
        assert {k: (a, b) for k, a, b in joined.moved} == changed
        assert at[key] == joined.group
    for key in range(0, N, 3):
        before = {k: g for k, g in at.items() if k != key}
        moved = core.withdraw(key)
        at = {k: core.group_of(k) for k in before}
        changed = {k: (before[k], at[k]) for k in before if before[k] != at[k]}
        assert {k: (a, b) for k, a, b in moved} == changed


def test_a_pinned_item_is_not_moved_and_one_kept_out_does_not_come():
    texts, items, _ = population(N, columns=COLUMNS)
    core = Core(RULES, columns=COLUMNS, indexed=COLUMNS)
    for i in range(60):
        core.add(one(texts, items, i))
    homes = {key: core.group_of(key) for key in range(60) if core.group_of(key) >= 0}
    core.decide(pinned=homes)
    for i in range(60, N):
        core.add(one(texts, items, i))
    assert {key: core.group_of(key) for key in homes} == homes
    key, group = next(iter(homes.items()))
    core.decide(kept_out=[(group, key)])
    core.free(key)
    core.join(key)
    assert core.group_of(key) != group


def test_a_unit_that_is_in_live_groups_elsewhere_counts_them():
    texts, items, _ = population(N, columns=COLUMNS)
    core = Core(RULES, columns=COLUMNS, indexed=COLUMNS)
    core.hold({int(unit): RULES.most_groups for unit in items.unit})
    for i in range(N):
        _, joined = core.add(one(texts, items, i))
        assert joined.how == "unit-cap"
    core.hold({})
    assert core.join(0).how != "unit-cap"


def test_a_full_run_is_taken_over():
    core, _, _ = a_core(N)
    groups = core.groups()
    wanted = {key: number for number, ids in enumerate(groups.values()) for key in ids[:3]}
    core.adopt(wanted)
    assert {key: core.group_of(key) for key in wanted} == wanted
    assert sum(map(len, core.groups().values())) == len(wanted)
    with pytest.raises(ValueError, match="a group has 120 members, at most 5"):
        core.adopt(dict.fromkeys(range(N), 0))


def test_it_refuses_to_withdraw_what_is_not_there():
    core, _, _ = a_core(3)
    core.withdraw(1)
    for key in (1, 99):
        with pytest.raises(ValueError, match=f"there is no item {key}"):
            core.withdraw(key)


def test_it_grows_as_far_as_need_be():
    texts, items, _ = population(3000, columns=COLUMNS)
    core = Core(RULES, columns=COLUMNS, indexed=COLUMNS)
    items_at = {i: one(texts, items, i) for i in range(3000)}
    for i in range(3000):
        core.add(items_at[i])
    assert len(core) == 3000
    assert list(broken(core, items_at)) == []


def same(n, **changes):
    """So many items alike, each of a unit of its own; of them the last ``changes``."""
    text = Row(np.array([3], np.int32), np.ones(1, np.float32), np.zeros(0, np.float32))
    made = [Item(text, unit, maturity=1 + unit % 5) for unit in range(n)]
    return [*made[:-1], made[-1]._replace(**changes)]


def a_full_group_and_one_more(**changes):
    core = Core(RULES, columns=COLUMNS, indexed=COLUMNS)
    items = same(RULES.upper + 1, **changes)
    for item in items[:-1]:
        core.add(item)
    late = core.insert(items[-1])
    return core, core.group_of(0), late


def test_who_is_put_into_a_full_group_makes_the_weakest_leave():
    core, group, late = a_full_group_and_one_more()
    [(out, source, to)] = core.put(late, group)
    assert (core.group_of(late), source, to) == (group, group, -1)
    assert core.group_of(out) == -1
    assert len(core.members(group)) == RULES.upper
    core.free(late)
    assert core.group_of(late) == -1


def test_who_is_put_beside_its_own_unit_makes_that_leave():
    core, group, late = a_full_group_and_one_more(unit=0)
    assert [move[0] for move in core.put(late, group)] == [0]
    assert 0 not in core.members(group)


@pytest.mark.parametrize(
    ("changes", "pinned", "kept_out"),
    [({"mask": 2}, (), False), ({"unit": 0}, (0,), False), ({}, range(5), False), ({}, (), True)],
)
def test_nobody_is_put_where_the_rules_leave_no_room(changes, pinned, kept_out):
    core, group, late = a_full_group_and_one_more(**changes)
    core.decide(pinned=pinned, kept_out=[(group, late)] if kept_out else [])
    before = core.groups()
    assert core.put(late, group) is None
    assert core.put(late, group + 7) is None
    assert core.groups() == before


def leaning(unit, *vector, found=False):
    word = np.zeros(int(found), np.int32), np.full(int(found), 0.05, np.float32)
    return Item(Row(*word, np.array(vector, np.float32)), unit, maturity=1 + unit % 5)


@pytest.mark.parametrize("kept_out", [False, True])
def test_no_full_group_is_parted_for_one_who_is_kept_out_of_it(kept_out):
    willing = GroupRules(lower=3, upper=5, move_penalty=0.3)
    core = Core(willing, columns=1, indexed=1, dense=3)
    mixed = [leaning(unit, 1, 0, 0) for unit in (0, 1)]
    mixed += [leaning(unit, 0, 1, 0) for unit in (2, 3, 4)]
    others = [leaning(unit, 0.8, 0, 0.6) for unit in range(5, 10)]
    keys = [core.insert(item) for item in [*mixed, *others]]
    core.adopt({key: place // 5 for place, key in enumerate(keys)})
    late = core.insert(leaning(10, 1, 0, 0))
    core.decide(kept_out=[(0, late)] if kept_out else [])
    near = dict.fromkeys(keys[:2], 1.0) | dict.fromkeys(keys[5:], 0.3)
    assert core.join(late, near=near).how == ("groups-full" if kept_out else "split")
    assert (core.group_of(late) == 0) is not kept_out


@pytest.mark.parametrize("at_once", [False, True])
def test_those_who_go_together_move_nobody_on_their_way_out(at_once):
    willing = GroupRules(lower=3, upper=7, move_penalty=0.3)
    core = Core(willing, columns=1, indexed=1, dense=2)
    items = [leaning(unit, 1, 0, found=True) for unit in range(4)]
    items += [leaning(unit, 0, 1, found=True) for unit in range(4, 7)]
    items += [leaning(unit, 1, 0, found=True) for unit in range(7, 11)]
    keys = [core.insert(item) for item in items]
    core.adopt({key: place // 7 for place, key in enumerate(keys)})
    if at_once:
        core.withdraw_all(keys[7:])
    else:  # the last of them takes a seat before it goes: the full group is made two
        for key in keys[7:]:
            core.withdraw(key)
    assert (core.groups() == {0: keys[:7]}) is at_once
    assert len(core) == 7


def test_one_whose_nearest_are_told_is_seated_as_if_they_were_found():
    for key in range(60, N):
        (core, texts, items), (other, _, _) = a_core(60), a_core(60)
        number = core.insert(one(texts, items, key))
        found = dict(core.near(number))
        assert other.add(one(texts, items, key)) == (number, core.join(number, near=found))


def test_one_whom_nobody_is_told_to_be_near_waits():
    core, texts, items = a_core(60)
    number = core.insert(one(texts, items, 60))
    assert core.join(number, near={}).how == "nothing-shared"


def test_no_registration_waits_for_the_compiler_once_it_is_warm():
    loops = (placing, weighing, rules, search, affinity, index)
    known = {loop for part in loops for loop in vars(part).values() if hasattr(loop, "signatures")}
    warm()
    before = {loop: len(loop.signatures) for loop in known}
    core, group, late = a_full_group_and_one_more()
    core.put(late, group)
    core, _, _ = a_core(60, dense=8, offers=True)
    core.decide(apart=[(0, 1)], kept_out=[(0, 3)], pinned=[4])
    core.withdraw(5)
    core.merge()
    assert {loop: len(loop.signatures) for loop in known} == before
