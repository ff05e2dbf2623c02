"""``piiri vocabulary``: words of one's own, and words that nothing is known of."""

import json
from pathlib import Path
from typing import Annotated

import typer

from services.commands.place import DataOption, JsonOption, opened, refusing, settings_of
from services.matching.unknown import ENOUGH_UNITS, unknown_words
from services.matching.vocabulary import read_additions

app = typer.Typer(help="The vocabulary that texts are read with.", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="A table of concepts: see docs/vocabulary.md.")],
) -> None:
    """
    Check a file of concepts before PIIRI_VOCABULARY names it; every fault is told.

    Ends with status 1 when there is one.
    """
    with refusing():
        found = read_additions(file)
    for added in found:
        labels = "; ".join(f"{lang} {', '.join(said)}" for lang, said in added.labels.items())
        typer.echo(f"{added.id}: {labels}")
    typer.echo(f"{len(found)} concepts; set PIIRI_VOCABULARY to use them")


@app.command()
def unknown(
    data: DataOption = None,
    at_least: Annotated[
        int, typer.Option(min=ENOUGH_UNITS, help="Different units that wrote a word.")
    ] = ENOUGH_UNITS,
    as_json: JsonOption = False,
) -> None:
    """
    List the words of open challenges that no concept catches, with how many units wrote each.

    Words of fewer than three units are never listed: they might tell of a person.
    """
    with refusing(), opened(settings_of(data)) as store, store.read() as session:
        found = unknown_words(session, at_least)
    if as_json:
        typer.echo(json.dumps([one._asdict() for one in found], ensure_ascii=False))
        return
    for one in found:
        langs = " ".join(one.languages)
        typer.echo(f"{one.word:<32} {langs:<9} {one.units:>4} units {one.challenges:>5} challenges")
    if not found:
        typer.echo(f"no unknown word was written by {at_least} units or more")
