"""What the manual of operation tells to type and to look at is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer.main
from backbones import lapse

from schemas.groups import ProposalLapsed
from services.cli import app
from services.kit.outbox import backlog, emit
from services.kit.settings import KNOBS, variable
from services.kit.store import Store

ROOT = Path(__file__).parents[2]
MANUAL = (ROOT / "docs" / "operating.md").read_text("utf-8")


COMMANDS = re.findall(r"(?:piiri-operator|bin/piiri|`piiri) ([a-z][^`)\n]*)", MANUAL)


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_and_option_is_there(words):
    command = typer.main.get_command(app)
    rest = words.replace("\\", "").partition("#")[0].split()
    while rest and rest[0] in getattr(command, "commands", {}):
        command = command.commands[rest.pop(0)]
    assert not hasattr(command, "commands"), words
    known = {option for parameter in command.params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def test_every_file_of_deploy_that_is_named_is_there():
    named = set(re.findall(r"\bdeploy/([\w./-]+\w)", MANUAL)) - {"etc"}
    assert named
    assert {name for name in named if not (ROOT / "deploy" / name).exists()} == set()


def test_every_variable_that_is_named_is_one():
    named = set(re.findall(r"\bPIIRI_\w+", MANUAL))
    assert named <= {variable(field) for field in KNOBS}


def test_the_copy_of_sqlite_is_whole_while_it_is_written_to(store, tmp_path):
    (program,) = re.findall(r"python -c '(import sqlite3[^']+)'", MANUAL)
    lapse(store, "k1", "k2")
    with store.begin() as session:
        lapsed = ProposalLapsed(proposal_id="k3", version=1)
        emit(session, lapsed)
        session.flush()
        copy = tmp_path / "copy.db"
        subprocess.run([sys.executable, "-c", program, store.path, copy], check=True)
    restored = Store(f"sqlite:///{copy}")
    assert restored.drift() == []
    with restored.read() as session:
        assert backlog(session)[0] == 2, "what was committed, and nothing else"
    restored.close()
