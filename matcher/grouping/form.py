"""Form groups: the public function, from checked arguments to a readable answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matcher.grouping import checked
from matcher.grouping.bound import degree_bound
from matcher.grouping.capacitated import is_capacitated, solve_capacitated
from matcher.grouping.checked import Affinity, Pairs
from matcher.grouping.clashes import Blocks, refuse_clashes
from matcher.grouping.contract import Contracted, contract
from matcher.grouping.kernels.prepare import inside_sum
from matcher.grouping.numbering import numbered
from matcher.grouping.several import solve_several, takes_several
from matcher.grouping.solve import solve
from matcher.grouping.unplaced import left_out_reasons


@dataclass(frozen=True)
class Grouping:
    """A partition of items into groups of allowed size, and how good it is."""

    labels: NDArray[np.int64]
    """Group of each item, shape ``(n,)``; -1 for an item left out."""
    score: float
    """Sum over pairs inside groups of affinity minus threshold, in double precision."""
    bound: float
    """No partition scores more: half the sum of every item's best possible neighbours."""
    stopped: str
    """``"budget"``, or ``"time"`` when the time limit cut the search short."""
    unassigned_reasons: dict[int, str] = field(default_factory=dict)
    """Code of the reason for each item left out; see ``matcher.grouping.unplaced``."""
    moved: tuple[int, ...] = ()
    """Items that were in a group of ``previous`` and are not in that group any more."""

    @property
    def groups(self) -> dict[int, NDArray[np.intp]]:
        """Members of each group by its label."""
        used, ends = self._sorted()
        order = np.argsort(self.labels, kind="stable")
        parts = np.split(order, ends)[1:] if len(used) else []
        return dict(zip(used.tolist(), parts, strict=True))

    @property
    def sizes(self) -> list[int]:
        """Number of members of each group, by rising label."""
        _, sizes = np.unique(self.labels[self.labels >= 0], return_counts=True)
        found: list[int] = sizes.tolist()
        return found

    def _sorted(self) -> tuple[NDArray[np.int64], NDArray[np.intp]]:
        """Labels used, rising, and where each begins among the sorted labels."""
        placed = np.sort(self.labels)
        used, first = np.unique(placed[placed >= 0], return_index=True)
        return used, first + int((placed < 0).sum())


def form_groups(
    affinity: Affinity,
    *,
    lower: float,
    upper: float,
    groups: int | None = None,
    node_weights: ArrayLike | None = None,
    must_link: Pairs = (),
    cannot_link: Pairs = (),
    pinned: Mapping[int, int] | None = None,
    previous: ArrayLike | None = None,
    move_penalty: float = 0.0,
    threshold: float = 0.0,
    time_limit_s: float | None = None,
    seed: int = 0,
    workers: int = 1,
    progress: Callable[[float], None] | None = None,
) -> Grouping:
    """
    Partition items into groups of bounded size, maximising affinity inside groups.

    The objective is the sum over pairs inside groups of ``affinity - threshold``. An item
    that is liked above the threshold by nobody it may meet is left out, and so is one that
    costs every group more than it gives. The search grows groups and improves them by
    simulated annealing on a matrix of each item's gain in each group [1]_, [2]_.

    Parameters
    ----------
    affinity
        Symmetric, shape ``(n, n)``, sparse or dense, finite; what is not stored is 0. The
        diagonal is not read. Negative values are allowed.
    lower, upper
        Bounds of a group's number of members, or of its sum of ``node_weights``.
    groups
        Exactly this many groups, and everybody is placed (capacitated clustering).
    node_weights
        Shape ``(n,)``, from 0.
    must_link, cannot_link
        Pairs of items that must, or must not, share a group.
    pinned
        Item → group label that it must get; -1 keeps it out of every group.
    previous, move_penalty
        Labels of an earlier answer, shape ``(n,)``, and what one moved item costs, in
        units of the objective. Groups that live on keep their label.
    time_limit_s
        Sets the budget of proposals, and is a brake; the one use of a clock in here. When
        the brake was pulled ``stopped`` says so, and only then may two machines differ.
    seed, workers
        The same seed gives the same answer, whatever the number of worker threads.
    progress
        Called with the share done, in [0, 1].

    Returns
    -------
    Grouping
        Labels, score, bound and reasons.

    Raises
    ------
    ValueError
        For a bad argument, with its value; for rules that clash, with the smallest set
        found that does.

    References
    ----------
    .. [1] Lai and Hao (2016). Iterated variable neighborhood search for the capacitated
           clustering problem. *Engineering Applications of Artificial Intelligence*, 56.
    .. [2] Brusco, Cradit and Stahl (2018). A simulated annealing heuristic for a bicriterion
           partitioning problem in market segmentation. *Journal of Marketing Research*, 39.
    """
    rows = checked.checked_affinity(affinity)
    n = rows.shape[0]
    lower, upper = checked.checked_bounds(lower, upper, node_weights is None)
    groups = None if groups is None else checked.checked_count("groups", groups, 1)
    weight = checked.checked_weights(node_weights, n)
    must = checked.checked_pairs("must_link", must_link, n)
    cannot = checked.checked_pairs("cannot_link", cannot_link, n)
    pins = checked.checked_pins(pinned, n, groups)
    before = checked.checked_previous(previous, n, groups)
    move_penalty = checked.checked_number("move_penalty", move_penalty, 0.0)
    threshold = checked.checked_number("threshold", threshold)
    if time_limit_s is not None:
        time_limit_s = checked.checked_number("time_limit_s", time_limit_s, 0.0)
    seed = checked.checked_count("seed", seed, 0)
    workers = checked.checked_count("workers", workers, 1)
    blocks = Blocks(n, must)
    refuse_clashes(blocks, cannot, pins, weight, lower, upper, groups)

    small = contract(
        rows,
        blocks.block,
        cannot,
        lower=lower,
        upper=upper,
        groups=groups,
        weight=weight,
        pins=pins,
        previous=before,
        move_penalty=move_penalty,
        threshold=threshold,
    )
    found = None
    if is_capacitated(small.problem):
        found = solve_capacitated(
            small.problem, seed=seed, workers=workers, time_limit_s=time_limit_s, progress=progress
        )
    search = solve_several if takes_several(small.problem) else solve
    found = found or search(
        small.problem, seed=seed, workers=workers, time_limit_s=time_limit_s, progress=progress
    )
    labels = small.spread(found.labels)
    _refuse_broken(labels, weight, lower, upper, groups)
    labels = numbered(
        labels, small.names, keep=bool(pins) or before is not None or groups is not None
    )
    return _answer(rows, labels, small, before, threshold, upper, weight, cannot, found.stopped)


