"""
Measure one registration: ``piiri bench registrations [CHALLENGES …]``.

Into a pool of so many invented challenges in groups of up to ten, 2,000 more are registered
one by one, with their texts analysed beforehand. Times are of the processor and of the clock.
"""

import gc
import os
import platform
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matcher.incremental import Core, warm
from matcher.params import GroupRules
from tests.invented_items import one, population

MORE = 2000
SEATS = 10


def run(argv: Sequence[str] = ()) -> int:
    """Print one line for each number of challenges; 0."""
    print(machine())
    warm()
    for size in map(int, argv or ("5000", "1000000")):
        measure(size)
    return 0


def measure(n: int) -> None:
    """Load ``n``, then add more one by one."""
    columns = 20_000 if n < 200_000 else 60_000
    texts, items, topic = population(n + MORE, columns=columns)
    core = Core(GroupRules(most_groups=6), columns=columns, indexed=columns)
    late = [one(texts, items, i) for i in range(n, n + MORE)]
    core.load(texts, type(items)(*(part[:n] for part in items)), first_groups(items, topic[:n]))
    gc.collect()
    gc.disable()
    busy, passed, how, moved = [], [], Counter(), 0
    for item in late:
        start, began = time.process_time_ns(), time.perf_counter_ns()
        _, joined = core.add(item)
        passed.append(time.perf_counter_ns() - began)
        busy.append(time.process_time_ns() - start)
        how[joined.how] += 1
        moved += len(joined.moved)
    told = ", ".join(f"{count} {name}" for name, count in how.most_common())
    print(f"{n}: processor {spread(busy)}; clock {spread(passed)}; {told}; {moved} others moved")


def spread(ns):
    """Median, 99th percentile and worst, in milliseconds."""
    ms = np.array(ns) / 1e6
    p50, p99 = np.percentile(ms, [50, 99])
    return f"p50 {p50:.3f} p99 {p99:.3f} worst {ms.max():.2f} ms"


def machine():
    """What this runs on, and how busy it is with other things."""
    names = [
        line for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    name = names[0].split(":")[1].strip() if names else platform.processor()
    return f"{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def first_groups(items, topic):
    """Groups of five to ten units on one topic with a language in common."""
    labels, group = np.full(len(topic), -1), 0
    order = np.argsort(topic, kind="stable")
    for part in np.split(order, np.flatnonzero(np.diff(topic[order])) + 1):
        members, units, common = [], set(), -1
        for i in [*part.tolist(), -1]:
            if i < 0 or len(members) == SEATS:
                if len(members) >= SEATS // 2:
                    labels[members], group = group, group + 1
                members, units, common = [], set(), -1
            if i >= 0 and items.unit[i] not in units and common & items.mask[i]:
                members.append(i)
                units.add(items.unit[i])
                common &= int(items.mask[i])
    return labels


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
