"""``piiri bench``: the development benchmarks, where the source is at hand."""

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).resolve().parents[2]
"""The source's folder; of an installed package, where there are no benchmarks."""
NAMES = (
    "text", "search", "groups", "full", "samples", "registrations", "stability", "live", "asked"
)  # fmt: skip
MODULES = {
    "text": "tests.bench.text.run",
    "search": "tests.bench.text.search",
    "samples": "tests.bench.groups.samples",
    "full": "tests.bench.groups.full",
    "registrations": "tests.bench.groups.registrations",
    "stability": "tests.bench.groups.stability",
    "live": "tests.bench.groups.live",
    "asked": "tests.bench.groups.asked",
}
PASSED_ON = {"ignore_unknown_options": True}
"""Options are the benchmark's own."""
Run = Callable[[Sequence[str]], int]


def bench(
    name: Annotated[str, typer.Argument(help=f"{', '.join(NAMES)}.")],
    argv: Annotated[
        list[str] | None, typer.Argument(help="What the benchmark itself is told.")
    ] = None,
) -> None:
    """
    Measure understanding of texts, search over many, or group forming, and print a table.

    Of groups also: a full run with its affinities, single registrations into many, what changes
    leave of the groups, the live pool with texts, and how long others wait for its rounds; they
    take numbers of challenges, of units, and of both. And the groups of the sample challenges,
    judged by topics that a person gave those; it takes thresholds.

    The benchmarks and what they are measured on belong to the source, not to the package.
    ``piiri bench groups --sizes 120`` passes its options on; ``-- --help`` lists them.
    """
    if name not in NAMES:
        raise typer.BadParameter(
            f"there is no benchmark {name!r}; there are {', '.join(NAMES)}", param_hint="NAME"
        )
    raise typer.Exit(benchmark(name)(argv or []))


def benchmark(name: str, root: Path = ROOT) -> Run:
    """
    Find a benchmark in the source.

    Raises
    ------
    typer.BadParameter
        When there is no source here, or no such benchmark in it.
    """
    module = MODULES.get(name, f"tests.bench.{name}.run")
    if not root.joinpath(*module.split(".")).with_suffix(".py").is_file():
        raise typer.BadParameter(
            f"the benchmark {name!r} is not installed with the package: run it in a checkout of "
            "the source, where it is in tests/bench/",
            param_hint="NAME",
        )
    if str(root) not in sys.path:
        sys.path.insert(0, str(root))
    run: Run = import_module(module).run
    return run
