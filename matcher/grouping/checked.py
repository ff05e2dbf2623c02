"""Arguments of ``form_groups``, checked: each refusal holds the value and what is accepted."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

Affinity = ArrayLike | sparse.sparray | sparse.spmatrix
Pairs = Iterable[Sequence[int]]

TOLERANCE = 1e-9
"""Relative difference up to which two mirrored affinities count as equal."""


def checked_affinity(affinity: Affinity) -> sparse.csr_array:
    """Affinity as sorted sparse rows of doubles with an empty diagonal."""
    if sparse.issparse(affinity):
        rows = sparse.csr_array(affinity, dtype=np.float64, copy=True)
    else:
        full = np.asarray(affinity)
        if full.ndim != 2 or full.dtype.kind not in "fiub":
            raise ValueError(
                f"affinity is a square matrix of numbers, got shape {full.shape} of {full.dtype}"
            )
        _finite(full.ravel(), full.shape[1])
        rows = sparse.csr_array(full.astype(np.float64))
    n, columns = rows.shape
    if n != columns:
        raise ValueError(f"affinity is square, got shape ({n}, {columns})")
    rows.sum_duplicates()
    rows.sort_indices()
    bad = np.flatnonzero(~np.isfinite(rows.data))
    if bad.size:
        at = int(bad[0])
        i = int(np.searchsorted(rows.indptr, at, side="right")) - 1
        raise ValueError(
            f"affinity[{i}, {rows.indices[at]}] is {rows.data[at]}, not a finite number"
        )
    _symmetric(rows)
    rows.setdiag(0.0)
    rows.eliminate_zeros()
    rows.sort_indices()
    return rows


def _finite(values: NDArray[np.generic], columns: int) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        i, j = divmod(int(bad[0]), columns)
        raise ValueError(f"affinity[{i}, {j}] is {values[bad[0]]}, not a finite number")


def _symmetric(rows: sparse.csr_array) -> None:
    other = rows.T.tocsr()
    other.sort_indices()
    if all(
        np.array_equal(getattr(rows, part), getattr(other, part))
        for part in ("indptr", "indices", "data")
    ):
        return
    difference = sparse.coo_array(abs(rows - other))
    allowed = TOLERANCE * max(1.0, float(abs(rows.data).max(initial=0.0)))
    if difference.nnz and float(difference.data.max()) > allowed:
        at = int(np.argmax(difference.data))
        i, j = int(difference.coords[0][at]), int(difference.coords[1][at])
        raise ValueError(
            f"affinity is symmetric, got affinity[{i}, {j}] = {rows[i, j]} "
            f"and affinity[{j}, {i}] = {rows[j, i]}"
        )


def checked_bounds(lower: float, upper: float, whole: bool) -> tuple[float, float]:
    """Bounds of a group's size (whole) or of its sum of weights."""
    for name, value in (("lower", lower), ("upper", upper)):
        if not isinstance(value, Real) or isinstance(value, bool) or not np.isfinite(value):
            raise ValueError(f"{name} is a finite number, got {value!r}")
        if whole and value != int(value):
            raise ValueError(f"{name} is a whole number when there are no weights, got {value!r}")
    if lower < (1 if whole else 0):
        raise ValueError(f"lower is at least {1 if whole else 0}, got {lower!r}")
    if upper < max(lower, 1e-12):
        raise ValueError(f"upper is at least lower = {lower!r} and above 0, got {upper!r}")
    return float(lower), float(upper)


def checked_number(name: str, value: float, least: float = -np.inf) -> float:
    """A finite number, not below ``least``."""
    if not isinstance(value, Real) or isinstance(value, bool) or not np.isfinite(value):
        raise ValueError(f"{name} is a finite number, got {value!r}")
    if value < least:
        raise ValueError(f"{name} is at least {least:g}, got {value!r}")
    return float(value)


def checked_count(name: str, value: int, least: int) -> int:
    """A whole number, not below ``least``."""
    if not isinstance(value, Integral) or isinstance(value, bool) or value < least:
        raise ValueError(f"{name} is a whole number from {least}, got {value!r}")
    return int(value)


def checked_weights(weights: ArrayLike | None, n: int) -> NDArray[np.float64]:
    """Node weights, ``(n,)``, finite and not negative; ones when there are none."""
    if weights is None:
        return np.ones(n)
    values = np.asarray(weights, dtype=np.float64)
    if values.shape != (n,):
        raise ValueError(f"node_weights has shape ({n},), got {values.shape}")
    bad = np.flatnonzero(~np.isfinite(values) | (values < 0))
    if bad.size:
        at = int(bad[0])
        raise ValueError(f"node_weights[{at}] is {values[at]}, not a finite number from 0")
    return values.copy()


def checked_pairs(name: str, pairs: Pairs, n: int) -> list[tuple[int, int]]:
    """Pairs of different items, each once, smaller number first, sorted."""
    checked = set()
    for pair in pairs:
        if len(pair) != 2:
            raise ValueError(f"{name} holds pairs of items, got {pair!r}")
        i, j = (checked_item(name, item, n) for item in pair)
        if i == j:
            raise ValueError(f"{name} holds pairs of different items, got [{i}, {j}]")
        checked.add((min(i, j), max(i, j)))
    return sorted(checked)


def checked_item(name: str, item: int, n: int) -> int:
    """An item's number."""
    if not isinstance(item, Integral) or isinstance(item, bool) or not 0 <= item < n:
        raise ValueError(f"{name} names items 0 … {n - 1}, got {item!r}")
    return int(item)


def checked_pins(pinned: Mapping[int, int] | None, n: int, groups: int | None) -> dict[int, int]:
    """Item → group number; -1 keeps an item out of every group."""
    pins: dict[int, int] = {}
    for item, group in (pinned or {}).items():
        least = -1 if groups is None else 0
        group = checked_count(f"pinned[{item}]", group, least)
        if groups is not None and group >= groups:
            raise ValueError(f"pinned[{item}] is a group 0 … {groups - 1}, got {group}")
        pins[checked_item("pinned", item, n)] = group
    return pins


def checked_previous(
    previous: ArrayLike | None, n: int, groups: int | None
) -> NDArray[np.int64] | None:
    """Labels of an earlier answer, ``(n,)``, -1 for unplaced."""
    if previous is None:
        return None
    labels = np.asarray(previous)
    if labels.shape != (n,) or (n and labels.dtype.kind not in "iu"):
        raise ValueError(
            f"previous holds {n} whole numbers, got shape {labels.shape} of {labels.dtype}"
        )
    labels = labels.astype(np.int64)
    most = np.iinfo(np.int64).max if groups is None else groups
    bad = np.flatnonzero((labels < -1) | (labels >= most))
    if bad.size:
        raise ValueError(
            f"previous[{bad[0]}] is -1 or a group"
            f"{'' if groups is None else f' below {groups}'}, got {labels[bad[0]]}"
        )
    return labels
