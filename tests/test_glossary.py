"""The glossary names what the code has, and every name in it exists."""

import re
from pathlib import Path

import schemas.agents
import schemas.challenges
import schemas.codes
import schemas.groups
import schemas.ids
import schemas.matching
import schemas.notices
import schemas.reasons
import schemas.units
from services.directory import reference

ROOT = Path(__file__).parents[1]
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
HOMES = (
    schemas.agents,
    schemas.challenges,
    schemas.codes,
    schemas.groups,
    schemas.ids,
    schemas.matching,
    schemas.notices,
    schemas.reasons,
    schemas.units,
    reference,
)
ROWS = {"Challenge"}
"""Rows live in the contexts; only their names are told here."""


def home_of(name: str) -> object | None:
    return next((getattr(home, name) for home in HOMES if hasattr(home, name)), None)


def test_every_class_and_field_in_the_glossary_exists():
    told = re.findall(r"`([A-Z][A-Za-z]+)(?:\.([A-Za-z_]+))?`", GLOSSARY)
    assert len(told) > 30
    for name, field in told:
        found = home_of(name)
        assert found is not None or name in ROWS, name
        if field:
            known = getattr(found, "model_fields", {}) | getattr(found, "__members__", {})
            assert field in known, f"{name}.{field}"


def test_every_term_has_three_languages():
    rows = [line for line in GLOSSARY.splitlines() if line.startswith("| ")]
    terms = [row for row in rows if not row.startswith(("| ---", "| Finnish"))]
    assert len(terms) > 55
    for row in terms:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) in (3, 4), row
        assert all(cells[:3]), row


def test_the_notice_credits_every_source_of_data():
    notice = (ROOT / "NOTICE").read_text("utf-8")
    for credit in ("Statistics Finland", "National Land Survey", "YSO", "EuroVoc", "Sotkanet"):
        assert credit in notice
