"""The pool of the acceptance scenario is what the scenario says."""

import json
from collections import Counter, defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from schemas.challenges import ChallengeDraft
from schemas.units import UnitDraft
from services.directory import reference

CASES = Path(__file__).parent / "cases"


def read(name: str) -> tuple[dict[str, UnitDraft], dict[str, tuple[str, ChallengeDraft]]]:
    """Units by id; challenges by id with their unit."""
    units: dict[str, UnitDraft] = {}
    challenges: dict[str, tuple[str, ChallengeDraft]] = {}
    for text in (CASES / name).read_text("utf-8").splitlines():
        if text.startswith("#"):
            continue
        line: dict[str, Any] = json.loads(text)
        if line.pop("type") == "unit":
            unit = UnitDraft.model_validate(line)
            units[unit.id or ""] = unit
        else:
            assert line.pop("sample") is True
            key, unit_id = line.pop("id"), line.pop("unit_id")
            challenges[key] = (unit_id, ChallengeDraft.model_validate(line))
    return units, challenges


def topics() -> dict[str, str]:
    rows = (CASES / "path_topics.tsv").read_text("utf-8").splitlines()[1:]
    return dict(row.split("\t") for row in rows)


UNITS, CHALLENGES = read("path.jsonl")
BY_TOPIC: dict[str, list[str]] = defaultdict(list)
for _key in CHALLENGES:
    BY_TOPIC[topics()[_key]].append(_key)


def test_twelve_units_in_six_regions_have_fourteen_challenges_in_three_languages():
    assert len(UNITS) == 12
    assert len({region for unit in UNITS.values() for region in unit.regions}) == 6
    assert len(CHALLENGES) == 14
    assert {draft.language for _, draft in CHALLENGES.values()} == {"fi", "sv", "en"}
    assert {unit for unit, _ in CHALLENGES.values()} == set(UNITS)


def test_the_units_are_the_real_ones():
    real = {unit.id: unit for unit in reference.real_units()}
    assert all(real[key] == unit for key, unit in UNITS.items())


def test_three_topics_have_four_units_each_and_two_units_stand_alone():
    assert {topic: len(keys) for topic, keys in BY_TOPIC.items()} == {
        "social": 4,
        "sote": 4,
        "event": 4,
        "none": 2,
    }
    for topic, keys in BY_TOPIC.items():
        assert len({CHALLENGES[key][0] for key in keys}) == len(keys), topic
    alone = {CHALLENGES[key][0] for key in BY_TOPIC["none"]}
    assert all(sum(unit == u for u, _ in CHALLENGES.values()) == 1 for unit in alone)


def test_a_unit_has_two_challenges_of_different_topics():
    twice = [unit for unit, n in Counter(u for u, _ in CHALLENGES.values()).items() if n == 2]
    assert twice
    for unit in twice:
        keys = [key for key, (u, _) in CHALLENGES.items() if u == unit]
        assert all(topics()[a] != topics()[b] for a, b in pairwise(keys))


def test_each_topic_has_two_languages_and_a_language_to_meet_in():
    for topic in ("social", "sote", "event"):
        drafts = [CHALLENGES[key] for key in BY_TOPIC[topic]]
        assert len({draft.language for _, draft in drafts}) > 1
        spoken = [set(draft.working_languages or UNITS[unit].languages) for unit, draft in drafts]
        assert set.intersection(*spoken), topic


def test_each_topic_has_one_who_can_offer_and_one_who_seeks():
    for topic in ("social", "sote", "event"):
        drafts = [CHALLENGES[key][1] for key in BY_TOPIC[topic]]
        assert any(draft.offers and draft.maturity >= 3 for draft in drafts)
        assert any(draft.seeks and draft.maturity <= 2 for draft in drafts)


def test_an_area_of_two_regions_is_met_whole():
    present = {region for unit in UNITS.values() for region in unit.regions}
    assert ("02", "21") in reference.agent_areas_2022()
    assert {"02", "21"} <= present


def test_the_late_unit_comes_from_another_region_with_a_challenge_of_a_known_topic():
    units, challenges = read("path_late.jsonl")
    (unit,) = units.values()
    ((key, (unit_id, draft)),) = challenges.items()
    assert unit_id == unit.id
    assert unit_id not in UNITS
    assert key not in CHALLENGES
    assert topics()[key] == "sote"
    present = {region for known in UNITS.values() for region in known.regions}
    assert not set(unit.regions) & present
    assert draft.seeks
