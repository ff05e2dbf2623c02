"""The example of a deployment's variables names all there are, and could be used."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from services.kit.settings import KNOBS, Settings, SettingsRefused, variable

LINES = (Path(__file__).parents[2] / "deploy" / "env.example").read_text("utf-8").splitlines()
SET = dict(line.split("=", 1) for line in LINES if re.match(r"PIIRI_\w+=", line))
SHOWN = dict(line[1:].split("=", 1) for line in LINES if re.match(r"#PIIRI_\w+=", line))
EXAMPLES = {"PIIRI_NATS_NKEY_FILE", "PIIRI_NATS_CERT_FILE", "PIIRI_NATS_KEY_FILE"} | {
    "PIIRI_AFFINITY",
    "PIIRI_NATS_SERVER",
    "PIIRI_VOCABULARY",
    "PIIRI_THEMES",
}
"""Shown without being a default: there is none."""


def test_every_variable_is_there_once():
    names = [match[1] for line in LINES if (match := re.match(r"#?(PIIRI_\w+)=", line))]
    assert sorted(names) == sorted(variable(field) for field in KNOBS)


def test_every_variable_is_explained_above_it():
    for above, line in pairwise(LINES):
        if re.match(r"#?PIIRI_\w+=", line):
            assert above.startswith("# "), line


def test_only_the_secret_is_left_to_fill_in():
    with pytest.raises(SettingsRefused) as refused:
        Settings.from_env(SET)
    assert [problem.split()[0] for problem in refused.value.facts] == ["PIIRI_SECRET_KEY"]


def test_what_is_shown_is_accepted_and_is_the_default():
    secret = {"PIIRI_SECRET_KEY": "k" * 32}
    plain, shown = Settings.from_env(SET | secret), Settings.from_env(SET | SHOWN | secret)
    differing = {
        variable(field) for field in KNOBS if getattr(plain, field) != getattr(shown, field)
    }
    assert differing == EXAMPLES
