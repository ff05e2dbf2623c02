"""
Measure the live pool: ``piiri bench live [CHALLENGES] [MORE]``.

Challenges with texts, made of the sample data's sentences, are registered at once; then more
come one by one, each with its round. Times are of the processor, in milliseconds.
"""

import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from random import Random

import numpy as np

from matcher.entries import entry_of
from matcher.params import GroupRules
from matcher.pool import Pool
from matcher.warm import warm
from schemas.challenges import ChallengeCard
from schemas.units import UnitProfile
from services.demo.samples import sample_challenges
from services.directory.reference import real_units
from tests.bench.groups.registrations import machine

WHEN = datetime(2026, 1, 1, tzinfo=UTC)


def run(argv: Sequence[str] = ()) -> int:
    """Print one line for each part of a registration; 0."""
    given = [int(one) for one in argv]
    n, more = given + [5000, 200][len(given) :]
    print(machine())
    pool, cards = Pool(GroupRules()), invented(n + more)
    warm()
    began = time.process_time()
    for _ in range(n):
        pool.add(*next(cards))
    print(f"{n} registered in {time.process_time() - began:.1f} s")
    began = time.process_time()
    found = pool.propose()
    print(f"a full round: {time.process_time() - began:.1f} s, {len(found.proposals)} proposals")
    gc.collect()
    spent: dict[str, list[float]] = {"analysis": [], "add": [], "propose": [], "peers": []}
    for card, unit in (next(cards) for _ in range(more)):
        timed(spent["analysis"], entry_of, card, unit)
        timed(spent["add"], pool.add, card, unit)
        timed(spent["peers"], pool.peers, card.id)
        timed(spent["propose"], pool.propose)
    for name, ms in spent.items():
        p50, p99 = np.percentile(ms, [50, 99])
        print(f"{name}: p50 {p50:.2f} p99 {p99:.2f} max {max(ms):.1f} ms")
    return 0


def timed(spent: list[float], work: Callable[..., object], *given: object) -> None:
    """Run a part and note the processor's milliseconds."""
    began = time.process_time_ns()
    work(*given)
    spent.append((time.process_time_ns() - began) / 1e6)


def invented(n: int, seed: int = 0) -> Iterator[tuple[ChallengeCard, UnitProfile]]:
    """Challenges whose sentences come from two samples of one language each."""
    rng = Random(seed)  # noqa: S311  # sample data, nothing secret
    samples = list(sample_challenges())
    of = {lang: [s for s in samples if s.language == lang] for lang in ("fi", "sv", "en")}
    drafts = list(real_units())
    for at in range(n):
        one = rng.choice(samples)
        other = rng.choice(of[one.language])
        draft = drafts[rng.randrange(len(drafts))]
        number = rng.randrange(3)
        unit = UnitProfile(**draft.model_dump() | {"id": f"{draft.id}-{number}"})
        fields = one.model_dump(exclude={"type", "id", "unit_id", "sample"})
        fields |= {"id": f"c{at:06}", "unit_id": unit.id, "text": mixed(rng, one.text, other.text)}
        fields |= {"maturity": rng.randint(1, 5)}
        yield ChallengeCard(**fields, registered_at=WHEN), unit


def mixed(rng: Random, one: str, other: str) -> str:
    """Most sentences of one text and one of another."""
    first, second = one.split(". "), other.split(". ")
    return ". ".join([*rng.sample(first, max(1, len(first) - 1)), rng.choice(second)])


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
