"""
Measure what changes leave of the groups: ``piiri bench stability [UNITS …]``.

Of a generated population two in a hundred challenges are replaced. Groups made anew and looked
at once more, as the pool does, are kept up one by one and then looked at again in quiet, from
where they are; beside that, groups made anew by one search, as if nobody had been told of any.
What is given up is measured against several of those, by the seeds of their searches.
"""

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher import metrics
from matcher.again import KEPT, search_again, together_of
from matcher.caps import Limits
from matcher.fairness import Rules, fairness
from matcher.forming import IN_FLUX
from matcher.grouping.problem import Problem
from matcher.grouping.solve import solve
from matcher.incremental import Core
from matcher.incremental.arrays import Items, Texts, items_of
from matcher.params import GroupRules
from matcher.warm import warm
from tests.bench.groups.populations import Population, population
from tests.bench.groups.registrations import machine
from tests.invented_items import one

CHANGED = 0.02
PENALTIES = (1.0, 2.0, 4.0)
POPULATIONS = range(6)
"""Seeds of populations, of their groups and of the looks at them."""
SEEDS = (0, 1, 2)
"""Of the searches from nothing that they are measured against."""
NEAR = 64
"""Nearest of each that a look at everybody knows, as in the pool."""
RULES = GroupRules(lower=6, upper=12, most_groups=20)
HEAD = (
    "| groups | objective | given up | pairs kept | placed | left out, placed anew;"
    " without a reason | could swap | common language | CPU s |\n|---" + "|---" * 8 + "|"
)
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class After:
    """The pool after the change: affinities of all, labels before, who is here."""

    affinity: sparse.csr_array
    before: Labels
    here: NDArray[np.int64]
    items: Items


def run(argv: Sequence[str] = ()) -> int:
    """Print a table for each number of units; 0."""
    print(machine())
    warm()
    for units in map(int, argv or ("600", "1500", "10000")):
        for seed in POPULATIONS:
            print(f"\n### {units:,} units, seed {seed}\n\n{table(units, seed)}", flush=True)
    return 0


def table(units: int, seed: int = 0, penalties: tuple[float, ...] = PENALTIES) -> str:
    """Groups anew, kept up one by one, and looked at again after that."""
    texts, items = arrays(population(units, seed))
    n = len(items.need)
    more = max(1, round(n * CHANGED))
    order = np.random.default_rng((seed, 3)).permutation(n)
    gone, late = np.sort(order[:more]), np.sort(order[more : 2 * more])
    core = Core(RULES, columns=int(texts.columns.max()) + 1, indexed=int(texts.columns.max()) + 1)
    core.load(texts, items, np.full(n, -1))
    affinity, first = near_of(core, n), np.setdiff1d(np.arange(n), late)
    before = anew(affinity, items, first, seed)
    before = again(After(affinity, before, first, items), before, IN_FLUX * RULES.move_penalty, 0.0)
    core = Core(RULES, columns=core.table.columns, indexed=core.table.columns)
    core.load(texts, items, before)
    for key in late.tolist():
        core.withdraw(key)
    after = After(affinity, before, np.setdiff1d(np.arange(n), gone), items)
    began = time.process_time()
    label, why = one_by_one(core, texts, items, gone, late)
    single_s = time.process_time() - began
    began = time.process_time()
    colds = [anew(affinity, items, after.here, other) for other in SEEDS]
    spent = (time.process_time() - began) / len(SEEDS)
    rows = [HEAD, row("made anew", after, colds[seed % len(SEEDS)], colds, None, spent)]
    rows.append(row("kept up one by one", after, label, colds, why, single_s))
    for penalty in penalties:
        began = time.process_time()
        found = again(after, label, penalty, KEPT, seed)
        spent = time.process_time() - began
        name = f"and then looked at again, a move at {penalty:g}"
        rows.append(row(name, after, found, colds, None, spent))
    return "\n".join(rows)


def again(after: After, label: Labels, penalty: float, kept: float, seed: int = 0) -> Labels:
    """Look at everybody again, as a pool in quiet does."""
    here, unit = after.here, after.items.unit[after.here].astype(np.int64)
    start = label[here].astype(np.int32)
    before = after.before[here]
    groups = [np.flatnonzero(before == slot).tolist() for slot in np.unique(before[before >= 0])]
    found = search_again(
        problem_of(after.affinity, after.items, here, start),
        together_of(range(len(here)), groups),
        penalty / (RULES.upper - 1),
        Limits(unit, np.full(int(unit.max()) + 1, float(len(unit)))),
        seed=seed,
        kept=kept,
    )
    labels = np.full(len(label), -1, np.int64)
    labels[here] = found
    return labels


def arrays(people: Population) -> tuple[Texts, Items]:
    """A population as the core reads it."""
    rows = people.concepts
    rows.sort_indices()
    texts = Texts(
        dense=np.zeros((people.n, 0), np.float32),
        start=rows.indptr[:-1].astype(np.int64),
        length=np.diff(rows.indptr).astype(np.int32),
        columns=rows.indices.astype(np.int32),
        weights=rows.data.astype(np.float32),
    )
    items = items_of(people.n)
    items.need[:], items.alive[:] = np.arange(people.n), 1
    items.unit[:], items.mask[:] = people.unit, people.languages
    items.maturity[:], items.place[:] = people.maturity, np.radians(people.place)
    items.on_site[:] = np.arange(people.n) % 5 == 0
    items.size[:] = -1
    items.kind[:] = people.unit % 8
    items.giver[:] = people.maturity >= RULES.giver_maturity
    return texts, items


