"""Scores of an answer, by the same affinities for every method: all pairs, all concepts."""

import numpy as np
from scipy import sparse

from matcher import metrics
from matcher.fairness import Rules, fairness
from tests.bench.groups.cases import Case, Labels, exact_inside


def scored(case: Case, label: Labels) -> dict[str, float]:
    """Objective, weak groups, broken rules and fairness of a partition."""
    i, j = metrics.pairs_inside(label)
    value = exact_inside(case.people, i, j)
    both = (np.concatenate([i, j]), np.concatenate([j, i]))
    inside = sparse.csr_array((np.tile(value, 2), both), shape=(case.n, case.n))
    held = metrics.cohesions(inside, label)
    size, unit = metrics.sizes(label), case.people.unit
    known = sparse.csr_array(case.affinity.maximum(inside))
    rules = Rules(units=case.people.unit)
    return {
        "objective": float(value.sum()),
        "mean": held.mean,
        "tenth": held.tenth,
        "worst": held.worst_group,
        "worst_member": held.worst_member,
        "coverage": metrics.coverage(label),
        "wrong_size": int(((size < case.lower) | (size > case.upper)).sum()),
        "unit_twice": int((unit[i] == unit[j]).sum()),
        "blocking": fairness(known, label, rules=rules).blocking,
        "language": metrics.common_language_share(label, case.people.languages),
        "mixed": metrics.mixed_share(label, case.people.maturity.astype(np.int64)),
        "reach_km": metrics.reach_km(label, case.people.place),
    }


def stay_of(start: Labels, then: Labels) -> float:
    """Share of the old pairs of those who stayed that are still together."""
    return metrics.stability(start, then)
