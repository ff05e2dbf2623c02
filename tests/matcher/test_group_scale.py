"""The search over sparse rows: its arithmetic against plain numpy, its blocks, its rules."""

import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

import matcher
from matcher.grouping import plain, walks
from matcher.grouping.kernels.rows import reseat, value_of_seats
from matcher.grouping.kernels.sweep import sweeps
from matcher.grouping.problem import Problem, rows_task, seats_of
from tests.bench.groups.populations import affinity, population


@pytest.fixture(scope="module")
def people():
    return population(300)


@pytest.fixture(scope="module")
def graph(people):
    return affinity(people, 16)


def gains_of_swaps(full: np.ndarray, labels: np.ndarray) -> float:
    """The most that one swap of two members of different groups would bring."""
    groups = int(labels.max()) + 1
    gain = plain.gains(full, labels, groups)
    own = np.where(labels >= 0, gain[labels, np.arange(len(labels))], 0.0)
    best = 0.0
    for i in np.flatnonzero(labels >= 0):
        others = np.flatnonzero((labels >= 0) & (labels != labels[i]))
        change = gain[labels[others], i] - own[i] + gain[labels[i], others] - own[others]
        best = max(best, float((change - 2 * full[i, others]).max()))
    return best


def test_own_sums_and_value_are_those_of_plain_numpy(graph):
    n, slots, threshold = graph.shape[0], 120, 0.1
    problem = Problem(graph, 4, 9, np.ones(n), np.ones(n), threshold=threshold)
    assert problem.sparse
    task = rows_task(problem)
    labels = np.repeat(np.arange(slots), 9)[:n].astype(np.int32)
    seats = seats_of(task, slots, np.where(np.arange(n) < 900, labels, -1).astype(np.int32), 1)
    block = np.append(np.zeros(slots, np.int32), np.int32(-1))
    every = np.arange(slots, dtype=np.int32)
    reach = walks.reach_of(task)
    assert sweeps(task, seats, reach, task.movable, every, block, 0, 0.5, 0.1, 0, 5, 5)
    placed = np.where(seats.label == slots, -1, seats.label).astype(np.int64)
    full = graph.toarray().astype(np.float64)
    gain = plain.gains(full, placed, slots)
    own = np.where(placed >= 0, gain[placed, np.arange(n)], 0.0)
    assert np.allclose(seats.own, own, atol=1e-5)
    assert value_of_seats(task, seats) == pytest.approx(plain.score(full, placed, threshold))
    before = seats.own.copy()
    reseat(task, seats)
    assert np.allclose(seats.own, before, atol=1e-5)


@pytest.mark.parametrize("threshold", [0.0, 0.2])
def test_no_swap_is_left_that_would_improve(graph, threshold):
    found = matcher.form_groups(graph, lower=5, upper=9, threshold=threshold)
    assert gains_of_swaps(graph.toarray().astype(np.float64), found.labels) < 1e-5
    assert found.score == pytest.approx(
        plain.score(graph.toarray().astype(np.float64), found.labels, threshold), rel=1e-6
    )


@pytest.fixture
def in_blocks(monkeypatch):
    """Blocks for a thousand items, as a million have them."""
    monkeypatch.setattr(walks, "ONE_BLOCK", 300)
    monkeypatch.setattr(walks, "BLOCK", 150)


@pytest.mark.usefixtures("in_blocks")
@pytest.mark.parametrize("workers", [2, 5])
def test_blocks_give_the_same_whatever_the_number_of_workers(people, graph, workers):
    rules = {"lower": 5, "upper": 9, "cannot_link": people.same_unit, "threshold": 0.1}
    one = matcher.form_groups(graph, **rules)
    assert np.array_equal(one.labels, matcher.form_groups(graph, **rules, workers=workers).labels)


@pytest.mark.usefixtures("in_blocks")
def test_blocks_keep_every_rule(people, graph):
    n = people.n
    apart = people.same_unit
    before = matcher.form_groups(graph, lower=5, upper=9, cannot_link=apart).labels
    pinned = {0: int(before[0]) if before[0] >= 0 else 0, 1: -1}
    found = matcher.form_groups(
        graph, lower=5, upper=9, cannot_link=apart, pinned=pinned, must_link=[(2, 3), (3, 4)],
        previous=before, move_penalty=0.3, threshold=0.1,
    )  # fmt: skip
    assert all(5 <= size <= 9 for size in found.sizes)
    together = found.labels[apart]
    assert not ((together[:, 0] == together[:, 1]) & (together[:, 0] >= 0)).any()
    assert found.labels[0] == pinned[0]
    assert found.labels[1] == -1
    assert found.labels[2] == found.labels[3] == found.labels[4]
    assert found.score <= found.bound
    assert set(found.unassigned_reasons) == set(np.flatnonzero(found.labels < 0).tolist())
    assert len(found.moved) < 0.2 * n


@pytest.mark.usefixtures("in_blocks")
def test_blocks_come_near_the_whole(graph, monkeypatch):
    blocks = matcher.form_groups(graph, lower=5, upper=9).score
    monkeypatch.setattr(walks, "ONE_BLOCK", 10_000)
    assert blocks > 0.97 * matcher.form_groups(graph, lower=5, upper=9).score


def test_weights_bound_the_sum_in_large_pools_as_well(graph):
    weight = np.random.default_rng(0).uniform(0.5, 2.0, graph.shape[0])
    found = matcher.form_groups(graph, lower=6, upper=10, node_weights=weight)
    placed = found.labels >= 0
    loads = np.bincount(found.labels[placed], weights=weight[placed])
    assert ((loads >= 6 - 1e-9) & (loads <= 10 + 1e-9)).all()


def test_single_and_double_precision_agree(graph):
    double = sparse.csr_array(graph.astype(np.float64))
    one = matcher.form_groups(graph, lower=5, upper=9)
    assert np.array_equal(one.labels, matcher.form_groups(double, lower=5, upper=9).labels)


def test_a_pulled_brake_is_told_in_blocks(graph, in_blocks):
    found = matcher.form_groups(graph, lower=5, upper=9, time_limit_s=0.0)
    assert found.stopped == "time"
    assert all(5 <= size <= 9 for size in found.sizes)


AFTER_WARM = """
import numpy as np
from numba.core import event
import matcher
from matcher.grouping import warm
from tests.bench.groups.populations import affinity, population

warm()
compiled = []
class Heard(event.Listener):
    def on_start(self, event):
        compiled.append(str(event.data.get("dispatcher")))
    def on_end(self, event):
        pass
with event.install_listener("numba:compile", Heard()):
    for units in (60, 120):
        people = population(units)
        graph = affinity(people)
        rules = dict(cannot_link=people.same_unit, threshold=0.1, pinned={0: 1})
        for kind in (np.float32, np.float64):
            matcher.form_groups(graph.astype(kind), lower=5, upper=9, **rules)
        square = np.ones((30, 30))
        for apart in ((), [(0, 1)]):
            matcher.form_groups(square, lower=4, upper=9, groups=5, cannot_link=apart)
assert not compiled, compiled
"""


def test_nothing_is_compiled_after_the_loops_were_warmed():
    done = subprocess.run(
        [sys.executable, "-c", AFTER_WARM], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
