"""
Make the keys of deploy/nats.conf: ``python deploy/make_nats_keys.py FOLDER``.

Writes a seed ``NAME.nk`` for each user, which its process alone may read, and
``nats-keys.conf`` with the public keys and the key of the stored streams, for the server.
What is there already stays, so that a second run changes nothing: to change a key, remove its
seed and run it again. Remove no ``nats-keys.conf`` without emptying the server's store.
"""

import os
import sys
from pathlib import Path
from secrets import token_urlsafe

import nkeys

USERS = ("worker", "web", "operator", "partner", "sys")
STORE_KEY = "STORE_KEY: "


def make_keys(folder: Path) -> None:
    """Write what is missing in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    conf = folder / "nats-keys.conf"
    lines = [f"{name.upper()}_NKEY: {_public_key(folder / f'{name}.nk')}" for name in USERS]
    lines.append(_store_key(conf))
    partial = conf.with_suffix(".new")
    partial.unlink(missing_ok=True)
    _write(partial, "\n".join(lines) + "\n")
    partial.replace(conf)


def _public_key(seed_file: Path) -> str:
    if not seed_file.exists():
        seed = nkeys.encode_seed(os.urandom(32), nkeys.PREFIX_BYTE_USER)
        _write(seed_file, seed.decode())
    pair = nkeys.from_seed(bytearray(seed_file.read_bytes().strip()))
    return bytes(pair.public_key).decode()


def _store_key(conf: Path) -> str:
    present = conf.read_text("ascii").splitlines() if conf.exists() else []
    kept = [line for line in present if line.startswith(STORE_KEY)]
    return kept[0] if kept else f'{STORE_KEY}"{token_urlsafe(32)}"'


def _write(path: Path, text: str) -> None:
    """Write a new file that nobody else may read, at no time."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123  # needs a mode
        file.write(text)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    make_keys(Path(sys.argv[1]))
