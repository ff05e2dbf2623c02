"""Arguments of ``form_groups``, checked: each refusal holds the value and what is accepted."""

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from matcher.grouping.kernels.prepare import first_unmatched

Affinity = ArrayLike | sparse.sparray | sparse.spmatrix
Pairs = Iterable[Sequence[int]] | NDArray[np.integer[Any]]

TOLERANCE = 1e-9
"""Relative difference up to which two mirrored affinities count as equal."""
SINGLE = 1e-6
"""The same for affinities in single precision."""


def checked_affinity(affinity: Affinity) -> sparse.csr_array:
    """Affinity as sorted sparse rows with an empty diagonal and no zeros."""
    if sparse.issparse(affinity):
        rows = _as_rows(affinity)
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
    bad = -1 if np.isfinite(rows.data.sum()) else _first(~np.isfinite(rows.data))
    if bad >= 0:
        i = int(np.searchsorted(rows.indptr, bad, side="right")) - 1
        raise ValueError(
            f"affinity[{i}, {rows.indices[bad]}] is {rows.data[bad]}, not a finite number"
        )
    _symmetric(rows)
    if rows.diagonal().any() or not rows.data.all():
        rows = rows.copy()
        rows.setdiag(0.0)
        rows.eliminate_zeros()
    return rows


def _as_rows(affinity: sparse.sparray | sparse.spmatrix) -> sparse.csr_array:
    """Sorted rows without duplicates, in single or double precision; copied only if not so."""
    any_kind: Any = affinity
    rows = sparse.csr_array(any_kind)
    if rows.dtype not in (np.float32, np.float64):
        rows = rows.astype(np.float64)
    if rows.indices.dtype != np.int32 and rows.shape[1] < 2**31:
        rows = sparse.csr_array(
            (rows.data, rows.indices.astype(np.int32), rows.indptr), shape=rows.shape
        )
    if not rows.has_canonical_format:
        rows = rows.copy()
        rows.sum_duplicates()
    found: sparse.csr_array = rows
    return found


def _first(found: NDArray[np.bool_]) -> int:
    return int(np.argmax(found)) if found.any() else -1


def _finite(values: NDArray[np.generic], columns: int) -> None:
    bad = np.flatnonzero(~np.isfinite(values))
    if bad.size:
        i, j = divmod(int(bad[0]), columns)
        raise ValueError(f"affinity[{i}, {j}] is {values[bad[0]]}, not a finite number")


def _symmetric(rows: sparse.csr_array) -> None:
    largest = max(abs(float(rows.data.max(initial=0.0))), abs(float(rows.data.min(initial=0.0))))
    tolerance = TOLERANCE if rows.dtype == np.float64 else SINGLE
    at = first_unmatched(rows.indptr, rows.indices, rows.data, tolerance * max(1.0, largest))
    if at >= 0:
        i, j = int(np.searchsorted(rows.indptr, at, side="right")) - 1, int(rows.indices[at])
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


def checked_pairs(name: str, pairs: Pairs, n: int) -> NDArray[np.int64]:
    """Pairs of different items, each once, smaller number first, sorted, ``(pairs, 2)``."""
    given = pairs if isinstance(pairs, np.ndarray) else list(pairs)
    if not len(given):
        return np.zeros((0, 2), np.int64)
    found = _as_pairs(given)
    if found is None or ((found < 0) | (found >= n)).any():
        for pair in given:
            if np.ndim(pair) != 1 or len(pair) != 2:
                raise ValueError(f"{name} holds pairs of items, got {pair!r}")
            for item in pair:
                checked_item(name, item, n)
        raise ValueError(f"{name} holds pairs of items, got shape {np.shape(given)}")
    same = np.flatnonzero(found[:, 0] == found[:, 1])
    if same.size:
        i = found[same[0], 0]
        raise ValueError(f"{name} holds pairs of different items, got [{i}, {i}]")
    code = np.unique(found.min(axis=1) * n + found.max(axis=1))
    return np.column_stack([code // n, code % n])


def _as_pairs(given: Any) -> NDArray[np.int64] | None:
    try:
        found = np.asarray(given)
    except ValueError:
        return None
    if found.ndim != 2 or found.shape[1] != 2 or found.dtype.kind not in "iu":
        return None
    return found.astype(np.int64)


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