def near_of(core: Core, n: int) -> sparse.csr_array:
    """Affinities of the nearest of each, symmetric, by number."""
    found = [core.near(key, NEAR) for key in range(n)]
    i = np.repeat(np.arange(n), [len(each) for each in found])
    j = np.array([other for each in found for other, _ in each], np.int64)
    value = np.array([value for each in found for _, value in each])
    one_way = sparse.csr_array((value, (i, j)), shape=(n, n))
    return sparse.csr_array(one_way.maximum(one_way.T))


def anew(affinity: sparse.csr_array, items: Items, here: NDArray[np.int64], seed: int) -> Labels:
    """Groups from nothing by one search; labels of all, -1 for who waits."""
    labels = np.full(affinity.shape[0], -1, np.int64)
    labels[here] = solve(problem_of(affinity, items, here), seed=seed).labels
    return labels


def problem_of(
    affinity: sparse.csr_array,
    items: Items,
    here: NDArray[np.int64],
    start: NDArray[np.int32] | None = None,
) -> Problem:
    """The problem of a round, from nothing or from where everybody sits."""
    return Problem(
        affinity=sparse.csr_array(affinity[here][:, here]),
        lower=RULES.lower,
        upper=RULES.upper,
        weight=np.ones(len(here)),
        heads=np.ones(len(here)),
        bars=same_unit(items.unit[here]),
        previous=start,
        stay=None if start is None else np.zeros(len(here)),
        threshold=RULES.threshold,
        mask=items.mask[here],
        giver=items.giver[here],
        mix=RULES.giver,
        slots=0 if start is None else int(start.max()) + 1,
    )


def rules_of(after: After) -> Rules:
    """What a swap may not break."""
    unit, mask = after.items.unit[after.here], after.items.mask[after.here]
    return Rules(units=unit.astype(np.int64), masks=mask, givers=after.items.giver[after.here])


def same_unit(unit: NDArray[np.int32]) -> sparse.csr_array:
    """Pairs of one unit."""
    own: dict[int, list[int]] = {}
    for at, key in enumerate(unit.tolist()):
        own.setdefault(key, []).append(at)
    pairs = [pair for ids in own.values() for pair in combinations(ids, 2)]
    at = np.array(pairs, np.int64).reshape(-1, 2)
    both = np.concatenate([at[:, 0], at[:, 1]]), np.concatenate([at[:, 1], at[:, 0]])
    return sparse.csr_array((np.ones(2 * len(at)), both), shape=(len(unit), len(unit)))


def one_by_one(
    core: Core, texts: Texts, items: Items, gone: NDArray[np.int64], late: NDArray[np.int64]
) -> tuple[Labels, dict[int, str]]:
    """Withdraw and register, ask those who wait again; labels, and why the new ones wait."""
    n = len(items.need)
    number = {key: key for key in range(n)}
    for key in gone.tolist():
        core.withdraw(key)
    for key in late.tolist():
        number[key], _ = core.add(one(texts, items, key))
    why = {}
    for key in np.setdiff1d(np.arange(n), gone).tolist():
        if core.group_of(number[key]) < 0:
            joined = core.join(number[key])
            if joined.group < 0:
                why[key] = joined.how
    out = set(gone.tolist())
    return np.array([-1 if k in out else core.group_of(number[k]) for k in range(n)], np.int64), why


def row(
    name: str,
    after: After,
    label: Labels,
    colds: Sequence[Labels],
    why: dict[int, str] | None,
    cpu_s: float,
) -> str:
    """One line: what groups are worth, and what became of the old ones."""
    value = worth(after, label)
    given_up = [1 - value / worth(after, cold) for cold in colds]
    here = after.here
    missed = [key for key in here.tolist() if label[key] < 0 <= colds[0][key]]
    silent = "–" if why is None else str(sum(key not in why for key in missed))
    inner = sparse.csr_array(after.affinity[here][:, here])
    fair = fairness(inner, label[here], threshold=RULES.threshold, rules=rules_of(after))
    stayed = np.zeros(len(label), bool)
    stayed[here] = True
    return (
        f"| {name} | {value:,.1f} | {min(given_up):.2%} to {max(given_up):.2%}"
        f" | {metrics.stability(after.before, label, stayed):.1%}"
        f" | {metrics.coverage(label[here]):.1%} | {len(missed)}; {silent}"
        f" | {fair.blocking:.2%}"
        f" | {metrics.common_language_share(label, after.items.mask):.1%} | {cpu_s:.2f} |"
    )


def worth(after: After, label: Labels) -> float:
    """What the groups are worth by the rules: affinities above the threshold, and givers."""
    givers = len(set(label[(label >= 0) & (after.items.giver > 0)].tolist()))
    return metrics.objective(after.affinity, label, RULES.threshold) + RULES.giver * givers


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
