"""What holds of the warm pool after any sequence of changes and decisions."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher import Pool, check_proposal
from matcher.check import check_round
from matcher.params import GroupRules
from schemas.challenges import ChallengeCard
from schemas.pool_lines import ChallengeLine, UnitLine, parse_lines
from schemas.units import UnitProfile

CASES = Path(__file__).parent / "cases"
KEYS = [f"path-{number:02}" for number in range(1, 15)]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["add", "add", "add", "revise", "withdraw", "apart", "seat", "propose"]),
        st.sampled_from(KEYS),
        st.sampled_from(KEYS),
    ),
    min_size=5,
    max_size=30,
)


@cache
def placed() -> dict[str, tuple[ChallengeCard, UnitProfile]]:
    lines = [line for _, line in parse_lines((CASES / "path.jsonl").read_text().splitlines())]
    units = {
        line.id: UnitProfile(**line.model_dump(exclude={"type"}))
        for line in lines
        if isinstance(line, UnitLine)
    }
    when = datetime(2026, 1, 1, tzinfo=UTC)
    return {
        line.id or "": (
            ChallengeCard(**line.model_dump(exclude={"type"}), registered_at=when),
            units[line.unit_id],
        )
        for line in lines
        if isinstance(line, ChallengeLine)
    }


def carry_out(pool: Pool, cards: dict[str, ChallengeCard], step: tuple[str, str, str]) -> None:
    what, key, other = step
    card, unit = placed()[key]
    if what == "add" and key not in cards:
        cards[key] = card
        pool.add(card, unit)
    elif what == "revise" and key in cards:
        text = placed()[other][0].text
        changed = {"text": text, "version": cards[key].version + 1}
        cards[key] = cards[key].model_copy(update=changed)
        pool.revise(cards[key], unit)
    elif what == "withdraw":
        cards.pop(key, None)
        pool.withdraw(key)
    elif what == "apart" and key != other:
        pool.keep_apart(key, other)
    elif what == "seat" and key in cards:
        pool.seat(key, "g-1")
    elif what == "propose":
        pool.propose()


@settings(max_examples=12, deadline=None)
@given(STEPS)
def test_it_keeps_the_rules_and_equals_a_restored_snapshot(steps):
    pool, cards = Pool(GroupRules(lower=3)), {}
    seats: dict[str, str] = {}
    apart: set[frozenset[str]] = set()
    for step in steps:
        what, key, other = step
        carry_out(pool, cards, step)
        if what == "seat" and key in cards:
            seats[key] = "g-1"
        if what == "apart" and key != other:
            apart.add(frozenset((key, other)))
    twin = Pool.restored(json.loads(json.dumps(pool.snapshot())))
    found = pool.propose()
    assert twin.propose() == found
    units = {unit.id: unit for _, unit in placed().values()}
    for proposal in found.proposals:
        assert check_proposal(proposal, cards, units, pool.rules, apart=apart, seats=seats) == []
    assert check_round(found.proposals, pool.rules) == []
    inside = {m.challenge_id for p in found.proposals for m in p.members}
    offered = {member.challenge_id for _, member in found.seats}
    assert inside.isdisjoint(found.left_out)
    assert set(cards) - set(seats) - inside - offered <= set(found.left_out) | set(
        pool.snapshot()["rulings"]["seats"]
    )
