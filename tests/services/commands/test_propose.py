"""Groups from a file."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from neural import needs_neural
from typer.testing import CliRunner

from services.commands.propose import propose

app = typer.Typer()
app.command()(propose)
CASES = Path(__file__).parents[2] / "matcher" / "cases"


def run(*arguments: str, said: bytes = b"") -> Any:
    return CliRunner().invoke(app, arguments, input=said)


def test_a_pipe_gets_json_lines_of_groups_and_of_those_left_out():
    done = run(str(CASES / "path.jsonl"), "--lower", "4")
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    proposals = [line for line in lines if line["type"] == "proposal"]
    left_out = {line["challenge_id"] for line in lines if line["type"] == "left_out"}
    assert sorted(len(p["members"]) for p in proposals) == [4, 4, 4]
    assert left_out == {"path-13", "path-14"}
    assert all(p["reasons"] and p["concepts"] for p in proposals)


def fits(*arguments: str) -> list[float]:
    done = run(str(CASES / "path.jsonl"), "--lower", "4", *arguments)
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return [member["fit"] for line in lines for member in line.get("members", ())]


@needs_neural
def test_the_neural_encoder_ranks_when_asked_for():
    assert fits() == fits("--encoder", "builtin")
    assert fits() != fits("--encoder", "neural") != []


def test_an_encoder_that_is_not_there_is_refused():
    done = run(str(CASES / "path.jsonl"), "--encoder", "other")
    assert done.exit_code == 2
    assert "encoder is one of auto, builtin, neural" in " ".join(done.output.split())


def test_it_reads_standard_input_and_answers_the_same_each_time():
    said = (CASES / "path.jsonl").read_bytes()
    first, second = run("-", "--lower", "4", said=said), run("-", "--lower", "4", said=said)
    assert first.exit_code == 0, first.output
    assert first.stdout == second.stdout


def test_the_order_of_the_lines_changes_nothing():
    lines = (CASES / "path.jsonl").read_bytes().splitlines(keepends=True)
    there = run("-", "--lower", "4", said=b"".join(lines))
    back = run("-", "--lower", "4", said=b"".join(lines[::-1]))
    assert there.stdout == back.stdout


def test_a_terminal_gets_a_table():
    script = (
        "import sys; sys.stdout.isatty = lambda: True\n"
        "import typer\n"
        "from services.commands.propose import propose\n"
        f"sys.argv[1:] = [{str(CASES / 'path.jsonl')!r}, '--lower', '4']\n"
        "typer.run(propose)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert "Group 1" in done.stdout
    assert "Left out" in done.stdout


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"type": "unit"}', "line 1, field kind: Field required"),
        ("nonsense", "line 1: not a JSON object"),
        (
            '{"type": "challenge", "unit_id": "KU1", "title": "Siivous",'
            ' "text": "Siivouspalvelujen kilpailutus."}',
            "line 1, field unit_id: no unit 'KU1' in the file",
        ),
    ],
)
def test_a_fault_is_told_by_line_and_field(line, said):
    done = run("-", said=line.encode())
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_key_that_stands_twice_is_a_fault():
    unit = (CASES / "path.jsonl").read_bytes().splitlines()[2]
    done = run("-", said=unit + b"\n" + unit)
    assert done.exit_code == 1
    assert "is there already" in done.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--lower", "2"], "--lower"),
        (["--lower", "9", "--upper", "5"], "lower 9 is above upper 5"),
        (["--threshold", "2"], "--threshold"),
    ],
)
def test_bad_bounds_are_refused(options, said):
    done = run(str(CASES / "path.jsonl"), *options)
    assert done.exit_code == 2
    assert said in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path):
    done = run(str(tmp_path / "none.jsonl"))
    assert done.exit_code == 2
    # The box around the words is as wide as a terminal, and may break the name.
    assert "none.jsonl" in re.sub(r"[\s│]", "", done.stderr)


def test_an_empty_file_gives_nothing():
    done = run("-", said=b"")
    assert (done.exit_code, done.stdout) == (0, "")
