"""What a test cannot run without, and that the lock files do not bring."""

import os
from typing import NoReturn

import pytest


def missing(program: str, package: str) -> NoReturn:
    """
    Leave a test out for want of a program.

    The test command installs Debian's programs where it may. Whoever runs the tests elsewhere
    loses the tests of one program, not all; where all must run (``CI=true``) its absence fails.
    """
    said = f"{program} is not installed: apt-get install {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(said)
    pytest.skip(said)
