"""The units of systemd, as systemd itself judges them."""

import re
import shutil
import subprocess

import pytest
from missing import missing
from production_nats import DEPLOY

UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
EXPOSED_AT_MOST = 2.0
"""Of 10, as `systemd-analyze security` counts."""


@pytest.fixture(scope="module")
def judge():
    if shutil.which("systemd-analyze") is None:
        missing("systemd-analyze", "systemd")
    return lambda *words: subprocess.run(
        ["systemd-analyze", *words], capture_output=True, text=True, check=False
    )


def installed(unit, folder):
    """The unit with programs that are on this computer, whether the product is or not."""
    made = folder / unit.name
    text = re.sub(r"/opt/piiri/\.venv/bin/\S+", shutil.which("true"), unit.read_text("utf-8"))
    made.write_text(text, "utf-8")
    return made


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_finds_nothing_wrong(unit, judge, tmp_path):
    done = judge("verify", installed(unit, tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_a_misspelt_setting_would_be_noticed(judge, tmp_path):
    unit = installed(UNITS[0], tmp_path)
    unit.write_text(unit.read_text("utf-8").replace("ProtectHome=", "ProtectHouse="), "utf-8")
    assert "ProtectHouse" in judge("verify", unit).stderr


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_service_can_do_little_beside_its_work(unit, judge, tmp_path):
    done = judge("security", "--offline=true", installed(unit, tmp_path))
    exposed = re.search(r"Overall exposure level.*?: ([\d.]+)", done.stdout)
    assert exposed, done.stderr
    assert float(exposed[1]) <= EXPOSED_AT_MOST


def test_web_and_worker_have_a_key_each_and_their_own_only():
    for name in ("web", "worker"):
        text = (DEPLOY / "systemd" / f"piiri-{name}.service").read_text("utf-8")
        assert set(re.findall(r"/etc/piiri/(\S+\.(?:nk|pem|key))", text)) == {
            f"{name}.nk",
            f"tls/{name}.pem",
            f"tls/{name}.key",
        }
