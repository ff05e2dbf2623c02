"""``piiri themes``: the themes there are, and a file that arranges them anew."""

from pathlib import Path
from typing import Annotated

import typer

from services.challenges.arranging import read_themes
from services.challenges.themes import arrange, current, themes
from services.commands.place import refusing, with_vocabulary

app = typer.Typer(help="The themes of challenges.", no_args_is_help=True)


@app.command("list")
def list_themes() -> None:
    """List the themes that may be chosen, with PIIRI_THEMES when it is set."""
    with_vocabulary()
    for key, theme in themes().items():
        name = theme.name
        typer.echo(f"{key:<12} {theme.kind:<7} {name.fi} · {name.sv} · {name.en}")


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A table of themes: see docs/themes.md.")],
) -> None:
    """
    Check a file of themes before PIIRI_THEMES names it; every fault is told.

    Ends with status 1 when there is one.
    """
    with refusing():
        found = read_themes(file)
    arrange(found)
    for key in found.into:
        typer.echo(f"{key} is now {', '.join(current([key]))}")
    typer.echo(f"{len(themes())} themes may be chosen; set PIIRI_THEMES to use the file")
    arrange(None)
