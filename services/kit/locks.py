"""One process at a time, by a lock on a file."""

import time
from pathlib import Path
from typing import IO

try:
    from fcntl import LOCK_EX, LOCK_NB, flock
except ImportError:  # pragma: no cover  # Windows has no flock
    flock = None  # type: ignore[assignment]


def hold_file(path: Path, wait_s: float = 0.0) -> IO[bytes] | None:
    """
    Take the lock of a file; closing what is returned gives it back, and so does dying.

    Returns
    -------
    IO or None
        None when another process held it all the time.
    """
    file = path.open("ab")
    deadline = time.monotonic() + wait_s
    while not _try(file):
        if time.monotonic() >= deadline:
            file.close()
            return None
        time.sleep(0.05)
    return file


def _try(file: IO[bytes]) -> bool:
    try:
        flock(file.fileno(), LOCK_EX | LOCK_NB)
    except OSError:
        return False
    return True
