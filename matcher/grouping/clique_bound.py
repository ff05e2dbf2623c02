"""A close upper bound for small pools: shares of pairs that hold together as groups do."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

Values = NDArray[np.float64]
Numbers = NDArray[np.int64]
ITEMS_UP_TO, PAIRS_UP_TO = 1_500, 5_000
"""Items, and pairs of them above the threshold, up to which it is worked out: in a second or so."""
TRIANGLES, AT_ONCE = 8_000, 4_000
"""Triangles from which a program is the last; those taken in at a time, the most broken first."""
ENOUGH = 5e-3
"""Share of the bound below which another program is not worth its time."""
BROKEN = 1e-4
"""By how much a triangle is broken before it is taken in."""
TOLERANCE = 1e-6
"""Share of itself that a bound may be too low by rounding."""


def clique_bound(
    affinity: sparse.csr_array,
    threshold: float,
    upper: float,
    weight: Values,
    apart: NDArray[np.bool_] | None = None,
) -> float | None:
    """
    What no grouping is worth more than; None where there are too many pairs to work it out.

    Of each pair a share, 0 to 1, says how far it is together. Who is together with one another is
    together with a third as well, so that no two shares of a triangle are more than one above
    the last [1]_, and whoever is beside somebody fits under ``upper`` with it. The best shares
    are worth at least what the best groups are. Triangles are taken in as they are broken, and
    pairs below the threshold with the first triangle that needs them.

    Parameters
    ----------
    affinity
        Symmetric, ``(n, n)``.
    threshold
        What a pair has to be above to be worth anything; below it costs what is missing.
    upper, weight
        The load that no group exceeds, and what each item adds to it.
    apart
        ``(n, n)``: pairs that are in no group together.

    References
    ----------
    .. [1] Grötschel and Wakabayashi (1989). A cutting plane algorithm for a clustering problem.
           *Mathematical Programming*, 45: 59-96.
    """
    n = affinity.shape[0]
    if n > ITEMS_UP_TO or np.count_nonzero(affinity.data > threshold) > 2 * PAIRS_UP_TO:
        return None
    worth = np.asarray(affinity.toarray(), np.float64) - threshold
    np.fill_diagonal(worth, 0.0)
    if apart is not None:
        worth[apart] = -np.inf
    pairs = _Pairs(n)
    pairs.number(*np.nonzero(np.triu(worth > 0.0, 1)))
    room = np.maximum(upper - weight, 0.0)
    triangles, bound = np.zeros((0, 3), np.int64), np.inf
    while True:
        found = _program(worth, pairs, weight, room, triangles)
        if found is None:
            break
        value, shares = found
        last, bound = bound, min(bound, value + TOLERANCE * abs(value))
        broken = _broken(shares)
        if len(broken) == 0 or len(triangles) >= TRIANGLES or last - bound < ENOUGH * bound:
            break
        i, j, k = broken.T
        free = worth[i, k] > -np.inf
        pairs.number(i[free], k[free])
        third = np.where(free, pairs.at[i, k], -1)
        more = np.stack([pairs.at[i, j], pairs.at[j, k], third], axis=1)
        triangles = np.concatenate([triangles, more])
    return None if bound == np.inf else bound


class _Pairs:
    """Pairs that the program knows, by number."""

    def __init__(self, n: int) -> None:
        self.at = np.full((n, n), -1, np.int64)
        self.left, self.right = np.zeros(0, np.int64), np.zeros(0, np.int64)

    def number(self, left: Numbers, right: Numbers) -> None:
        """Give those a number that have none."""
        new = np.unique(np.stack([left, right])[:, self.at[left, right] < 0], axis=1)
        first = len(self.left)
        self.left = np.concatenate([self.left, new[0]])
        self.right = np.concatenate([self.right, new[1]])
        numbers = np.arange(first, len(self.left))
        self.at[new[0], new[1]] = self.at[new[1], new[0]] = numbers


def _program(
    worth: Values, pairs: _Pairs, weight: Values, room: Values, triangles: Numbers
) -> tuple[float, Values] | None:
    """The best shares and what they are worth; None when it was not solved."""
    left, right = pairs.left, pairs.right
    n, m, rows = len(weight), len(left), np.arange(len(triangles))
    if m == 0:
        return 0.0, np.zeros((n, n))
    each = np.arange(m)
    beside = sparse.csr_array(
        (weight[np.concatenate([right, left])], (np.concatenate([left, right]), np.tile(each, 2))),
        shape=(n, m),
    )
    known = triangles[:, 2] >= 0
    signs = np.concatenate([np.ones(2 * len(rows)), -np.ones(int(known.sum()))])
    at = np.concatenate([rows, rows, rows[known]])
    of = np.concatenate([triangles[:, 0], triangles[:, 1], triangles[known, 2]])
    closed = sparse.csr_array((signs, (at, of)), shape=(len(rows), m))
    solved = linprog(
        -worth[left, right],
        A_ub=sparse.vstack([beside, closed], format="csc"),
        b_ub=np.concatenate([room, np.ones(len(rows))]),
        bounds=(0.0, 1.0),
        method="highs-ipm",
    )
    if solved.status != 0 or solved.x is None or solved.fun is None:
        return None
    shares = np.zeros((n, n))
    shares[left, right] = shares[right, left] = solved.x
    return -float(solved.fun), shares


def _broken(shares: Values) -> Numbers:
    """Triangles ``(i, j, k)``, i < k, whose shares of ij and jk ask for more of ik; most first."""
    found = [each for j in range(len(shares)) for each in _broken_at(shares, j)]
    if not found:
        return np.zeros((0, 3), np.int64)
    by, i, j, k = (np.concatenate(part) for part in zip(*found, strict=True))
    first = np.lexsort((k, j, i, -np.round(by, 6)))[:AT_ONCE]
    return np.stack([i, j, k], axis=1)[first]


def _broken_at(shares: Values, j: int) -> Iterator[tuple[Values, Numbers, Numbers, Numbers]]:
    """By how much each triangle with its middle at ``j`` is broken, and who is in it."""
    near = np.flatnonzero(shares[j] > BROKEN)
    mine = shares[j, near]
    over = mine[:, np.newaxis] + mine - shares[np.ix_(near, near)] - 1.0
    a, b = np.nonzero(np.triu(over, 1) > BROKEN)
    if len(a):
        yield over[a, b], near[a], np.full(len(a), j), near[b]
