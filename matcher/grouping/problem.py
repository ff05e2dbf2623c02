"""A grouping problem, checked and made ready for the loops."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.kernels.prepare import nearest_of
from matcher.grouping.kernels.rows import Seats, reseat
from matcher.grouping.kernels.state import State, Task, rebuild

DENSE_UP_TO = 700
"""Items up to which affinity is kept as a full matrix: 4 MB, near the second cache."""
DENSE_SHARE = 0.25
"""Share of nonzero pairs from which a full matrix is quicker than sparse rows."""
GAINS_UP_TO = 200
"""Items up to which gains are kept in a matrix however sparse the affinity is."""
NEAR = 24
"""Nearest items that proposals look at; more brought nothing on populations tried."""
ALL_SLOTS_UP_TO = 200
"""Items up to which every possible group gets its slot at once."""


@dataclass(frozen=True)
class Problem:
    """
    Items with affinities, and the rules of groups.

    An item is one original node or several that must be together. ``pin`` is a slot,
    -1 for "left out", -2 for free. ``seat`` is what an item of several nodes is worth by itself
    when it is placed: the pairs of its nodes above the threshold.
    """

    affinity: sparse.csr_array
    lower: float
    upper: float
    weight: NDArray[np.float64]
    heads: NDArray[np.float64]
    groups: int | None = None
    bars: sparse.csr_array | None = None
    pin: NDArray[np.int32] | None = None
    previous: NDArray[np.int32] | None = None
    stay: NDArray[np.float64] | None = None
    threshold: float = 0.0
    mask: NDArray[np.int64] | None = None
    giver: NDArray[np.uint8] | None = None
    seat: NDArray[np.float64] | None = None
    mix: float = 0.0
    again: float = 0.25
    """
    Heat and proposals of a search from ``previous``, as a share of one from nothing: such
    groups are to be mended and not forgotten.
    """
    brief: bool = False
    """Whether a few searches are enough for now; see ``several``."""
    slots: int = field(default=0)
    """Slots that pins and previous groups already name, ``0 .. slots - 1``."""

    @property
    def n(self) -> int:
        """Number of items."""
        return int(self.weight.shape[0])

    @property
    def sparse(self) -> bool:
        """Whether the search goes over sparse rows and keeps no matrix of gains."""
        few = int(self.affinity.nnz) <= DENSE_SHARE * self.n * self.n
        return self.groups is None and few and self.n > GAINS_UP_TO

    def slot_count(self) -> int:
        """How many slots the search gets."""
        if self.groups is not None:
            return self.groups
        if self.n == 0:
            return self.slots
        most = int(self.weight.sum() / max(self.lower, 1e-9) + 1e-9) if self.lower > 0 else self.n
        fewest = int(np.ceil(self.weight.sum() / self.upper))
        wanted = most if self.n <= ALL_SLOTS_UP_TO else int(1.3 * fewest) + 4
        return min(max(min(most, wanted, self.n), 1), self.n) + self.slots


def nearest(
    affinity: sparse.csr_array, k: int = NEAR
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The ``k`` strongest positive entries of each row, strongest first, and how many."""
    near, number = nearest_of(affinity.indptr, affinity.indices, affinity.data, k)
    return near, number


def task_of(problem: Problem) -> Task:
    """The problem as the loops over a matrix of gains read it."""
    n, affinity = problem.n, problem.affinity
    dense = n <= DENSE_UP_TO or (n <= 5000 and affinity.nnz > DENSE_SHARE * n * n)
    near, near_n = nearest(affinity)
    rules = rules_of(problem)
    return rules._replace(
        dense=dense,
        full=affinity.toarray().astype(np.float64, copy=False) if dense else np.zeros((0, 0)),
        ptr=affinity.indptr.astype(np.int64),
        idx=affinity.indices.astype(np.int32),
        val=affinity.data.astype(np.float64),
        near=near,
        near_n=near_n,
    )


