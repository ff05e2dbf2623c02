"""``piiri schemas``: write the generated documents, or check that they are up to date."""

from pathlib import Path
from typing import Annotated

import typer

from services.contracts.documents import HOME, drift, write_documents

FORGOTTEN = 1
"""Exit status when a document is out of date."""


def schemas(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = HOME,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; 1 on drift.")] = False,
) -> None:
    """
    Write the JSON Schemas and the AsyncAPI document that other systems build on.

    They are made from the code. Without --out the committed ones are renewed; the web
    service shows those on /schemas/asyncapi.json and /schemas/TYPE.json.
    """
    if not check:
        for path in write_documents(out):
            typer.echo(f"wrote {out / path}")
        return
    if stale := drift(out):
        for path in stale:
            typer.echo(f"out of date: {out / path}", err=True)
        typer.echo("run `piiri schemas` and commit what it writes", err=True)
        raise typer.Exit(FORGOTTEN)
    typer.echo("every document is up to date")
