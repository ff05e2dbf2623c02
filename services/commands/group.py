"""``piiri group``: groups from any affinity, without a unit or a challenge."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from zipfile import BadZipFile

import numpy as np
import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from scipy import sparse

from matcher.grouping import Grouping, form_groups

REFUSED = 1
"""Exit status when the input or the rules are refused."""
MOST_ITEMS = 10_000_000
"""Items are numbered from 0 without gaps; a number beyond is a slip, and would fill the memory."""


def group(
    affinity: Annotated[Path, typer.Argument(help="JSON Lines of [i, j, weight], or an .npz.")],
    lower: Annotated[float, typer.Option(help="Least size, or sum of weights, of a group.")],
    upper: Annotated[float, typer.Option(help="Most of it.")],
    groups: Annotated[int | None, typer.Option(help="Exactly so many; all are placed.")] = None,
    node_weights: Annotated[Path | None, typer.Option(help="JSON list: weights of items.")] = None,
    must_link: Annotated[Path | None, typer.Option(help="JSON Lines of [i, j].")] = None,
    cannot_link: Annotated[Path | None, typer.Option(help="JSON Lines of [i, j].")] = None,
    pinned: Annotated[Path | None, typer.Option(help="JSON object: item to group.")] = None,
    previous: Annotated[Path | None, typer.Option(help="JSON list: labels of before.")] = None,
    move_penalty: Annotated[float, typer.Option(help="What one moved item costs.")] = 0.0,
    threshold: Annotated[float, typer.Option(help="Affinity from which a pair gains.")] = 0.0,
    time_limit: Annotated[float | None, typer.Option(help="Seconds: budget and brake.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same groups.")] = 0,
    workers: Annotated[int, typer.Option(help="Threads; they change nothing but time.")] = 1,
) -> None:
    """
    Form groups of bounded size from an affinity, maximising affinity inside groups.

    AFFINITY is JSON Lines of [i, j, weight], each pair once or both ways alike, items numbered
    from 0, or what scipy.sparse.save_npz writes (symmetric, n × n). An item's affinity with
    itself counts for nothing. With --groups and --node-weights it is
    the Capacitated Clustering Problem as published. Prints one JSON object: labels, score,
    sizes, bound, stopped, unassigned.
    """
    try:
        with _bar() as told:
            found = form_groups(
                _affinity(affinity, _json(node_weights), _json(previous)),
                lower=_whole("--lower", lower),
                upper=_whole("--upper", upper),
                groups=groups,
                node_weights=_json(node_weights),
                must_link=_pairs(must_link),
                cannot_link=_pairs(cannot_link),
                pinned=_pins(pinned),
                previous=_json(previous),
                move_penalty=move_penalty,
                threshold=threshold,
                time_limit_s=time_limit,
                seed=seed,
                workers=workers,
                progress=told,
            )
    except (ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(REFUSED) from None
    typer.echo(json.dumps(_answer(found)))


def _answer(found: Grouping) -> dict[str, Any]:
    return {
        "labels": found.labels.tolist(),
        "score": found.score,
        "sizes": found.sizes,
        "bound": found.bound,
        "stopped": found.stopped,
        "unassigned": {str(item): code for item, code in found.unassigned_reasons.items()},
    }


def _whole(option: str, value: float) -> float:
    if not np.isfinite(value):
        raise ValueError(f"{option}: a finite number is accepted, got {value}")
    return int(value) if value == int(value) else value


def _affinity(file: Path, *lists: Any) -> sparse.csr_array:
    """Read an affinity; a list of one entry an item says how many items there are."""
    if file.suffix == ".npz":
        try:
            return sparse.csr_array(sparse.load_npz(file))
        except (BadZipFile, KeyError, ValueError) as error:
            raise ValueError(f"{file}: not a matrix of scipy.sparse.save_npz: {error}") from None
    pairs: dict[tuple[int, int], float] = {}
    for number, value in _lines(file):
        i, j, weight = _entry(file, number, value)
        pair = (min(i, j), max(i, j))
        if not np.isfinite(weight):
            raise ValueError(f"{file}, line {number}: a finite weight is accepted, got {weight}")
        if pairs.setdefault(pair, weight) != weight:
            raise ValueError(
                f"{file}, line {number}: pair [{i}, {j}] has weight {pairs[pair]} already, "
                f"got {weight}"
            )
    n = max([len(known) for known in lists if isinstance(known, list)], default=0)
    n = max(n, 1 + max((j for _, j in pairs), default=-1))
    rows, columns = np.array(list(pairs), np.int64).reshape(-1, 2).T
    values = np.array(list(pairs.values()), np.float64)
    apart = rows != columns
    rows, columns, values = rows[apart], columns[apart], values[apart]
    both = (np.concatenate([rows, columns]), np.concatenate([columns, rows]))
    return sparse.csr_array((np.concatenate([values, values]), both), shape=(n, n))


def _entry(file: Path, number: int, value: Any) -> tuple[int, int, float]:
    if (
        isinstance(value, list)
        and len(value) == 3
        and all(type(item) is int and 0 <= item < MOST_ITEMS for item in value[:2])
        and type(value[2]) in (int, float)
    ):
        return value[0], value[1], float(value[2])
    raise ValueError(
        f"{file}, line {number}: [i, j, weight] with i and j from 0 to {MOST_ITEMS - 1} "
        f"is accepted, got {json.dumps(value)[:60]}"
    )


def _lines(file: Path) -> Iterator[tuple[int, Any]]:
    with file.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                try:
                    yield number, json.loads(line)
                except ValueError as error:
                    raise ValueError(f"{file}, line {number}: not JSON: {error}") from None


def _json(file: Path | None) -> Any:
    if file is None:
        return None
    try:
        value = json.loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{file}: not JSON: {error}") from None
    if isinstance(value, list):
        return value
    raise ValueError(f"{file}: a JSON list is accepted, got {type(value).__name__}")


def _pairs(file: Path | None) -> list[list[int]]:
    if file is None:
        return []
    pairs = []
    for number, value in _lines(file):
        if not isinstance(value, list) or len(value) != 2:
            raise ValueError(f"{file}, line {number}: [i, j] is accepted, got {value!r}")
        pairs.append(value)
    return pairs


def _pins(file: Path | None) -> dict[int, int] | None:
    if file is None:
        return None
    try:
        value = json.loads(file.read_bytes())
        return {int(item): where for item, where in value.items()}
    except (ValueError, AttributeError) as error:
        raise ValueError(f"{file}: a JSON object of item to group is accepted: {error}") from None


@contextmanager
def _bar() -> Iterator[Callable[[float], None] | None]:
    console = Console(stderr=True)
    if not console.is_terminal or not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("Forming groups"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=1.0)
        yield lambda share: bar.update(task, completed=share)
