"""Where else a challenge could go, what forbids it, and other ways of making a group."""

from datetime import UTC, datetime
from functools import cache
from itertools import combinations

import numpy as np
import pytest
from scipy import sparse

from matcher.check import check_proposal
from matcher.elsewhere import places
from matcher.grouping.clique_bound import clique_bound
from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.quality import Bound, quality
from matcher.reasons import CODES
from matcher.rounds import Round
from matcher.rulings import Rulings
from matcher.seats import groups_held, mean_fit
from schemas.challenges import ChallengeCard
from schemas.groups import GroupProposal, Place, Quality, VariantKind
from schemas.units import UnitProfile
from services.demo.samples import sample_challenges
from services.directory.reference import real_units

WHEN = datetime(2026, 1, 1, tzinfo=UTC)
HALF = 110
"""Sample challenges that are enough for every kind of rule to be in somebody's way."""


@cache
def samples() -> dict[str, tuple[ChallengeCard, UnitProfile]]:
    units = {unit.id: UnitProfile(**unit.model_dump()) for unit in real_units()}
    cards = [
        ChallengeCard(**line.model_dump(exclude={"type"}), registered_at=WHEN)
        for line in sample_challenges()
    ]
    return {card.id: (card, units[card.unit_id]) for card in cards[:HALF]}


@pytest.fixture(scope="module")
def pool() -> Pool:
    made = Pool(GroupRules())
    for card, unit in samples().values():
        made.add(card, unit)
    made.propose()
    return made


def members(pool: Pool) -> dict[str, list[str]]:
    return {p.id: [m.challenge_id for m in p.members] for p in pool.propose().proposals}


def left_out(pool: Pool) -> list[str]:
    return sorted(pool.propose(whole=False).left_out)


def in_the_way(pool: Pool, key: str, place: Place) -> set[str]:
    """The rules that a place breaks, judged from the values alone and not by who found it."""
    round_ = pool._round()
    here = [*place.challenges, key]
    judged = proposal_of(pool, place.proposal_id or "pr-new", here)
    cards = {k: pool._entries[k].card for k in pool}
    units = {pool._entries[k].unit.id: pool._entries[k].unit for k in pool}
    rulings = round_.rulings
    found = {
        rule.code
        for rule in check_proposal(
            judged, cards, units, round_.rules, apart=rulings.apart, kept_out=rulings.kept_out
        )
    }
    if mean_fit(round_, key, place.challenges) <= round_.rules.threshold:
        found.add("threshold")
    held = groups_held(round_, pool._members(), but=key)
    if held[pool._entries[key].unit.id] >= round_.rules.most_groups:
        found.add("unit-cap")
    return found


def proposal_of(pool: Pool, proposal_id: str, keys: list[str]) -> GroupProposal:
    spoken = [set(pool._entries[k].languages) for k in keys]
    return GroupProposal.model_validate(
        {
            "id": proposal_id,
            "members": [
                {"challenge_id": k, "unit_id": pool._entries[k].unit.id, "fit": 0} for k in keys
            ],
            "cohesion": 0,
            "languages": sorted(set.intersection(*spoken)),
        }
    )


RULES = {
    "relax-threshold": "threshold",
    "relax-language": "no-common-language",
    "relax-upper": "too-large",
    "relax-lower": "too-small",
    "relax-cap": "unit-cap",
    "relax-apart": "kept-apart",
    "relax-kept-out": "kept-out",
}


def test_a_place_names_every_rule_in_its_way_and_no_other(pool: Pool) -> None:
    seen = 0
    for key in left_out(pool):
        for place in pool.places(key):
            named = {RULES[reason.code] for reason in place.rules}
            assert named == in_the_way(pool, key, place), (key, place)
            seen += 1
    assert seen > 30


def test_fewer_rules_in_the_way_come_first_and_then_the_better_fit(pool: Pool) -> None:
    for key in left_out(pool):
        ranks = [(len(place.rules), -place.fit) for place in pool.places(key)]
        assert ranks == sorted(ranks)


def test_what_a_facilitator_forbade_is_named(pool: Pool) -> None:
    proposal_id, ids = next(iter(members(pool).items()))
    key, other = ids[0], ids[1]
    rest = {at: [k for k in every if k != key] for at, every in members(pool).items()}
    rulings = Rulings(apart={frozenset((key, other))}, kept_out={(proposal_id, key)})
    round_ = Round(pool._entries, pool._neighbours, pool.rules, rulings)
    there = next(p for p in places(round_, key, rest, 20) if p.proposal_id == proposal_id)
    assert [reason.code for reason in there.rules] == ["relax-apart", "relax-kept-out"]
    assert there.rules[0].challenges == (other,)


def test_where_its_own_unit_sits_and_where_it_declined_there_is_no_place(pool: Pool) -> None:
    groups = members(pool)
    proposal_id, ids = next(iter(groups.items()))
    key = ids[0]
    assert proposal_id not in {place.proposal_id for place in pool.places(key, 20)}
    rest = [k for k in ids if k != key]
    seats = dict.fromkeys(rest, "g-1")
    others = {at: every for at, every in groups.items() if at != proposal_id}
    open_, declined = (
        Round(pool._entries, pool._neighbours, pool.rules, Rulings(seats=seats, declined=said))
        for said in (set(), {("g-1", key)})
    )
    assert "g-1" in {place.group_id for place in places(open_, key, others, 20)}
    assert "g-1" not in {place.group_id for place in places(declined, key, others, 20)}


def test_an_unknown_challenge_or_proposal_has_nowhere_to_go(pool: Pool) -> None:
    assert pool.places("nobody") == ()
    assert pool.variants("nothing") == ()


