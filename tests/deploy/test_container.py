"""What the files for containers name is there; the engines themselves are not needed here."""

import re
import tomllib

import pytest
from production_nats import DEPLOY

ROOT = DEPLOY.parent
RECIPE = (DEPLOY / "Containerfile").read_text("utf-8")
COMPOSE = (DEPLOY / "compose.yaml").read_text("utf-8")


def copied():
    lines = re.findall(r"^COPY (?!--)(.+) \S+$", RECIPE, re.MULTILINE)
    return {source for line in lines for source in line.split()}


def test_what_is_copied_is_there_and_let_through():
    ignore = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    assert {line[1:] for line in ignore if line.startswith("!")} == copied()
    assert all((ROOT / source).exists() for source in copied())


def test_every_package_is_copied():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied()


def test_nothing_runs_as_root_or_may_write():
    assert "\nUSER piiri\n" in RECIPE
    for line in ("read_only: true", "cap_drop: [ALL]", '"no-new-privileges:true"'):
        assert line in COMPOSE


@pytest.mark.parametrize("service", ["web", "worker"])
def test_each_container_gets_its_own_keys_only(service):
    part = re.search(rf"^  {service}:\n((?:    .*\n)+)", COMPOSE, re.MULTILINE)
    assert part
    assert set(re.findall(r"\./etc/([^:\s]+\.(?:nk|key)):", part[1])) == {
        f"{service}.nk",
        f"tls/{service}.key",
    }


def test_the_image_is_this_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert f"image: piiri:{project['project']['version']}\n" in COMPOSE
