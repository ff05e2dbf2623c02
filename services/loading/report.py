"""What a load did, or what is wrong with the file."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from services.loading.actions import Outcome
from services.loading.lines import FileFault

KEPT_FAULTS = 1_000
"""More are counted; a file with so many is spoilt in one and the same way."""


@dataclass
class Report:
    """Counts by type of line and outcome, and the faults found."""

    file: str
    dry_run: bool
    rows: int = 0
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    faults: list[FileFault] = field(default_factory=list)
    fault_count: int = 0
    stopped: bool = False
    """True when the load broke off; what it had stored stays, run it again to go on."""

    def add(self, fault: FileFault) -> None:
        """Note a fault."""
        self.fault_count += 1
        if len(self.faults) < KEPT_FAULTS:
            self.faults.append(fault)

    def count(self, kind: str, outcome: Outcome) -> None:
        """Count what a line did."""
        self.counts.setdefault(kind, Counter())[outcome] += 1

    def as_json(self) -> dict[str, Any]:
        """The report for programs."""
        return {
            "file": self.file,
            "dry_run": self.dry_run,
            "rows": self.rows,
            "counts": {
                kind: {outcome: counts[outcome] for outcome in Outcome}
                for kind, counts in sorted(self.counts.items())
            },
            "fault_count": self.fault_count,
            "faults": [fault.model_dump() for fault in self.faults],
            "stopped": self.stopped,
        }
