"""Recall across languages, a mixed pool, and clusters: what the table shows."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array, vstack
from sklearn.cluster import KMeans
from sklearn.decomposition import TruncatedSVD
from sklearn.metrics import v_measure_score

Scores = NDArray[np.float64]


def product(a: csr_array, b: csr_array) -> Scores:
    """Scores of all pairs."""
    return (a @ b.T).toarray()


def ranks(scores: Scores) -> NDArray[np.int64]:
    """Place of each query's counterpart, 0 for the first; a tie counts against it."""
    own = np.diag(scores)[:, None]
    return (scores >= own).sum(1) - 1


def recall(scores: Scores, k: int) -> float:
    """Share of queries whose counterpart is among the first k."""
    return float((ranks(scores) < k).mean())


def reciprocal(scores: Scores) -> float:
    """Mean reciprocal rank."""
    return float((1.0 / (1 + ranks(scores))).mean())


def mixed_recall(languages: list[csr_array], k: int = 10) -> float:
    """Share of counterparts among the first k when all languages lie in one pool."""
    n = languages[0].shape[0]
    pool = vstack(languages).tocsr()
    found = []
    for at, queries in enumerate(languages):
        scores = product(queries, pool)
        scores[np.arange(n), at * n + np.arange(n)] = -np.inf
        top = np.argpartition(-scores, k, axis=1)[:, :k]
        places = [other * n + np.arange(n) for other in range(len(languages)) if other != at]
        found += [(top == place[:, None]).any(1).mean() for place in places]
    return float(np.mean(found))


def clusters(rows: csr_array, labels: list[str], n: int) -> float:
    """V-measure of k-means clusters against labels, mean of five seeds."""
    width = min(100, rows.shape[0] - 1)
    dense = TruncatedSVD(width, random_state=0).fit_transform(rows)
    made = [KMeans(n, n_init=4, random_state=seed).fit_predict(dense) for seed in range(5)]
    return float(np.mean([v_measure_score(labels, found) for found in made]))
