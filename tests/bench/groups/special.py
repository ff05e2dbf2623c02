"""Further cases: small changes, one language, those left out, published instances, people."""

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import matcher
from matcher import metrics
from matcher.grouping import Grouping
from matcher.grouping.problem import Problem
from matcher.grouping.solve import solve
from tests.bench.groups.cases import Case, carried, chosen, exact_inside
from tests.bench.groups.exact import cp_sat
from tests.bench.groups.graph import graph
from tests.bench.groups.people import people_case
from tests.bench.groups.populations import population

UNITS = 1_500
PENALTIES = (0.0, 0.2, 0.4, 0.8, 1.6, 3.2)
CHALLENGES_CHANGED = 0.02
CCP = ((240, 12, 75.0, 125.0), (480, 20, 100.0, 150.0))
"""Nodes, clusters and bounds of the RanReal kind (Gallego, Laguna, Martí and Duarte 2013)."""
CCP_SECONDS = 5.0


def change_case(seed: int, units: int = UNITS) -> str:
    """Two of a hundred challenges are replaced: pairs kept, their price, those left out."""
    people = population(units, seed)
    rng = np.random.default_rng((seed, 2))
    number = max(1, round(people.n * CHALLENGES_CHANGED))
    order = rng.permutation(people.n)
    cases = [_part(people, np.sort(np.setdiff1d(order, gone)))
             for gone in (order[:number], order[number : 2 * number])]  # fmt: skip
    first, _ = _formed(cases[0], seed)
    start = carried(first.labels, *cases)
    cold, cold_s = _formed(cases[1], seed)
    best = _exact(cases[1], cold.labels)
    rows = ["| run | objective | given up | pairs kept | left out, placed by the cold run;"
            " without a reason | CPU s |\n|---|---|---|---|---|---|"]  # fmt: skip
    rows.append(_change_row("cold", cold, cold, best, cases[1], start, cold_s))
    for penalty in PENALTIES:
        warm, seconds = _formed(cases[1], seed, previous=start, move_penalty=penalty)
        rows.append(
            _change_row(f"move penalty {penalty:g}", warm, cold, best, cases[1], start, seconds)
        )
    return "\n".join(rows)


def _part(people: object, at: NDArray[np.int64]) -> Case:
    part = chosen(people, at)
    return Case(part, graph(part), at)


def _formed(case: Case, seed: int, **more: object) -> tuple[Grouping, float]:
    began = time.process_time()
    found = matcher.form_groups(
        case.affinity,
        lower=case.lower,
        upper=case.upper,
        cannot_link=case.barred,
        seed=seed,
        **more,
    )
    return found, time.process_time() - began


def _exact(case: Case, label: NDArray[np.int64]) -> float:
    return float(exact_inside(case.people, *metrics.pairs_inside(label)).sum())


def _change_row(
    name: str,
    found: Grouping,
    cold: Grouping,
    best: float,
    case: Case,
    start: NDArray[np.int64],
    seconds: float,
) -> str:
    value = _exact(case, found.labels)
    missed = np.flatnonzero((found.labels < 0) & (cold.labels >= 0)).tolist()
    silent = [i for i in missed if not found.unassigned_reasons.get(i)]
    return (
        f"| {name} | {value:,.1f} | {1 - value / best:.2%}"
        f" | {metrics.stability(start, found.labels):.1%}"
        f" | {len(missed)}; {len(silent)} | {seconds:.2f} |"
    )


def language_case(seed: int, units: int = UNITS) -> str:
    """A common working language as a rule of the group, against none and against pairs."""
    people = population(units, seed)
    case = _part(people, np.arange(people.n))
    bars = sparse.csr_array(
        (np.ones(2 * len(case.barred)), np.vstack([case.barred, case.barred[:, ::-1]]).T),
        shape=(case.n, case.n),
    )
    rows = ["| rule | groups with a common language | objective | given up | CPU s |"
            "\n|---|---|---|---|---|"]  # fmt: skip
    first = 0.0
    for name, mask in (("none", None), ("of the group", case.people.languages)):
        problem = Problem(
            affinity=case.affinity,
            lower=case.lower,
            upper=case.upper,
            weight=np.ones(case.n),
            heads=np.ones(case.n),
            bars=bars,
            mask=mask,
        )
        began = time.process_time()
        label = solve(problem, seed=seed).labels.astype(np.int64)
        seconds = time.process_time() - began
        value = _exact(case, label)
        first = first or value
        share = metrics.common_language_share(label, people.languages)
        rows.append(
            f"| {name} | {share:.1%} | {value:,.1f} | {1 - value / first:.2%} | {seconds:.2f} |"
        )
    return "\n".join(rows)


def clustering_case(seed: int, seconds: float = CCP_SECONDS, repeats: int = 3) -> str:
    """Capacitated clustering of random instances of the published kind."""
    rows = [f"| nodes, clusters | best of {repeats} seeds | mean | worst | CPU s a run |"
            "\n|---|---|---|---|---|"]  # fmt: skip
    for n, groups, lower, upper in CCP:
        rng = np.random.default_rng((seed, n))
        full = np.triu(rng.uniform(0, 100, (n, n)), 1)
        weights = rng.uniform(0, 10, n)
        began, scores = time.process_time(), []
        for number in range(repeats):
            found = matcher.form_groups(
                full + full.T,
                lower=lower,
                upper=upper,
                groups=groups,
                node_weights=weights,
                time_limit_s=seconds,
                seed=number,
            )
            scores.append(found.score)
        used = (time.process_time() - began) / repeats
        rows.append(
            f"| {n}, {groups} | {max(scores):,.1f} | {np.mean(scores):,.1f}"
            f" | {min(scores):,.1f} | {used:.1f} |"
        )
    return "\n".join(rows)


def proven_case(seed: int, number: int = 10, seconds: float = 20.0) -> str:
    """Few challenges: equal to what is proven best?"""
    equal, proven, spent = 0, 0, []
    for at in range(number):
        n = 12 + at * 12 // max(1, number - 1)
        case = replace(
            _part(population(n, seed + at, challenges=n), np.arange(n)), lower=3, upper=6
        )
        exact, sure = cp_sat(case, seconds=seconds)
        found, used = _formed(case, seed)
        spent.append(used)
        if sure:
            proven += 1
            equal += _exact(case, found.labels) >= _exact(case, exact) - 1e-4
    return (
        f"| cases of 12–24 | proven by CP-SAT | of these reached | ms, median; worst |\n"
        f"|---|---|---|---|\n| {number} | {proven} | {equal}"
        f" | {1000 * np.median(spent):.0f}; {1000 * max(spent):.0f} |"
    )


CASES: dict[str, Callable[[int], str]] = {
    "change": change_case,
    "language": language_case,
    "proven": proven_case,
    "clustering": clustering_case,
    "people": people_case,
}
TITLES = {
    "change": f"{CHALLENGES_CHANGED:.0%} of the challenges of {UNITS:,} units change",
    "language": f"A common working language, {UNITS:,} units",
    "proven": "Twelve to twenty-four challenges against the proven optimum",
    "clustering": "Capacitated clustering, random instances of the published kind",
    "people": "People with eight attributes, groups of 6 to 12",
}