def _refuse_broken(
    labels: NDArray[np.int64],
    weight: NDArray[np.float64],
    lower: float,
    upper: float,
    groups: int | None,
) -> None:
    """Refuse an answer that keeps not every bound: pins or ``groups`` ask too much."""
    used = np.arange(groups) if groups is not None else np.unique(labels[labels >= 0])
    placed = labels >= 0
    load = np.bincount(
        np.searchsorted(used, labels[placed]), weights=weight[placed], minlength=len(used)
    )
    for at in np.flatnonzero((load < lower - 1e-9) | (load > upper + 1e-9))[:1]:
        raise ValueError(
            f"no arrangement was found that keeps all rules: group {used[at]} comes to "
            f"{load[at]:g}, outside [{lower:g}, {upper:g}]; loosen the bounds, the pins or the "
            "cannot-links"
        )
    if groups is not None and (labels < 0).any():
        raise ValueError(
            f"no arrangement was found that places everybody: item "
            f"{int(np.flatnonzero(labels < 0)[0])} is left over; loosen upper = {upper:g}, the "
            "pins or the cannot-links"
        )


def _answer(
    rows: sparse.csr_array,
    labels: NDArray[np.int64],
    small: Contracted,
    before: NDArray[np.int64] | None,
    threshold: float,
    upper: float,
    weight: NDArray[np.float64],
    cannot: NDArray[np.int64],
    stopped: str,
) -> Grouping:
    moved: tuple[int, ...] = ()
    if before is not None:
        moved = tuple(np.flatnonzero((before >= 0) & (labels != before)).tolist())
    return Grouping(
        labels=labels,
        score=score_of(rows, labels, threshold),
        bound=degree_bound(rows, threshold, upper, weight),
        stopped=stopped,
        unassigned_reasons=left_out_reasons(
            rows,
            labels,
            threshold=threshold,
            weight=weight,
            upper=upper,
            cannot=cannot,
            kept_out=small.kept_out,
        ),
        moved=moved,
    )


def score_of(affinity: sparse.csr_array, labels: NDArray[np.int64], threshold: float) -> float:
    """Sum over pairs inside groups of affinity minus threshold, from scratch."""
    _, sizes = np.unique(labels[labels >= 0], return_counts=True)
    number = float((sizes * (sizes - 1) / 2).sum())
    total = inside_sum(affinity.indptr, affinity.indices, affinity.data, labels)
    return float(total) - threshold * number
