"""The lock files hold every dependency, with hashes and without an address of an index."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCKS = {
    "requirements.lock": PROJECT["project"]["dependencies"],
    "requirements-test.lock": PROJECT["project"]["dependencies"]
    + PROJECT["project"]["optional-dependencies"]["test"],
    "requirements-build.lock": PROJECT["build-system"]["requires"],
}
PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", re.MULTILINE)


def pins(name):
    """Versions by name; more than one where they differ by Python or platform."""
    found = {}
    for project, version in PIN.findall((ROOT / name).read_text()):
        found.setdefault(canonicalize_name(project), set()).add(version)
    return found


@pytest.mark.parametrize(
    ("lock", "needed"), [(lock, one) for lock, needs in LOCKS.items() for one in needs]
)
def test_a_lock_holds_every_dependency_in_a_version_that_is_accepted(lock, needed):
    requirement = Requirement(needed)
    locked = pins(lock).get(canonicalize_name(requirement.name))
    assert locked, f"{needed} is not in {lock}; run `make lock`"
    fitting = {version for version in locked if requirement.specifier.contains(version)}
    assert fitting == locked, f"{needed}, but {lock} has {locked}"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_pin_of_a_lock_has_a_hash(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert len(entries) == len(PIN.findall((ROOT / lock).read_text()))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_no_address(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(r"^\s*--?(index|extra-index|find-links|i\b|f\b)", text, re.MULTILINE)


@pytest.mark.parametrize("smaller", ["requirements.lock", "requirements-build.lock"])
def test_the_locks_agree_on_versions(smaller):
    assert pins(smaller).items() <= pins("requirements-test.lock").items()
