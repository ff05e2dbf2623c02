"""What groups in slots are worth, how many pairs they keep, and in which slot each belongs."""

from itertools import count

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.caps import Labels
from matcher.grouping.problem import Problem


def worths(problem: Problem, label: Labels) -> NDArray[np.float64]:
    """What the group in each slot is worth: affinities above the threshold, giver and pins."""
    inside = label >= 0
    size = np.bincount(label[inside], minlength=1)
    worth = sums_in(problem.affinity, label) - problem.threshold * size * (size - 1) / 2
    if problem.giver is not None:
        gives = np.bincount(label[inside], problem.giver[inside], minlength=1) > 0
        worth += problem.mix * gives
    if problem.stay is not None and problem.previous is not None:
        stays = inside & (label == problem.previous)
        worth += np.bincount(label[stays], problem.stay[stays], minlength=len(size))
    return worth


def sums_in(pairs: sparse.csr_array, label: Labels) -> NDArray[np.float64]:
    """Sum over the pairs of the group in each slot."""
    row = np.repeat(np.arange(len(label)), np.diff(pairs.indptr))
    mine = label[row]
    same = (mine == label[pairs.indices]) & (mine >= 0) & (row < pairs.indices)
    most = int(label.max(initial=0)) + 1
    return np.bincount(mine[same], pairs.data[same], minlength=most).astype(np.float64)


def named(problem: Problem, found: Labels) -> Labels:
    """The same groups in the slots that most of their members were in, pins first, each once."""
    start = problem.previous
    if start is None:
        return found
    both = (found >= 0) & (start >= 0)
    pairs, which = np.unique(np.stack([found[both], start[both]]), axis=1, return_inverse=True)
    stay = 0.0 if problem.stay is None else problem.stay[both]
    common = np.bincount(which.ravel(), 1.0 + stay, minlength=pairs.shape[1])
    name: dict[int, int] = {}
    taken: set[int] = set()
    for at in np.lexsort((pairs[1], pairs[0], -common)):
        group, slot = int(pairs[0, at]), int(pairs[1, at])
        if group not in name and slot not in taken:
            name[group] = slot
            taken.add(slot)
    fresh = count(problem.slots)
    label = np.full(len(found), -1, np.int32)
    for group in np.unique(found[found >= 0]).tolist():
        label[found == group] = name[group] if group in name else next(fresh)
    return label
