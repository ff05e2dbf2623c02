"""``piiri access``: people and their roles, and keys of other systems."""

from typing import Annotated

import typer

from schemas.codes import Language
from schemas.people import Role
from services.access.actions import add_person, give_role
from services.commands.keys import key
from services.commands.place import DataOption, opened, refusing, settings_of
from services.directory import queries as directory

app = typer.Typer(help="Who may come in: people, and other systems' keys.", no_args_is_help=True)
app.add_typer(key, name="key")


@app.command("add")
def add(
    email: Annotated[str, typer.Argument(help="Work e-mail; sign-in links are sent there.")],
    name: Annotated[str, typer.Option(help="Name, as letters address the person.")],
    role: Annotated[Role, typer.Option(help="What the person may do.")],
    unit: Annotated[str, typer.Option(help="Key of the unit, for unit_member.")] = "",
    agent: Annotated[str, typer.Option(help="Key of the agent, for agent.")] = "",
    language: Annotated[str, typer.Option(help="Language of letters: fi, sv or en.")] = "fi",
    data: DataOption = None,
) -> None:
    """
    Let a person in, with a role; again with another role, it adds that role.

    The person signs in by a link that is sent to the address.
    """
    checked = _language(language)
    if (role is Role.UNIT_MEMBER) != bool(unit) or (role is Role.AGENT) != bool(agent):
        raise typer.BadParameter("unit_member takes --unit, agent takes --agent, others neither")
    if "@" not in email:
        raise typer.BadParameter("an e-mail address holds an @", param_hint="EMAIL")
    with refusing(), opened(settings_of(data)) as store, store.begin() as session:
        if unit:
            directory.unit(session, unit)
        if agent:
            directory.agent(session, agent)
        person = add_person(session, name, email, checked)
        give_role(session, person, role, unit_id=unit, agent_id=agent)
    typer.echo(f"{person} may come in as {role}")


def _language(text: str) -> Language:
    if text not in ("fi", "sv", "en"):
        raise typer.BadParameter(f"{text!r} is none of fi, sv and en", param_hint="--language")
    return text  # type: ignore[return-value]  # one of the three
