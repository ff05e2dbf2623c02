"""``piiri``: the command line."""

import typer

from services.commands import access, database, events, text, themes, vocabulary
from services.commands.bench import PASSED_ON, bench
from services.commands.doctor import doctor
from services.commands.group import group
from services.commands.load import load
from services.commands.propose import propose
from services.commands.serve import demo, web, worker
from services.commands.trail import trail
from services.commands.weights import weights
from services.contracts.command import schemas

app = typer.Typer(
    name="piiri",
    help=(
        "Vertaispiiri finds procurement units that share a challenge and proposes developer "
        "groups. Begin with `piiri demo`."
    ),
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    add_completion=False,
)

for command in (demo, web, worker, load, propose, group, weights, trail, schemas, doctor):
    app.command()(command)
app.command(context_settings=PASSED_ON)(bench)
app.add_typer(database.app, name="db")
app.add_typer(events.app, name="events")
app.add_typer(text.app, name="text")
app.add_typer(themes.app, name="themes")
app.add_typer(vocabulary.app, name="vocabulary")
app.add_typer(access.app, name="access")


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
