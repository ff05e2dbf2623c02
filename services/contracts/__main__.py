"""``python -m services.contracts``: the same as ``piiri schemas``, without the rest."""

import typer

from services.contracts.command import schemas

if __name__ == "__main__":
    typer.run(schemas)
