"""What is compared, each given a case and a start or none, and answering with labels."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.preprocessing import normalize

import matcher
from matcher.grouping import warm
from tests.bench.groups.cases import Case, Labels
from tests.bench.groups.repair import greedy, repaired

Method = Callable[[Case, int, float, Labels | None], Labels]
DIMENSIONS = 64
FIRST_LANGUAGE = 0.6
BOUNDED_FIRST_LANGUAGE = 0.3
"""Length of the part of a vector that tells the first language; 0, 0.3, 0.6 and 1 were tried."""
MOVE_PENALTY = 0.4
"""What one moved member costs: the default of ``GroupRules``."""
WARD_ALL_UP_TO = 12_000
"""Challenges up to which Ward looks at all pairs; above, at those of the graph."""
QUICK_S = 0.005
"""A time limit with which a small pool takes no longer than the quickest of the others."""
PER_GROUP = 10
BOUNDED_PER_GROUP = 12
"""Members a cluster is made for, on average; 9, 10, 11 and 12 were tried for each method."""


def vectors(case: Case, first_language: float = FIRST_LANGUAGE) -> NDArray[np.float64]:
    """Concepts in 64 dimensions by truncated SVD, of length one, with the first language."""
    people = case.people
    d = min(DIMENSIONS, case.n - 1, people.concepts.shape[1] - 1)
    svd = TruncatedSVD(d, algorithm="randomized", random_state=0)
    concepts = normalize(svd.fit_transform(people.concepts.astype(np.float64)))
    return np.hstack([concepts, first_language * np.eye(3)[people.language]])


def _ours(
    case: Case, seed: int, limit: float, start: Labels | None, time_limit_s: float | None = None
) -> Labels:
    return matcher.form_groups(
        case.affinity,
        lower=case.lower,
        upper=case.upper,
        cannot_link=case.barred,
        previous=start,
        move_penalty=0.0 if start is None else MOVE_PENALTY,
        seed=seed,
        time_limit_s=time_limit_s,
    ).labels


def _greedy(case: Case, seed: int, limit: float, start: Labels | None) -> Labels:
    return greedy(case)


def _clusters(case: Case, per_group: int = PER_GROUP) -> int:
    return max(1, min(-(-case.n // per_group), case.n // case.lower))


def _centres(points: NDArray[np.float64], start: Labels | None, clusters: int) -> object:
    """Centres of the previous groups to start from, else the usual careful draw."""
    if start is None or len(np.unique(start[start >= 0])) != clusters:
        return "k-means++"
    _, number, size = np.unique(start[start >= 0], return_inverse=True, return_counts=True)
    at = sparse.csr_array((1 / size[number], (number, np.flatnonzero(start >= 0))))
    return at @ points[: at.shape[1]]


def _kmeans(case: Case, seed: int, limit: float, start: Labels | None) -> Labels:
    points, clusters = vectors(case), _clusters(case)
    if start is not None:
        clusters = len(np.unique(start[start >= 0]))
    init = _centres(points, start, clusters)
    found = KMeans(clusters, init=init, n_init=1, random_state=seed).fit_predict(points)
    return repaired(case, found)


def _kmeans_constrained(case: Case, seed: int, limit: float, start: Labels | None) -> Labels:
    from k_means_constrained import KMeansConstrained

    points = vectors(case, BOUNDED_FIRST_LANGUAGE)
    clusters = _clusters(case, BOUNDED_PER_GROUP)
    if start is not None:
        clusters = max(clusters, len(np.unique(start[start >= 0])))
    bounded = KMeansConstrained(
        clusters,
        size_min=case.lower,
        size_max=case.upper,
        init=_centres(points, start, clusters),
        n_init=1,
        random_state=seed,
        n_jobs=1,
    )
    return repaired(case, np.asarray(bounded.fit_predict(points), np.int64))


def _ward(case: Case, seed: int, limit: float, start: Labels | None) -> Labels:
    tree = AgglomerativeClustering(
        _clusters(case),
        linkage="ward",
        connectivity=None if case.n <= WARD_ALL_UP_TO else case.affinity,
    )
    return repaired(case, tree.fit_predict(vectors(case)))


def _hdbscan(case: Case, seed: int, limit: float, start: Labels | None) -> Labels:
    dense = HDBSCAN(min_cluster_size=case.lower, min_samples=2, copy=True)
    return repaired(case, dense.fit_predict(vectors(case)))


def _cp_sat(case: Case, seed: int, limit: float, start: Labels | None) -> Labels:
    from tests.bench.groups.exact import cp_sat

    found, _ = cp_sat(case, seconds=limit, seed=seed)
    return found


METHODS: dict[str, Method] = {
    "ours": _ours,
    "ours-quick": partial(_ours, time_limit_s=QUICK_S),
    "greedy-swaps": _greedy,
    "k-means-constrained": _kmeans_constrained,
    "kmeans": _kmeans,
    "ward": _ward,
    "hdbscan": _hdbscan,
    "cp-sat": _cp_sat,
}
NAMES = {
    "ours": "**form_groups**",
    "ours-quick": f"**form_groups**, `time_limit_s={QUICK_S}`",
    "greedy-swaps": "greedy with swaps",
    "k-means-constrained": "k-means-constrained + repair",
    "kmeans": "KMeans + repair",
    "ward": "Ward + repair",
    "hdbscan": "HDBSCAN + repair",
    "cp-sat": "CP-SAT",
}


def ready(method: str) -> None:
    """Have loops compiled before the clock starts: nobody waits for a compiler in a run."""
    if method.startswith("ours"):
        warm()
    else:
        few = np.ones((8, 8)) - np.eye(8)
        tiny = _tiny(sparse.csr_array(few))
        METHODS["greedy-swaps"](tiny, 0, 1.0, None)


def _tiny(affinity: sparse.csr_array) -> Case:
    from tests.bench.groups.cases import chosen
    from tests.bench.groups.populations import population

    people = chosen(population(8, challenges=8), np.arange(8))
    return Case(people, affinity, np.arange(8), lower=2, upper=4)
