"""
Judge the groups of the sample challenges by topics that a person gave them.

``piiri bench samples [THRESHOLD …]`` prints a table. The topics, and which of them a
facilitator would seat together, lie beside this file; a sample that stands in none of them
has no fellow. They were given by reading the challenges, after groups had been seen.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path

from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.text.encoders import Encoder, neural, neural_is_installed
from matcher.text.scale import learn
from schemas.challenges import ChallengeCard
from schemas.units import UnitProfile
from services.commands.propose import LONG_AGO
from services.demo.samples import sample_challenges
from services.directory.reference import real_units

TOPICS = Path(__file__).parent / "sample_topics.tsv"
HEAD = (
    "| encoder, threshold | groups | placed | half their group shares their topic |"
    " nobody in it does | pairs on one topic | on one or a near one | such pairs found |"
)
Alike = Callable[[str, str], bool]


def topics() -> tuple[Alike, Alike]:
    """Whether two samples are on one topic, and on one or near ones."""
    with TOPICS.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    of = {f"sample-{n}": row["topic"] for row in rows for n in row["samples"].split()}
    near = {(row["topic"], other) for row in rows for other in row["near"].split("|")}

    def same(a: str, b: str) -> bool:
        return of.get(a, a) == of.get(b, b)

    return same, lambda a, b: same(a, b) or (of.get(a), of.get(b)) in near


def samples() -> list[tuple[ChallengeCard, UnitProfile]]:
    """Sample challenges with their units."""
    units = {unit.id: UnitProfile(**unit.model_dump()) for unit in real_units()}
    lines = [line.model_dump(exclude={"type"}) for line in sample_challenges()]
    return [(ChallengeCard(**li, registered_at=LONG_AGO), units[li["unit_id"]]) for li in lines]


def groups(encoder: Encoder | None, rules: GroupRules) -> list[list[str]]:
    """Keys of the challenges of each proposed group."""
    pool = Pool(rules, encoder=encoder)
    for card, unit in samples():
        pool.add(card, unit)
    found = pool.propose().proposals
    return [[member.challenge_id for member in proposal.members] for proposal in found]


def line(name: str, found: Sequence[Sequence[str]]) -> str:
    """One line of the table."""
    same, near = topics()
    placed = [(key, group) for group in found for key in group]
    fellows = [(sum(near(key, o) for o in group if o != key), len(group)) for key, group in placed]
    pairs = [pair for group in found for pair in combinations(group, 2)]
    alike = sum(same(*pair) for pair in pairs)
    there_are = sum(same(*pair) for pair in combinations([card.id for card, _ in samples()], 2))
    cells = (
        len(found),
        len(placed),
        sum(count >= (size - 1) / 2 for count, size in fellows),
        sum(count == 0 for count, _ in fellows),
        f"{alike / len(pairs):.0%}",
        f"{sum(near(*pair) for pair in pairs) / len(pairs):.0%}",
        f"{alike / there_are:.0%}",
    )
    return f"| {name} | {' | '.join(map(str, cells))} |"


def run(argv: Sequence[str] = ()) -> int:
    """Print the table for the thresholds given, else for the default; 0."""
    default = GroupRules.model_fields["threshold"].default
    encoders: dict[str, Encoder | None] = {"built-in": None}
    if neural_is_installed():
        encoders["neural"] = neural()
        learn(neural())
    print(f"{HEAD}\n|---|---|---|---|---|---|---|---|")
    for name, encoder in encoders.items():
        for threshold in map(float, argv or [default]):
            found = groups(encoder, GroupRules(threshold=threshold))
            print(line(f"{name}, {threshold:g}", found))
    return 0


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
