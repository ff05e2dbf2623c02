"""Groups from an affinity file."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from scipy import sparse
from typer.testing import CliRunner

from services.commands.group import group

app = typer.Typer()
app.command()(group)
TWO = [[i, j, 1.0] for b in (0, 5) for i in range(b, b + 5) for j in range(i + 1, b + 5)]


def run(file: Path, *options: object, lower: float = 4, upper: float = 6) -> Any:
    said = [str(file), "--lower", str(lower), "--upper", str(upper), *map(str, options)]
    return CliRunner().invoke(app, said)


def lines(path: Path, values: list[Any]) -> Path:
    path.write_text("".join(json.dumps(value) + "\n" for value in values), "utf-8")
    return path


@pytest.fixture
def two(tmp_path):
    return lines(tmp_path / "two.jsonl", TWO)


def test_it_prints_labels_score_sizes_and_bound(two):
    done = run(two)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "labels": [0] * 5 + [1] * 5,
        "score": 20.0,
        "sizes": [5, 5],
        "bound": 20.0,
        "stopped": "budget",
        "unassigned": {},
    }


def test_an_npz_gives_the_same(two, tmp_path):
    full = np.zeros((10, 10))
    for i, j, weight in TWO:
        full[i, j] = full[j, i] = weight
    sparse.save_npz(tmp_path / "two.npz", sparse.csr_array(full))
    assert run(tmp_path / "two.npz").stdout == run(two).stdout


def test_every_rule_has_its_file(two, tmp_path):
    weights, pins, before = (tmp_path / name for name in ("w.json", "p.json", "b.json"))
    weights.write_text(json.dumps([1] * 10))
    pins.write_text(json.dumps({"0": 1, "5": 0}))
    before.write_text(json.dumps([1] * 5 + [0] * 5))
    done = run(
        two,
        *("--groups", 2, "--node-weights", weights, "--pinned", pins, "--previous", before),
        *("--must-link", lines(tmp_path / "m.jsonl", [[0, 1]])),
        *("--cannot-link", lines(tmp_path / "c.jsonl", [[0, 5]])),
        *("--move-penalty", 0.5, "--threshold", 0.1, "--time-limit", 5, "--workers", 2),
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["labels"] == [1] * 5 + [0] * 5


def test_an_item_left_out_has_its_reason(tmp_path):
    file = lines(tmp_path / "a.jsonl", [*TWO, [9, 10, 0.1]])
    done = json.loads(run(file, "--threshold", 0.5).stdout)
    assert done["unassigned"] == {"10": "below-threshold"}


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("nonsense\n", "line 1: not JSON"),
        ("[0, 1]\n", r"line 1: [i, j, weight]"),
        ("[0, -1, 2]\n", "got [0, -1, 2]"),
        ("[0, 1, 2]\n[1, 0, 3]\n", "line 2: pair [1, 0] has weight 2.0 already, got 3.0"),
        ("[0, 1000000000000, 2]\n", "i and j from 0 to 9999999 is accepted, got [0, 10000000"),
        ("[0, 1, NaN]\n", "line 1: a finite weight is accepted, got nan"),
    ],
)
def test_a_bad_affinity_is_refused_by_line(tmp_path, content, said):
    (tmp_path / "a.jsonl").write_text(content)
    done = run(tmp_path / "a.jsonl")
    assert done.exit_code == 1
    assert said in done.stderr


@pytest.mark.parametrize("number", ["nan", "inf", "-inf"])
@pytest.mark.parametrize("option", ["--lower", "--upper"])
def test_a_bound_that_is_no_number_is_told(two, option, number):
    done = run(two, option, number)
    assert done.exit_code == 1
    assert f"{option}: a finite number is accepted, got {number}" in done.stderr


def test_rules_that_clash_are_told(two, tmp_path):
    links = lines(tmp_path / "l.jsonl", [[0, 1]])
    done = run(two, "--must-link", links, "--cannot-link", links)
    assert done.exit_code == 1
    assert "must-link [0, 1] against cannot-link [0, 1]" in done.stderr


def test_a_file_that_is_no_matrix_is_told(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"nothing")
    done = run(tmp_path / "a.npz")
    assert done.exit_code == 1
    assert "a.npz" in done.stderr
