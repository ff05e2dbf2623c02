"""Named points at which a test may end the process."""

import subprocess
import sys

import pytest

from services.kit.faults import EXIT_STATUS, armed

PASS_TWICE = """
from services.kit.faults import fault_point
for turn in range(2):
    fault_point("relay.after_ack")
    print("passed", turn, flush=True)
"""


def run(fault):
    env = {"PIIRI_FAULT": fault, "PYTHONPATH": ":".join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", PASS_TWICE], env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout.split("\n")[:-1], done.stderr


def test_an_unarmed_point_does_nothing():
    assert run("")[:2] == (0, ["passed 0", "passed 1"])
    assert run("bus.mid_batch")[:2] == (0, ["passed 0", "passed 1"])


def test_the_process_ends_at_the_nth_passing():
    assert run("relay.after_ack")[:2] == (EXIT_STATUS, [])
    assert run("relay.after_ack:2")[:2] == (EXIT_STATUS, ["passed 0"])


@pytest.mark.parametrize("text", ["relay", "relay.after_ack:0", "relay.after_ack:x"])
def test_a_point_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match="accepted: one of "):
        armed(text)
