"""
Measure a full run: ``piiri bench full [UNITS …] [--workers N] [--longer TIMES] [--seed N]``.

Of a generated population, in a process of its own: the affinities of the nearest of everybody,
then the groups. Beside it, with ``--longer``, one search of so many times the sweeps. Seconds of
the processor and of the clock; the most memory that the process had, and what the population and
the libraries take of it.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from matcher.grouping import form_groups, warm
from matcher.grouping.form import score_of
from matcher.grouping.problem import Problem
from matcher.grouping.walks import sweeps_in, walks
from matcher.grouping.watch import Watch
from tests.bench.groups.cases import LOWER, UPPER
from tests.bench.groups.child import peak_mb
from tests.bench.groups.populations import SIZES, affinity, population
from tests.bench.groups.registrations import machine
from tests.bench.groups.stability import same_unit

ROOT = Path(__file__).parents[3]
MANY = 250_000
"""Units from which fewer are looked at of each: the 24 nearest, 1,500 entries of lists."""
HEAD = (
    "| units, challenges | affinities, s: processor; clock | groups, s: the same | MB, of which"
    " there before | placed | objective on the graph | of a longer run |\n|---" + "|---" * 6 + "|"
)


def run(argv: Sequence[str] = ()) -> int:
    """Print one line for each number of units; 1 when one of the runs failed."""
    told = _parser().parse_args(argv)
    print(machine())
    print(HEAD, flush=True)
    failed = 0
    for units in told.units or [1_500, 10_000]:
        order = [str(units), "--one", "--workers", str(told.workers), "--seed", str(told.seed)]
        order += ["--longer", str(told.longer)]
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.groups.full", *order], cwd=ROOT, check=False
        )
        failed += done.returncode != 0
    return min(failed, 1)


def one(units: int, *, workers: int, longer: int, seed: int) -> str:
    """The line of one population."""
    people = population(units, seed, challenges=SIZES.get(units))
    warm()
    there = resident_mb()
    spent: list[str] = []
    k, budget = (24, 1_500) if units >= MANY else (32, 2_000)
    with timed(spent):
        graph = affinity(people, k, budget, workers)
    with timed(spent):
        found = form_groups(
            graph,
            lower=LOWER,
            upper=UPPER,
            cannot_link=people.same_unit,
            seed=seed,
            workers=workers,
        )
    peak, placed = peak_mb(), float((found.labels >= 0).mean())
    against = "–"
    if longer:
        ones = np.ones(people.n)
        problem = Problem(graph, LOWER, UPPER, ones, ones, bars=same_unit(people.unit))
        number = longer * sweeps_in(problem, None)
        began = time.process_time()
        _, label = walks(
            problem,
            np.full(people.n, -1, np.int32),
            seed=seed,
            workers=workers,
            number=number,
            watch=Watch(None, number * people.n, None),
        )
        label = np.where(label == problem.slot_count(), -1, label)
        best = score_of(graph, label, 0.0)
        took = time.process_time() - began
        against = f"{found.score / best:.1%} ({best:,.1f} in {took:.2f} s)"
    return (
        f"| {units:,}, {people.n:,} | {spent[0]} | {spent[1]} | {peak:,.0f}, {there:,.0f}"
        f" | {placed:.1%} | {found.score:,.1f} | {against} |"
    )


@contextmanager
def timed(spent: list[str]):
    """Note seconds of the processor and of the clock."""
    used, began = time.process_time(), time.perf_counter()
    yield
    spent.append(f"{time.process_time() - used:.2f}; {time.perf_counter() - began:.2f}")


def resident_mb() -> float:
    """Memory that the process has now, MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096 / 2**20


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="piiri bench full")
    parser.add_argument("units", nargs="*", type=int)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--longer", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    asked = _parser().parse_args()
    if asked.one:
        given = {"workers": asked.workers, "longer": asked.longer, "seed": asked.seed}
        print(one(asked.units[0], **given), flush=True)
        raise SystemExit(0)
    raise SystemExit(run(sys.argv[1:]))
