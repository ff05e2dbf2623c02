"""How many true neighbours a graph holds, and plain affinities to hold it against."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.graph import Features
from matcher.params import AffinityWeights
from matcher.places import EARTH_KM


@dataclass(frozen=True)
class Recall:
    """What a graph found of the true nearest of some items."""

    items: float
    """Share of the true nearest that are in the graph."""
    weight: float
    """Sum of the affinities found, as a share of the true sum."""


def plain_affinities(
    features: Features, rows: NDArray[np.intp], weights: AffinityWeights | None = None
) -> NDArray[np.float64]:
    """Affinities of some items to all, ``(len(rows), n)``, by the definition alone."""
    weights = weights or AffinityWeights()
    alike = (features.concepts[rows].astype(np.float64) @ features.concepts.T).toarray()
    north, east = np.radians(features.place).T
    a, b = north[rows, None], north[None, :]
    half = np.sin((a - b) / 2) ** 2
    half += np.cos(a) * np.cos(b) * np.sin((east[rows, None] - east[None, :]) / 2) ** 2
    km = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    alike *= 1.0 - weights.distance * km / (km + weights.distance_km)
    one, other = features.maturity[rows, None], features.maturity[None, :]
    same = ((one <= 2) & (other <= 2)) | ((one >= 4) & (other >= 4))
    alike *= np.where(same, 1.0 - weights.maturity, 1.0)
    alike *= (features.languages[rows, None] & features.languages[None, :]) != 0
    alike *= features.unit[rows, None] != features.unit[None, :]
    found: NDArray[np.float64] = alike
    return found


def recall(
    graph: sparse.csr_array,
    features: Features,
    *,
    k: int = 16,
    sample: int = 300,
    seed: int = 0,
    weights: AffinityWeights | None = None,
) -> Recall:
    """Recall of the true ``k`` nearest by full affinity, over a sample of items."""
    n = graph.shape[0]
    picked = np.random.default_rng(seed).choice(n, min(sample, n), replace=False)
    hits = wanted = 0
    got = true = 0.0
    for start in range(0, len(picked), 20):
        rows = picked[start : start + 20]
        for i, values in zip(rows, plain_affinities(features, rows, weights), strict=True):
            best = np.argsort(-values, kind="stable")[:k]
            best = best[values[best] > 0]
            there = graph.indices[graph.indptr[i] : graph.indptr[i + 1]]
            hits += int(np.isin(best, there).sum())
            wanted += len(best)
            got += float(np.sort(values[there])[::-1][: len(best)].sum())
            true += float(values[best].sum())
    return Recall(hits / max(wanted, 1), got / true if true else 1.0)
