"""The problem as OR-tools' CP-SAT takes it: proven best for few, no answer for many."""

import numpy as np
from ortools.sat.python import cp_model
from scipy import sparse

from tests.bench.groups.cases import Case, Labels

SCALE = 1_000_000
NEAREST = 12
ALL_PAIRS_UP_TO = 60
"""Items up to which every pair is a variable; above, the strongest of each: the rest is memory."""


def cp_sat(case: Case, *, seconds: float, seed: int = 0, workers: int = 8) -> tuple[Labels, bool]:
    """
    Labels and whether they are proven best; all -1 when nothing was found in time.

    A variable for each item in each group and one for each pair with affinity, which may
    be true only where both sit in one group; anybody may be left out. An item may only open
    the next group in turn, since the numbers of groups mean nothing.
    """
    model = cp_model.CpModel()
    groups = case.n // case.lower
    sits = [[model.new_bool_var("") for _ in range(groups)] for _ in range(case.n)]
    used = [model.new_bool_var("") for _ in range(groups)]
    for i, mine in enumerate(sits):
        model.add_at_most_one(mine)
        for g in range(i + 1, groups):
            model.add(mine[g] == 0)
    for g in range(groups):
        size = sum(mine[g] for mine in sits)
        model.add(size <= case.upper * used[g])
        model.add(size >= case.lower * used[g])
    for i, j in case.barred.tolist():
        for g in range(groups):
            model.add_at_most_one(sits[i][g], sits[j][g])
    worth = []
    entries = _strongest(case).tocoo()
    for i, j, value in zip(*entries.coords, entries.data, strict=True):
        if i < j and value > 0:
            both = model.new_bool_var("")
            model.add_bool_or(both.negated(), *sits[i])
            for g in range(groups):
                model.add_bool_or(both.negated(), sits[i][g].negated(), sits[j][g])
                model.add_bool_or(both.negated(), sits[j][g].negated(), sits[i][g])
            worth.append(round(value * SCALE) * both)
    model.maximize(sum(worth))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = workers
    solver.parameters.random_seed = seed
    status = solver.solve(model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return np.full(case.n, -1), False
    held = np.array([[solver.value(x) for x in mine] for mine in sits])
    found = np.where(held.any(axis=1), held.argmax(axis=1), -1)
    return found, status == cp_model.OPTIMAL


def _strongest(case: Case) -> sparse.csr_array:
    """The affinities that become variables."""
    if case.n <= ALL_PAIRS_UP_TO:
        return case.affinity
    full = case.affinity.toarray()
    least = -np.partition(-full, NEAREST - 1, axis=1)[:, NEAREST - 1]
    return sparse.csr_array(np.where((full >= least[:, None]) | (full >= least), full, 0.0))