def test_variants_keep_the_rules_and_are_better_in_what_they_say(pool: Pool) -> None:
    groups = members(pool)
    waiting = set(left_out(pool))
    round_, kinds = pool._round(), set()
    cards = {k: pool._entries[k].card for k in pool}
    units = {pool._entries[k].unit.id: pool._entries[k].unit for k in pool}
    for proposal_id, ids in groups.items():
        now = pool.propose(whole=False)
        cohesion = next(p.cohesion for p in now.proposals if p.id == proposal_id)
        sets = []
        for variant in pool.variants(proposal_id):
            kinds.add(variant.kind)
            made = [k for k in ids if k not in variant.leaves] + list(variant.joins)
            sets.append(frozenset(made))
            assert len(made) == variant.members
            assert set(variant.joins) <= waiting
            assert set(variant.leaves) <= set(ids)
            judged = proposal_of(pool, proposal_id, made)
            assert check_proposal(judged, cards, units, round_.rules) == []
            if variant.kind is VariantKind.CLOSER:
                assert variant.cohesion > cohesion
            if variant.kind is VariantKind.WIDER:
                assert variant.joins
                assert not variant.leaves
            if variant.kind is VariantKind.EXPERIENCED:
                assert any(cards[k].maturity >= round_.rules.giver_maturity for k in made)
                assert not any(cards[k].maturity >= round_.rules.giver_maturity for k in ids)
        assert len(set(sets)) == len(sets)
        assert frozenset(ids) not in sets
    assert len(kinds) >= 3


def test_a_pinned_member_is_not_the_one_who_leaves(pool: Pool) -> None:
    groups = members(pool)
    proposal_id, leaver = next(
        (at, variant.leaves[0]) for at in groups for variant in pool.variants(at) if variant.leaves
    )
    pool.pin(leaver, proposal_id)
    try:
        assert all(leaver not in variant.leaves for variant in pool.variants(proposal_id))
    finally:
        pool.decide([])
        pool.propose()


def test_every_rule_to_relax_has_its_code() -> None:
    assert {code for code in CODES if code.startswith("relax-")} == set(RULES)


def test_quality_counts_pairs_swaps_and_moves_from_the_proposals_alone(pool: Pool) -> None:
    groups = members(pool)
    found = pool.quality()
    value = sum(
        pool._neighbours.between(one, other) - pool.rules.threshold
        for ids in groups.values()
        for one, other in combinations(ids, 2)
    )
    assert found.groups == len(groups)
    assert found.score == pytest.approx(value)
    assert found.score <= found.bound
    assert (found.kept, found.moved) == (1.0, 0)


def test_a_close_bound_is_worked_out_once_and_holds_when_challenges_come_or_fit_better(
    pool: Pool,
) -> None:
    loose, known = pool.quality(), pool.bound()
    assert known is not None
    assert pool.bound(known) is known
    close = pool.quality(known)
    assert close.score == loose.score <= close.bound < 0.9 * loose.bound
    without_some = bound_where(pool, known.keys[20:], known.affinity[20:, 20:])
    all_weaker = bound_where(pool, known.keys, known.affinity * 0.9)
    mute = np.zeros(20, np.int64)
    some_alone = without_some._replace(
        keys=known.keys, affinity=known.affinity, masks=np.append(mute, without_some.masks)
    )
    for before in (without_some, all_weaker, some_alone):
        assert pool.bound(before) is not before
        assert before.value < known.value
        assert known.value - 1e-5 <= pool.quality(before).bound <= loose.bound


def bound_where(pool: Pool, keys: list[str], affinity: sparse.csr_array) -> Bound:
    """The bound of some of the pool's challenges, were their affinities these."""
    rules = pool.rules
    value = clique_bound(affinity, rules.threshold, rules.upper, np.ones(len(keys)))
    assert value is not None
    masks = np.array([pool._entries[key].mask for key in keys], np.int64)
    return Bound(value, keys, affinity, masks)


def test_a_close_bound_is_of_those_who_may_be_together() -> None:
    """Of one organisation, or without a working language in common, nobody is."""
    (card, unit), *_ = samples().values()
    twins = Pool(GroupRules())
    twins.add(card, unit)
    twins.add(card.model_copy(update={"id": "ch-twin"}), unit)
    found = twins.bound()
    assert found is not None
    assert found.value == 0.0
    assert Pool().bound() is None


def test_quality_tells_who_left_since_the_last_round(pool: Pool) -> None:
    now = members(pool)
    proposal_id, ids = next((at, ids) for at, ids in now.items() if len(ids) > 5)
    less = {**now, proposal_id: ids[1:]}
    found = quality(pool._round(), less, now)
    pairs = sum(len(every) * (len(every) - 1) for every in now.values())
    assert found.moved == 1
    assert found.kept == pytest.approx(1 - 2 * (len(ids) - 1) / pairs)


def test_an_empty_pool_has_nothing_to_judge() -> None:
    assert Pool().quality() == Quality()


def test_too_few_peers_are_those_who_fit_together_and_not_all_who_are_near(pool: Pool) -> None:
    told = pool.propose(whole=False).left_out
    few = {key: reason for key, reason in told.items() if reason.code == "too-few-peers"}
    assert few
    for key, reason in few.items():
        assert reason.values["peers"] < reason.values["needed"]
        (alone,) = [p for p in pool.places(key, 20) if p.proposal_id == p.group_id is None] or [
            None
        ]
        if alone is not None:
            assert len(alone.challenges) == reason.values["peers"]
