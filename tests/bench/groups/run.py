"""
Group forming beside what else could be used, as tables.

``python -m tests.bench.groups.run --sizes 120,600`` prints them. What each method is given is
told beside it in ``methods``.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from matcher.grouping import warm
from tests.bench.groups import special
from tests.bench.groups.methods import METHODS, NAMES
from tests.bench.groups.running import Cell, Limits, cells, keep_cell, read_cells

HEAD = (
    "| method | objective | of the best | mean; weakest tenth; worst group | placed |"
    " wrong size; unit twice | could swap | common language | CPU s | MB |"
    " pairs kept after 5 % changed |\n|---|---|---|---|---|---|---|---|---|---|---|"
)
CP_SAT_UP_TO = 120
"""Units up to which the exact solver is asked at all."""


def options(argv: Sequence[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="piiri bench groups", description=__doc__)
    parser.add_argument("--sizes", default="120,600", help="units, by commas (120,600)")
    parser.add_argument("--methods", default="", help=f"of {','.join(METHODS)}; all of them")
    parser.add_argument("--cases", default=",".join(special.CASES), help="the further cases, or -")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--time-limit", type=float, default=60.0, help="CPU seconds a run (60)")
    parser.add_argument("--memory-limit", type=float, default=6.0, help="GB a run (6)")
    parser.add_argument("--results", type=Path, help="keep cells there, and do not repeat them")
    parser.add_argument("--markdown", action="store_true", help="the tables alone")
    asked = parser.parse_args(list(argv))
    asked.sizes = [_size(parser, one) for one in asked.sizes.split(",") if one]
    asked.methods = _names(parser, "method", asked.methods, METHODS)
    asked.cases = [] if asked.cases == "-" else _names(parser, "case", asked.cases, special.CASES)
    return asked


def _size(parser: argparse.ArgumentParser, text: str) -> int:
    if not text.isdigit() or int(text) < 20:
        parser.error(f"--sizes takes whole numbers from 20, got {text!r}")
    return int(text)


def _names(
    parser: argparse.ArgumentParser, what: str, text: str, known: Sequence[str]
) -> list[str]:
    wanted = [one for one in text.split(",") if one] or list(known)
    for one in wanted:
        if one not in known:
            parser.error(f"no {what} {one!r}; there are {', '.join(known)}")
    return wanted


def line(cell: Cell, best: float) -> str:
    """One line of a table."""
    name, found = NAMES[cell.method], cell.scores
    if found is None:
        return f"| {name} | {cell.failed} |" + " – |" * 9
    kept = "–" if cell.kept is None else f"{cell.kept:.1%}"
    return (
        f"| {name} | {found['objective']:,.1f} | {found['objective'] / best:.1%}"
        f" | {found['mean']:.3f}; {found['tenth']:.3f}; {found['worst']:.3f}"
        f" | {found['coverage']:.1%} | {found['wrong_size']}; {found['unit_twice']}"
        f" | {found['blocking']:.2%} | {found['language']:.0%}"
        f" | {cell.cpu_s:.2f} | {cell.peak_mb:.0f} | {kept} |"
    )


def table(found: Sequence[Cell]) -> str:
    """The table of one size."""
    best = max((c.scores["objective"] for c in found if c.scores), default=1.0)
    return "\n".join([HEAD, *(line(cell, best) for cell in found)])


def run(argv: Sequence[str] = ()) -> int:
    """Measure what is asked for and print it; 0."""
    asked = options(argv)
    known, pages = read_cells(asked.results), []
    for units in sorted(set(asked.sizes)):
        methods = [m for m in asked.methods if m != "cp-sat" or units <= CP_SAT_UP_TO]
        missing = [m for m in methods if (units, asked.seed, m) not in known]
        limits = Limits(asked.time_limit, asked.memory_limit)
        with tempfile.TemporaryDirectory() as folder:
            new = cells(units, missing, asked.seed, limits, Path(folder)) if missing else ()
            for cell in new:
                known[units, asked.seed, cell.method] = cell
                keep_cell(asked.results, cell)
                if not asked.markdown:
                    print(line(cell, float("inf")), file=sys.stderr, flush=True)
        found = [known[units, asked.seed, m] for m in methods]
        pages.append(f"### {units:,} units, {found[0].challenges:,} challenges\n\n{table(found)}\n")
    if asked.cases:
        warm()
    pages += [f"### {special.TITLES[c]}\n\n{special.CASES[c](asked.seed)}\n" for c in asked.cases]
    print("\n".join(pages))
    return 0


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
