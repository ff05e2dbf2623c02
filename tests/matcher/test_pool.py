"""The warm pool: peers, rounds, decisions, seats, snapshots."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from pools import FOUR, broken, case, filled, groups, of_topic, topics

from matcher import Pool
from matcher.params import GroupRules
from matcher.reasons import CODES
from schemas.groups import Refill


def test_it_proposes_the_groups_of_the_scenario_and_leaves_two_out_with_a_reason():
    pool = filled()
    found = pool.propose()
    assert groups(found) == {frozenset(of_topic(t)) for t in ("social", "sote", "event")}
    assert set(found.left_out) == set(of_topic("none"))
    assert broken(pool, found) == []
    assert found.changed == {p.id for p in found.proposals}


def test_every_code_is_listed_and_described():
    pool = filled()
    found = pool.propose()
    told = {r.code for r in found.left_out.values()}
    for proposal in found.proposals:
        told |= {r.code for r in proposal.reasons}
        told |= {r.code for m in proposal.members for r in m.reasons}
    assert told <= set(CODES)
    listed = (Path(__file__).parents[2] / "docs" / "reasons.md").read_text("utf-8")
    assert all(f"`{code}`" in listed for code in CODES)


def test_a_proposal_says_what_unites_it_and_who_has_done_it():
    found = filled().propose()
    care = next(p for p in found.proposals if "path-05" in {m.challenge_id for m in p.members})
    assert care.concepts
    codes = {reason.code for reason in care.reasons}
    assert {"unites", "common-language", "places", "kinds", "weakest"} <= codes
    assert codes & {"giver", "no-giver"}
    assert all(member.reasons for member in care.members)


def test_the_order_of_arrival_changes_nothing():
    keys = list(case("path.jsonl"))
    assert filled(keys).propose() == filled(keys[::-1]).propose()


def test_a_round_without_a_change_tells_nothing_new():
    pool = filled()
    first, second = pool.propose(), pool.propose()
    assert second.changed == frozenset()
    assert second.lapsed == ()
    assert second.proposals == first.proposals
    assert second.left_out == first.left_out


def test_a_late_challenge_joins_the_proposal_it_fits_and_nothing_else_changes():
    late = "path-05"
    pool = filled([key for key in case("path.jsonl") if key != late], GroupRules(lower=3))
    before = {p.id: p for p in pool.propose().proposals}
    pool.add(*case("path.jsonl")[late])
    after = pool.propose()
    [joined] = [p for p in after.proposals if p.id in after.changed]
    assert late in {m.challenge_id for m in joined.members}
    assert joined.id in before
    assert joined.version == before[joined.id].version + 1
    assert all(before[p.id] == p for p in after.proposals if p.id != joined.id)


def test_a_challenge_completes_a_group_that_waited():
    sote = of_topic("sote")
    pool = filled(sote[:3])
    waiting = pool.propose()
    assert waiting.proposals == ()
    assert {r.code for r in waiting.left_out.values()} == {"too-few-peers"}
    pool.add(*case("path.jsonl")[sote[3]])
    assert groups(pool.propose()) == {frozenset(sote)}


def test_a_withdrawn_challenge_makes_its_group_lapse_when_too_few_are_left():
    pool = filled(of_topic("sote"))
    [told] = pool.propose().proposals
    pool.withdraw("path-05")
    after = pool.propose()
    assert after.lapsed == ((told.id, told.version + 1),)
    assert "path-05" not in pool
    assert set(after.left_out) == set(of_topic("sote")) - {"path-05"}


def test_a_group_that_comes_back_is_a_proposal_of_its_own():
    """Facilitators have put the former one aside: under its id nobody would see it again."""
    pool = filled(of_topic("sote"))
    [told] = pool.propose().proposals
    pool.withdraw("path-05")
    pool.propose()
    pool.add(*case("path.jsonl")["path-05"])
    [again] = pool.propose().proposals
    assert {m.challenge_id for m in again.members} == {m.challenge_id for m in told.members}
    assert again.id != told.id


def test_a_new_group_does_not_take_the_name_of_a_living_one():
    pool = filled(of_topic("sote"))
    [told] = pool.propose().proposals
    other = filled([*of_topic("event"), *of_topic("sote")])
    event = next(p for p in other.propose().proposals if _holds(p, of_topic("event")))
    pool = filled([*of_topic("event"), *of_topic("sote")])
    pool.restore([event.model_copy(update={"id": told.id})])
    found = {p.id: p for p in pool.propose().proposals}
    assert _holds(found[told.id], of_topic("event"))
    assert len(found) == 2


def _holds(proposal: Any, keys: Sequence[str]) -> bool:
    return {m.challenge_id for m in proposal.members} == set(keys)


def test_a_revised_text_finds_other_peers():
    pool = filled()
    pool.propose()
    card, unit = case("path.jsonl")["path-05"]
    words = case("path.jsonl")["path-13"][0]
    other = {"title": words.title, "text": words.text, "seeks": "", "themes": (), "cpv": ()}
    pool.revise(card.model_copy(update=other | {"version": 2}), unit)
    assert "path-05" in pool.propose().left_out


def test_substitutes_fit_beside_those_who_stay():
    pool = filled()
    pool.propose()
    ((late, placed),) = case("path_late.jsonl").items()
    stay = of_topic("sote")[1:]
    for key in of_topic("sote"):
        pool.seat(key, "g-1")
    pool.add(*placed)
    assert [member.challenge_id for member in pool.substitutes(stay)] == [late]


def test_a_unit_is_in_no_more_groups_than_it_may_be():
    pool = filled(rules=GroupRules(lower=3, most_groups=1))
    found = pool.propose()
    assert broken(pool, found) == []


def test_peers_are_of_other_units_and_say_why():
    pool = filled()
    peers = pool.peers("path-05", 3)
    assert [topics()[p.challenge_id] for p in peers] == ["sote"] * 3
    assert all(p.unit_id != case("path.jsonl")["path-05"][1].id for p in peers)
    assert [p.fit for p in peers] == sorted((p.fit for p in peers), reverse=True)
    assert peers[0].reasons[0].concepts


def test_peers_of_a_text_nobody_registered():
    text = "Kotihoidon palvelusetelin laatuvaatimukset ja vaikuttavuuden mittaaminen"
    found = filled().peers_of(text, "fi", limit=3)
    assert found
    assert topics()[found[0].challenge_id] == "sote"


@pytest.mark.parametrize("text", ["", "   ", "!!!", "🙂" * 50, "\x00", "a" * 10_000])
def test_a_text_that_says_nothing_has_no_peers(text):
    assert filled().peers_of(text) == []


def test_an_unknown_challenge_has_no_peers_and_can_be_withdrawn():
    pool = filled()
    assert pool.peers("nobody") == []
    pool.withdraw("nobody")


def test_an_empty_pool_proposes_nothing():
    found = Pool().propose()
    assert (found.proposals, found.left_out, found.seats) == ((), {}, ())
    assert Pool().peers_of("siivouspalvelut") == []


def test_a_restored_pool_answers_as_the_one_it_was_taken_from():
    pool = filled()
    pool.propose()
    pool.keep_apart("path-05", "path-06")
    kept = json.loads(json.dumps(pool.snapshot()))
    other = Pool.restored(kept)
    for one in (pool, other):
        one.add(*next(iter(case("path_late.jsonl").values())))
    assert other.propose() == pool.propose()
    assert other.peers("path-05") == pool.peers("path-05")


def test_a_pool_read_again_from_what_was_told_tells_nothing_new():
    told = filled().propose().proposals
    again = filled()
    again.restore(told)
    found = again.propose()
    assert found.proposals == told
    assert found.changed == frozenset()
    assert found.lapsed == ()


def test_a_change_is_told_to_those_who_have_the_challenge_as_a_peer():
    pool = filled()
    for key in pool:
        assert pool.beside(key, 3) == {
            other for other in pool if key in {p.challenge_id for p in pool.peers(other, 3)}
        }
    assert pool.beside("nobody") == set()


def test_ids_can_come_from_the_caller():
    names = iter(f"pr-{n}" for n in range(10))
    found = filled(new_id=lambda: next(names)).propose()
    assert {p.id for p in found.proposals} == {"pr-0", "pr-1", "pr-2"}


def test_a_small_round_and_a_whole_one_agree_on_a_clear_pool():
    late = "path-05"
    keys = [key for key in case("path.jsonl") if key != late]
    results = []
    for whole in (True, False):
        pool = filled(keys, GroupRules(lower=3))
        pool.propose(whole=True)
        pool.add(*case("path.jsonl")[late])
        results.append(groups(pool.propose(whole=whole)))
    assert results[0] == results[1]


def test_a_refill_names_who_waits_with_the_cohesion_before_and_after():
    pool = filled()
    pool.propose()
    ((late, placed),) = case("path_late.jsonl").items()
    stay = of_topic("sote")
    for key in stay:
        pool.seat(key, "g-1")
    pool.add(*placed)
    found = pool.refill("g-1")
    assert [one.member.challenge_id for one in found.substitutes] == [late]
    assert found.seats == FOUR.upper - len(stay)
    (one,) = found.substitutes
    pairs = len(stay) * (len(stay) - 1) / 2
    after = (found.cohesion * pairs + one.member.fit * len(stay)) / (pairs + len(stay))
    assert one.cohesion == pytest.approx(after, abs=0.002)
    pool.free(late, "g-1")
    assert pool.refill("g-1").substitutes == ()
    assert pool.refill("nothing") == Refill(known=False)


def test_what_can_be_asked_stays_as_it_was_while_the_pool_goes_on():
    pool = filled(of_topic("social"))
    pool.propose()
    key, *others = of_topic("social")
    now, before = pool.asked(), pool.peers(key)
    told, places, quality = pool._proposals.copy(), pool.places(key), pool.quality()
    pool.withdraw(others[0])
    for late in of_topic("sote"):
        pool.add(*case("path.jsonl")[late])
    pool.keep_apart(key, others[1])
    pool.propose(whole=True)
    assert now.peers(key) == before != pool.peers(key)
    assert now.places(key) == places
    assert now.quality() == quality != pool.quality()
    assert now._told.proposals == told
    assert len(now) == len(of_topic("social"))
    assert others[0] in now
    assert others[0] not in pool


def test_a_pool_that_is_asked_goes_on_as_one_that_is_not():
    pool, twin = filled(of_topic("social")), filled(of_topic("social"))
    for key in of_topic("sote"):
        pool.asked()
        for each in (pool, twin):
            each.add(*case("path.jsonl")[key])
            each.withdraw(of_topic("social")[0])
        assert pool.propose() == twin.propose()
