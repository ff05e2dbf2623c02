"""The example files and docs/load.md say what the schemas accept."""

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from schemas.challenges import ChallengeDraft
from schemas.codes import MeetingMode, SizeClass, Stage, UnitKind, Urgency, Visibility
from schemas.units import UnitDraft
from services.challenges.themes import themes
from services.directory import reference

DOCS = Path(__file__).parents[1] / "docs"
EXAMPLES = DOCS / "examples"
MANUAL = (DOCS / "load.md").read_text("utf-8")
LISTS = {"regions", "languages", "themes", "cpv", "working_languages"}


def from_row(row: dict[str, str]) -> dict[str, Any]:
    """A CSV row as a line of JSON, by the rules of docs/load.md."""
    line: dict[str, Any] = {}
    for column, cell in row.items():
        if not cell:
            continue
        if column in LISTS:
            line[column] = cell.split("|")
        elif column == "business_ids":
            line[column] = [{"y_tunnus": part} for part in cell.split("|")]
        elif column.startswith("name_"):
            line.setdefault("name", {})[column.removeprefix("name_")] = cell
        elif column in ("lat", "lon"):
            line.setdefault("location", {})[column] = float(cell)
        else:
            line[column] = cell
    return line


def csv_lines(name: str) -> list[dict[str, Any]]:
    with (EXAMPLES / name).open(encoding="utf-8", newline="") as file:
        return [from_row(row) for row in csv.DictReader(file)]


def jsonl_lines() -> list[dict[str, Any]]:
    rows = (EXAMPLES / "pool.jsonl").read_text("utf-8").splitlines()
    return [json.loads(row) for row in rows if not row.startswith("#")]


def read(lines: list[dict[str, Any]]) -> list[object]:
    found: list[object] = []
    for line in lines:
        rest = {key: value for key, value in line.items() if key != "type"}
        if line["type"] == "unit":
            found.append(UnitDraft.model_validate(rest))
        else:
            assert str(rest.pop("sample")).lower() == "true"
            keys = (rest.pop("id"), rest.pop("unit_id"))
            found.append((keys, ChallengeDraft.model_validate(rest)))
    return found


def test_csv_and_json_lines_say_the_same():
    assert read(csv_lines("units.csv") + csv_lines("challenges.csv")) == read(jsonl_lines())
    assert len(jsonl_lines()) == 8


def test_the_examples_are_real_units_and_known_themes():
    real = {unit.id: unit for unit in reference.real_units()}
    for value in read(jsonl_lines()):
        if isinstance(value, UnitDraft):
            assert value == real[value.id]
        else:
            (_, unit_id), draft = value
            assert unit_id in real
            assert set(draft.themes) <= set(themes())


@pytest.mark.parametrize(
    ("name", "schema", "more"),
    [
        ("unit", UnitDraft, {"type", "name_fi", "name_sv", "name_en", "lat", "lon"}),
        ("challenge", ChallengeDraft, {"type", "id", "unit_id", "sample"}),
    ],
)
def test_the_manual_tells_every_column_and_no_other(name, schema, more):
    section = MANUAL.split(f"## Columns of a {name}\n")[1].split("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    told = {column for cell in rows for column in re.findall(r"`(\w+)`", cell)}
    assert told == (set(schema.model_fields) | more) - {"name", "location"}


@pytest.mark.parametrize("codes", [UnitKind, SizeClass, Stage, Urgency, Visibility, MeetingMode])
def test_the_manual_tells_every_code(codes):
    assert all(f"`{code.value}`" in MANUAL for code in codes)


def test_the_lines_shown_in_the_manual_are_accepted():
    shown = re.search(r"```json\n(.+?)```", MANUAL, re.DOTALL)
    assert shown
    lines = [json.loads(row) for row in shown[1].splitlines()]
    assert len(read([line | {"sample": True} if "title" in line else line for line in lines])) == 2
