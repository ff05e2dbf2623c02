"""Commands that need a deployment, where there is none."""

import os
import subprocess
import sys

import pytest


def piiri(*arguments, **variables):
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIIRI_")}
    return subprocess.run(
        [sys.executable, "-m", "services.cli", *arguments],
        env=env | variables,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "command",
    [["load", "docs/examples/pool.jsonl"], ["events", "parked"], ["access", "key", "list"]],
    ids=" ".join,
)
def test_a_folder_without_a_database_is_told_and_not_made(command, tmp_path):
    folder = tmp_path / "no-demo"
    done = piiri(*command, "--data", str(folder))
    assert done.returncode == 1
    assert done.stderr.startswith("piiri: There is no database yet; `piiri demo`")
    assert "Traceback" not in done.stderr
    assert not folder.exists()


def test_events_of_a_demonstration_that_does_not_run_are_refused_with_what_to_do(tmp_path):
    done = piiri("events", "tail", "--once", "--data", str(tmp_path))
    assert done.returncode == 1
    assert f"start it with `piiri demo --data {tmp_path}`" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_variables_are_told_with_the_way_to_a_demonstration():
    done = piiri("events", "parked")
    assert done.returncode == 1
    assert "PIIRI_DATABASE_URL is missing" in done.stderr
    assert done.stderr.endswith("or name the folder of a demonstration with --data\n")


def test_upgrading_makes_the_database(tmp_path):
    made = piiri("db", "upgrade", "--data", str(tmp_path / "new"))
    assert (made.returncode, made.stdout) == (0, "the tables are up to date\n")
    assert piiri("events", "parked", "--data", str(tmp_path / "new")).stdout == (
        "nothing is parked\n"
    )
