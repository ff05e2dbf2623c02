"""Cells of the table: methods run one after the other in processes of their own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from scipy import sparse

from tests.bench.groups.cases import Case, Labels, carried, case_of
from tests.bench.groups.child import NO_MEMORY
from tests.bench.groups.scores import scored, stay_of

ROOT = Path(__file__).parents[3]
CHANGED = 0.05
"""Share of the units that leave, and come, between the two runs."""


@dataclass(frozen=True)
class Limits:
    """What one run of a method may use."""

    cpu_s: float
    memory_gb: float


@dataclass(frozen=True)
class Cell:
    """What is known of one method on one population."""

    units: int
    challenges: int
    seed: int
    method: str
    failed: str = ""
    cpu_s: float = 0.0
    peak_mb: float = 0.0
    scores: dict[str, float] | None = None
    kept: float | None = None
    """Share of the pairs of unchanged units kept after the change."""


def cells(
    units: int, methods: Iterable[str], seed: int, limits: Limits, folder: Path
) -> Iterable[Cell]:
    """Run the methods on a population, before and after a change."""
    cases = {}
    for changed in (False, True):
        case = case_of(units, seed, CHANGED, changed=changed)
        sparse.save_npz(_path(folder, changed), sparse.csr_matrix(case.affinity), compressed=False)
        cases[changed] = case
    for method in methods:
        yield _cell(cases[False], cases[True], units, method, seed, limits, folder)


def _cell(
    before: Case, after: Case, units: int, method: str, seed: int, limits: Limits, folder: Path
) -> Cell:
    cell = Cell(units, before.n, seed, method)
    told, label = _run(units, method, seed, limits, folder, None)
    if label is None:
        return replace(cell, failed=told["failed"])
    cell = replace(cell, cpu_s=told["cpu_s"], peak_mb=told["peak_mb"])
    cell = replace(cell, scores=scored(before, label))
    if method == "cp-sat":
        return cell
    start = carried(label, before, after)
    np.save(folder / "start.npy", start)
    _, then = _run(units, method, seed, limits, folder, folder / "start.npy")
    return cell if then is None else replace(cell, kept=stay_of(start, then))


def _path(folder: Path, changed: bool) -> Path:
    return folder / f"affinity-{'after' if changed else 'before'}.npz"


def _run(
    units: int, method: str, seed: int, limits: Limits, folder: Path, start: Path | None
) -> tuple[dict[str, object], Labels | None]:
    order = {
        "units": units,
        "seed": seed,
        "share": CHANGED,
        "changed": start is not None,
        "affinity": str(_path(folder, start is not None)),
        "start": str(start) if start else "",
        "method": method,
        "limit": limits.cpu_s,
        "memory_gb": limits.memory_gb,
        "out": str(folder / "labels.npy"),
    }
    (folder / "order.json").write_text(json.dumps(order), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.groups.child", str(folder / "order.json")],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    if done.returncode:
        return {"failed": why(done, limits)}, None
    label = np.load(folder / "labels.npy")
    told = json.loads(done.stdout.splitlines()[-1])
    if (label < 0).all():
        return {"failed": f"no result in {limits.cpu_s:g} s"}, None
    return told, label


def why(done: subprocess.CompletedProcess[str], limits: Limits) -> str:
    """Return what a table says of a run that gave no answer."""
    if done.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        return f"no result in {limits.cpu_s:g} s"
    if done.returncode == NO_MEMORY or "bad_alloc" in done.stderr or "Memory" in done.stderr:
        return f"out of memory ({limits.memory_gb:g} GB)"
    return "failed: " + (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]


def read_cells(path: Path | None) -> dict[tuple[int, int, str], Cell]:
    """Cells kept in a file of JSON lines; a later line replaces an earlier one."""
    if path is None or not path.exists():
        return {}
    found = [Cell(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return {(cell.units, cell.seed, cell.method): cell for cell in found}


def keep_cell(path: Path | None, cell: Cell) -> None:
    """Add a cell to the file."""
    if path is not None:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(cell)) + "\n")
