"""``piiri propose``: groups from a file of units and challenges, without store or stream."""

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from matcher.check import check_proposal
from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.text.encoders import Encoder, encoder_named
from matcher.text.scale import learn
from matcher.told import Proposed
from schemas.challenges import ChallengeCard
from schemas.pool_lines import BadLine, ChallengeLine, UnitLine, parse_lines
from schemas.reasons import Reason
from schemas.units import UnitProfile
from services.commands.place import with_vocabulary

FAULTY = 1
"""Exit status when the file has faults."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
"""When a challenge of a file counts as registered: a file says nothing, and no clock is read."""


@dataclass
class PoolFile:
    """Units and challenges of a file, and what was wrong in it."""

    units: dict[str, UnitProfile] = field(default_factory=dict)
    challenges: dict[str, tuple[int, ChallengeLine]] = field(default_factory=dict)
    """Line number and line of each challenge."""
    faults: list[str] = field(default_factory=list)

    def take(self, number: int, line: UnitLine | ChallengeLine | BadLine) -> None:
        """Take one line."""
        if isinstance(line, BadLine):
            self.faults += [str(fault) for fault in line.faults]
            return
        key = line.id or f"line-{number}"
        if isinstance(line, UnitLine):
            if key in self.units:
                self.faults.append(f"line {number}, field id: unit {key!r} is there already")
            self.units[key] = UnitProfile(**line.model_dump(exclude={"type"}) | {"id": key})
        else:
            if key in self.challenges:
                self.faults.append(f"line {number}, field id: challenge {key!r} is there already")
            self.challenges[key] = number, line

    def check_units(self) -> None:
        """Note challenges whose unit is not in the file."""
        for number, line in self.challenges.values():
            if line.unit_id not in self.units:
                self.faults.append(
                    f"line {number}, field unit_id: no unit {line.unit_id!r} in the file"
                )


def read_pool(lines: Iterable[str | bytes]) -> PoolFile:
    """Read a file of units and challenges; faults are kept, not raised."""
    found = PoolFile()
    for number, line in parse_lines(lines):
        found.take(number, line)
    found.check_units()
    return found


def propose(
    file: Annotated[Path, typer.Argument(help="JSON Lines of units and challenges; - reads in.")],
    lower: Annotated[int, typer.Option(help="Fewest members of a group, from 3.")] = 5,
    upper: Annotated[int, typer.Option(help="Most members of a group.")] = 12,
    threshold: Annotated[
        float, typer.Option(help="Affinity from which a pair gains, in [0, 1].")
    ] = GroupRules.model_fields["threshold"].default,
    seed: Annotated[int, typer.Option(help="The same seed gives the same groups.")] = 0,
    encoder: Annotated[
        str, typer.Option(help="builtin, neural, auto, or the folder of a model.")
    ] = "builtin",
    as_json: Annotated[
        bool, typer.Option("--json", help="Print JSON Lines on a terminal, too.")
    ] = False,
) -> None:
    """
    Propose developer groups from a file, without database or stream.

    Each line is a unit or a challenge, as `piiri load` takes them:
    {"type": "unit", "id": …} or {"type": "challenge", "unit_id": …}. A terminal gets a
    table; a pipe, or --json, gets JSON Lines: one {"type": "proposal", …} a group and one
    {"type": "left_out", "challenge_id": …, "reason": {…}} a challenge that waits.
    """
    with_vocabulary()
    found = _read(file)
    rules = _rules(lower=lower, upper=upper, threshold=threshold)
    pool = Pool(rules, seed, encoder=_encoder(encoder))
    cards = {key: _card(key, line) for key, (_, line) in found.challenges.items()}
    for key in sorted(cards):
        pool.add(cards[key], found.units[cards[key].unit_id])
    made = pool.propose()
    for proposal in made.proposals:
        broken = check_proposal(proposal, cards, found.units, rules)
        if broken:
            raise RuntimeError(f"proposal {proposal.id} breaks a rule: {broken}")
    if as_json or not sys.stdout.isatty():
        _print_lines(made)
    else:
        _print_tables(made, found, cards)


def _encoder(name: str) -> Encoder | None:
    try:
        found = encoder_named(name)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--encoder") from None
    if found is not None:
        learn(found)
    return found


def _read(file: Path) -> PoolFile:
    try:
        if str(file) == "-":
            found = read_pool(sys.stdin.buffer)
        else:
            with file.open("rb") as lines:
                found = read_pool(lines)
    except OSError as error:
        raise typer.BadParameter(f"{file}: {error.strerror}", param_hint="FILE") from None
    for fault in found.faults:
        typer.echo(fault, err=True)
    if found.faults:
        raise typer.Exit(FAULTY)
    return found


def _rules(**said: Any) -> GroupRules:
    try:
        return GroupRules(**said)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        where = "--" + str(fault["loc"][0]) if fault["loc"] else "--lower, --upper"
        raise typer.BadParameter(
            f"{fault['msg']}, got {fault['input']}", param_hint=where
        ) from None


def _card(key: str, line: ChallengeLine) -> ChallengeCard:
    fields = line.model_dump(exclude={"type"}) | {"id": key}
    return ChallengeCard(**fields, registered_at=LONG_AGO)


def _print_lines(made: Proposed) -> None:
    for proposal in made.proposals:
        _print_line({"type": "proposal", **proposal.model_dump(mode="json")})
    for challenge_id, reason in made.left_out.items():
        body = {"challenge_id": challenge_id, "reason": reason.model_dump(mode="json")}
        _print_line({"type": "left_out", **body})


def _print_line(value: dict[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))


def _print_tables(made: Proposed, found: PoolFile, cards: dict[str, ChallengeCard]) -> None:
    console = Console()
    for number, proposal in enumerate(made.proposals, start=1):
        uniting = ", ".join(concept.label.en for concept in proposal.concepts)
        table = Table(
            title=f"Group {number} · {len(proposal.members)} members · cohesion "
            f"{proposal.cohesion:.2f} · {'/'.join(proposal.languages)} · {uniting}",
            title_justify="left",
        )
        for heading in ("unit", "challenge", "fit", "why"):
            table.add_column(heading, no_wrap=heading == "fit")
        for member in proposal.members:
            table.add_row(
                found.units[member.unit_id].name.fi,
                cards[member.challenge_id].title,
                f"{member.fit:.2f}",
                "; ".join(_said(reason) for reason in member.reasons),
            )
        console.print(table)
    if made.left_out:
        table = Table("unit", "challenge", "why", title="Left out", title_justify="left")
        for challenge_id, reason in made.left_out.items():
            card = cards[challenge_id]
            table.add_row(found.units[card.unit_id].name.fi, card.title, _said(reason))
        console.print(table)


def _said(reason: Reason) -> str:
    concepts = ", ".join(concept.label.en for concept in reason.concepts)
    values = ", ".join(f"{name} {value:g}" for name, value in reason.values.items())
    return ": ".join(part for part in (reason.code, concepts or values) if part)