def rows_task(problem: Problem) -> Task:
    """The problem as the loops over sparse rows read it, affinities in single precision."""
    affinity = problem.affinity
    return rules_of(problem)._replace(
        ptr=affinity.indptr.astype(np.int64, copy=False),
        idx=affinity.indices.astype(np.int32, copy=False),
        val=affinity.data.astype(np.float32, copy=False),
    )


def rules_of(problem: Problem) -> Task:
    """All of a task but its affinities."""
    n, m = problem.n, problem.slot_count()
    pin = problem.pin if problem.pin is not None else np.full(n, -2, np.int32)
    held = np.zeros(m, np.uint8)
    held[pin[pin >= 0]] = 1
    if problem.groups is not None:
        held[:] = 1
    bars = problem.bars if problem.bars is not None else sparse.csr_array((n, n))
    return Task(
        dense=False,
        full=np.zeros((0, 0)),
        ptr=np.zeros(n + 1, np.int64),
        idx=np.zeros(0, np.int32),
        val=np.zeros(0),
        near=np.zeros((0, 0), np.int32),
        near_n=np.zeros(0, np.int32),
        movable=np.flatnonzero(pin == -2).astype(np.int32),
        fixed=(pin != -2).astype(np.uint8),
        heads=problem.heads,
        weight=problem.weight,
        mask=problem.mask if problem.mask is not None else np.full(n, -1, np.int64),
        giver=problem.giver if problem.giver is not None else np.zeros(n, np.uint8),
        bar_ptr=bars.indptr.astype(np.int64),
        bar_idx=bars.indices.astype(np.int32),
        previous=problem.previous if problem.previous is not None else np.full(n, -1, np.int32),
        stay=problem.stay if problem.stay is not None else np.zeros(n),
        held=held,
        threshold=float(problem.threshold),
        lower=float(problem.lower),
        upper=float(problem.upper),
        seat=problem.seat if problem.seat is not None else np.zeros(n),
        mix=float(problem.mix),
        closed=problem.groups is not None,
        lack_price=0.0,
    )


def seats_of(task: Task, slots: int, label: NDArray[np.int32], seed: int) -> Seats:
    """Seats with the labels given; -1 is the pool."""
    n = task.weight.shape[0]
    seats = Seats(
        label=np.where(label < 0, slots, label).astype(np.int32),
        place=np.zeros(n, np.int32),
        members=np.zeros((slots, room_of(task)), np.int32),
        size=np.zeros(slots + 1, np.int32),
        load=np.zeros(slots + 1),
        heads=np.zeros(slots + 1),
        givers=np.zeros(slots + 1, np.int32),
        common=np.full(slots + 1, -1, np.int64),
        own=np.zeros(n),
        rng=np.array([seed_of(seed)], np.uint64),
    )
    reseat(task, seats)
    return seats


def room_of(task: Task) -> int:
    """Most members that a slot may hold, and one more while two change places."""
    n = int(task.weight.shape[0])
    sizes = np.cumsum(np.sort(task.weight))
    return min(n, int(np.searchsorted(sizes, task.upper + 1e-9, side="right")) + 1) + 1


def state_of(task: Task, slots: int, label: NDArray[np.int32], seed: int) -> State:
    """A state with the labels given; -1 is the pool."""
    n = task.weight.shape[0]
    state = State(
        label=np.where(label < 0, slots, label).astype(np.int32),
        place=np.zeros(n, np.int32),
        members=np.zeros((slots, room_of(task)), np.int32),
        size=np.zeros(slots + 1, np.int32),
        load=np.zeros(slots + 1),
        heads=np.zeros(slots + 1),
        givers=np.zeros(slots + 1, np.int32),
        common=np.full(slots + 1, -1, np.int64),
        gain=np.zeros((slots, n)),
        rng=np.array([seed_of(seed)], np.uint64),
    )
    rebuild(task, state)
    return state


def seed_of(seed: int) -> int:
    """A nonzero 64-bit start for the generator: SplitMix64 of the seed (Steele et al. 2014)."""
    z = (seed * 0x9E3779B97F4A7C15 + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return (z ^ (z >> 31)) or 1
