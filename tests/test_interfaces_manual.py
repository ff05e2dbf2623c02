"""docs/interfaces.md tells the subjects, roles and commands there are."""

import re
from pathlib import Path

from typer.testing import CliRunner

from schemas.asks import ASKS
from schemas.people import Role
from services.cli import app

MANUAL = (Path(__file__).parents[1] / "docs" / "interfaces.md").read_text("utf-8")


def test_the_manual_tells_every_request_with_what_it_takes():
    told = dict(re.findall(r"^\| `(piiri\.ask\.[\w.]+)` \| `(\w+)` \|", MANUAL, re.MULTILINE))
    assert told == {ask.subject: ask.takes.__name__ for ask in ASKS}


def test_the_manual_tells_every_role_of_a_key():
    told = re.findall(r"^  \| `(\w+)` \|", MANUAL, re.MULTILINE)
    assert set(told) == set(Role)


def test_the_commands_in_the_manual_are_there():
    commands = set(
        re.findall(r"`?piiri ((?:access key|schemas|[a-z]+) ?(?:make|list|--check)?)", MANUAL)
    )
    assert {"access key make", "access key list", "schemas --check"} <= {
        c.strip() for c in commands
    }
    for command in ("access key make", "access key list", "access key revoke", "schemas", "load"):
        assert CliRunner().invoke(app, [*command.split(), "--help"]).exit_code == 0
