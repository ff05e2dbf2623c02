"""``piiri db``: the tables."""

import typer

from services.commands.place import DataOption, opened, refusing, settings_of

app = typer.Typer(help="The database's tables.", no_args_is_help=True)


@app.command()
def upgrade(data: DataOption = None) -> None:
    """
    Bring the tables to this version of the product; again, it changes nothing.

    Run it before the new version's web and worker start. Two at once wait for each other.
    """
    with refusing():
        with opened(settings_of(data), new=True) as store:
            store.upgrade()
        typer.echo("the tables are up to date")
