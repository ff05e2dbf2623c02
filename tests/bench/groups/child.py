"""One method on one case in a process of its own, so that seconds and memory are its own."""

import json
import resource
import sys
import time
from pathlib import Path

import numpy as np
from scipy import sparse

from tests.bench.groups.cases import Case, chosen, members
from tests.bench.groups.methods import METHODS, ready

NO_MEMORY = 75
"""Exit status when the memory limit was met (EX_TEMPFAIL)."""
SPARE_S = 60
"""CP-SAT keeps its time limit itself, by the clock; its helpers get this much more."""


def peak_mb() -> float:
    """
    Most memory this process had at once, MB.

    The kernel's own count: ``ru_maxrss`` of a child begins with what its parent had.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(order: dict[str, object]) -> int:
    """Carry out an order: load the case, warm up, limit, run, tell."""
    units, seed, limit = int(order["units"]), int(order["seed"]), float(order["limit"])
    people, first, then = members(units, float(order["share"]), seed)
    origin = then if order["changed"] else first
    case = Case(
        chosen(people, origin), sparse.csr_array(sparse.load_npz(str(order["affinity"]))), origin
    )
    start = np.load(str(order["start"])) if order["start"] else None
    method = str(order["method"])
    ready(method)
    used = time.process_time()
    seconds = int(used + limit + (limit + SPARE_S if method == "cp-sat" else 0)) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    bytes_ = int(float(order["memory_gb"]) * 2**30)
    resource.setrlimit(resource.RLIMIT_AS, (bytes_, bytes_))
    try:
        label = METHODS[method](case, seed, limit, start)
    except MemoryError:
        return NO_MEMORY
    used = time.process_time() - used
    np.save(str(order["out"]), np.asarray(label, np.int64))
    print(json.dumps({"cpu_s": used, "peak_mb": peak_mb()}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))))
