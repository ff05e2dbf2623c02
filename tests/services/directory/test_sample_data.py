"""Sample challenges and agents: valid, varied, well spread, and marked as samples."""

import json
import re
from collections import Counter
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from schemas.agents import AgentDraft
from schemas.challenges import ChallengeDraft
from schemas.codes import UnitKind
from schemas.units import UnitDraft
from services.challenges.themes import themes
from services.directory import reference

OPENED = date(2026, 11, 1)
TOPICS = Path(__file__).parents[2] / "matcher" / "cases" / "sample_topics.tsv"
"""What each sample is about, judged by its writer."""


def lines(name: str) -> list[dict[str, Any]]:
    text = files("services.directory").joinpath("data", "sample", name).read_text("utf-8")
    return [json.loads(line) for line in text.splitlines()]


@cache
def challenges() -> dict[str, tuple[str, ChallengeDraft]]:
    """Id → unit and draft, in the order of the file."""
    found = {}
    for line in lines("challenges.jsonl"):
        assert line.pop("type") == "challenge"
        assert line.pop("sample") is True
        key = line.pop("id")
        assert key not in found
        found[key] = (line.pop("unit_id"), ChallengeDraft.model_validate(line))
    return found


@cache
def units() -> dict[str, UnitDraft]:
    return {unit.id or "": unit for unit in reference.real_units()}


@cache
def topics() -> dict[str, str]:
    rows = TOPICS.read_text("utf-8").splitlines()[1:]
    return dict(row.split("\t") for row in rows)


def drafts() -> list[ChallengeDraft]:
    return [draft for _, draft in challenges().values()]


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


def five_grams(draft: ChallengeDraft) -> set[tuple[str, ...]]:
    told = words(" ".join((draft.title, draft.text, draft.seeks, draft.offers)))
    return {tuple(told[i : i + 5]) for i in range(len(told) - 4)}


def test_there_are_enough_in_each_language():
    share = {lang: n / len(drafts()) for lang, n in Counter(d.language for d in drafts()).items()}
    assert len(drafts()) >= 170
    assert set(share) == {"fi", "sv", "en"}
    assert 0.75 <= share["fi"] <= 0.85
    assert 0.09 <= share["sv"] <= 0.15
    assert 0.05 <= share["en"] <= 0.11


def test_each_text_is_of_fifteen_to_eighty_words():
    assert all(15 <= len(draft.text.split()) <= 80 for draft in drafts())


def test_no_two_share_five_words_in_a_row():
    grams = {key: five_grams(draft) for key, (_, draft) in challenges().items()}
    alike = [(a, b) for a, b in combinations(grams, 2) if grams[a] & grams[b]]
    assert alike == []


def test_titles_differ_and_are_one_line():
    titles = [draft.title for draft in drafts()]
    assert len(set(titles)) == len(titles)
    assert all("\n" not in title and not title.endswith(".") for title in titles)


def test_every_challenge_belongs_to_an_active_unit_that_works_in_its_language():
    for key, (unit_id, draft) in challenges().items():
        assert unit_id in units(), key
        # English is what units with international work write in.
        assert draft.language == "en" or draft.language in units()[unit_id].languages, key


def test_no_unit_has_more_than_three_and_none_twice_on_one_topic():
    assert max(Counter(unit for unit, _ in challenges().values()).values()) <= 3
    pairs = Counter((unit, topics()[key]) for key, (unit, _) in challenges().items())
    assert [pair for pair, n in pairs.items() if n > 1] == []


def test_every_region_has_some_and_none_has_more_than_a_third():
    of = Counter(r for unit, _ in challenges().values() for r in units()[unit].regions)
    assert set(of) == set(reference.regions())
    assert min(of.values()) >= 4
    assert max(of.values()) <= len(drafts()) / 3


def test_care_is_bought_by_those_who_provide_it():
    care = [units()[unit].kind for key, (unit, _) in challenges().items() if is_of(key, "sote")]
    allowed = {UnitKind.WELLBEING_COUNTY, UnitKind.JOINT_AUTHORITY, UnitKind.PUBLIC_LAW_BODY}
    assert set(care) <= allowed


def test_themes_are_known_wide_and_left_out_by_about_half():
    named = [theme for draft in drafts() for theme in draft.themes]
    assert set(named) <= set(themes())
    assert len(set(named)) >= 14
    without = sum(not draft.themes for draft in drafts())
    assert 0.4 <= without / len(drafts()) <= 0.6


def test_about_half_offer_and_seek_something():
    for field in ("offers", "seeks"):
        some = sum(bool(getattr(draft, field)) for draft in drafts())
        assert 0.4 <= some / len(drafts()) <= 0.65


def test_stages_urgencies_and_maturities_vary():
    for field in ("stage", "urgency", "meeting_mode", "maturity"):
        seen = Counter(getattr(draft, field) for draft in drafts())
        assert len(seen) >= 3, field
        assert min(seen.values()) >= 3, field
    assert all(draft.until is None for draft in drafts())


def is_of(key: str, family: str) -> bool:
    return topics()[key].split("_")[0] == family


@pytest.mark.parametrize("family", ["social", "sote", "event"])
def test_the_three_classic_fields_are_well_represented_in_three_languages(family):
    keys = [key for key in topics() if is_of(key, family)]
    assert len(keys) >= 18
    assert {challenges()[key][1].language for key in keys} == {"fi", "sv", "en"}


def test_topics_are_told_of_every_sample_and_loners_stand_alone():
    assert list(topics()) == list(challenges())
    sizes = Counter(topics().values())
    loners = [topic for topic in sizes if topic.startswith("lone_")]
    assert len(loners) >= 10
    assert all(sizes[topic] == 1 for topic in loners)
    groups = [topic for topic, n in sizes.items() if n >= 5]
    assert len(groups) >= 20
    assert max(sizes.values()) <= 12


def test_groups_cross_languages():
    across = Counter(
        topic
        for topic in set(topics().values())
        if len({challenges()[k][1].language for k, t in topics().items() if t == topic}) > 1
    )
    assert len(across) >= 15


def agents() -> list[tuple[dict[str, Any], AgentDraft]]:
    found = []
    for line in lines("agents.jsonl"):
        rest = {key: value for key, value in line.items() if key not in ("type", "sample")}
        found.append((line, AgentDraft.model_validate(rest)))
    return found


def test_sample_agents_say_that_they_are_samples():
    for line, agent in agents():
        assert line["type"] == "agent"
        assert line["sample"] is True
        assert agent.host.fi.startswith("Esimerkki: ")
        assert agent.host.sv.startswith("Exempel: ")
        assert agent.host.en.startswith("Example: ")
    assert len({agent.id for _, agent in agents()}) == len(agents())


def test_agents_hold_areas_of_the_2022_call_and_two_regions_have_none():
    held = [
        frozenset(t.region for t in agent.territories if t.holds(OPENED)) for _, agent in agents()
    ]
    areas = [frozenset(area) for area in reference.agent_areas_2022()]
    assert all(area in areas for area in held)
    assert any(len(area) == 2 for area in held)
    covered = [code for area in held for code in area]
    assert len(covered) == len(set(covered))
    assert len(set(reference.regions()) - set(covered)) == 2


def test_an_agent_may_have_held_another_region_before():
    (former,) = [
        t for _, agent in agents() for t in agent.territories if t.ends and t.ends < OPENED
    ]
    assert former.region == "10"
