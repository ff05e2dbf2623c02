"""Pools of the challenges in ``tests/matcher/cases``."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from matcher import Pool, check_proposal
from matcher.check import check_round
from matcher.params import GroupRules
from schemas.challenges import ChallengeCard
from schemas.pool_lines import ChallengeLine, UnitLine, parse_lines
from schemas.units import UnitProfile

CASES = Path(__file__).parent / "matcher" / "cases"
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
FOUR = GroupRules(lower=4)

Placed = tuple[ChallengeCard, UnitProfile]


@cache
def case(name: str) -> dict[str, Placed]:
    units: dict[str, UnitProfile] = {}
    found: dict[str, Placed] = {}
    for _, line in parse_lines((CASES / name).read_text("utf-8").splitlines()):
        if isinstance(line, UnitLine):
            units[line.id or ""] = UnitProfile(**line.model_dump(exclude={"type"}))
        elif isinstance(line, ChallengeLine):
            fields = line.model_dump(exclude={"type"})
            found[line.id or ""] = (
                ChallengeCard(**fields, registered_at=WHEN),
                units[line.unit_id],
            )
    return found


def topics() -> dict[str, str]:
    rows = (CASES / "path_topics.tsv").read_text("utf-8").splitlines()[1:]
    return dict(row.split("\t") for row in rows)


def filled(keys: Sequence[str] | None = None, rules: GroupRules = FOUR, **kw: Any) -> Pool:
    pool = Pool(rules, **kw)
    for key in keys if keys is not None else case("path.jsonl"):
        pool.add(*case("path.jsonl")[key])
    return pool


def of_topic(topic: str) -> list[str]:
    return [key for key in case("path.jsonl") if topics()[key] == topic]


def groups(found: Any) -> set[frozenset[str]]:
    return {frozenset(m.challenge_id for m in p.members) for p in found.proposals}


def broken(pool: Pool, found: Any) -> list[Any]:
    known = case("path.jsonl") | case("path_late.jsonl")
    cards = {key: card for key, (card, _) in known.items()}
    units = {unit.id: unit for _, unit in known.values()}
    rules = [b for p in found.proposals for b in check_proposal(p, cards, units, pool.rules)]
    return rules + check_round(found.proposals, pool.rules)
