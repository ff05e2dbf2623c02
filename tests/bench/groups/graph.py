"""
Affinities of a population, made apart from the product, for it is one of the compared.

All pairs of small populations; of large ones the nearest of every challenge.
"""

import numpy as np
from numba import njit
from scipy import sparse

from tests.bench.groups.populations import Population, factors

EXACT_UP_TO = 2_500
"""Challenges up to which all pairs are given, not the nearest alone."""
NEAREST = 32
POSTINGS = 4_000
"""Entries of the inverted index read for one challenge, those of rare concepts first."""


def graph(people: Population) -> sparse.csr_array:
    """Affinities that every method is given: all of them, or those of the nearest."""
    if people.n <= EXACT_UP_TO:
        return every_pair(people)
    rows, by_concept = people.concepts, sparse.csr_array(people.concepts.T)
    near = np.full((people.n, 2 * NEAREST), -1, np.int32)
    alike = np.zeros((people.n, 2 * NEAREST), np.float32)
    frequency = np.diff(by_concept.indptr)
    index = (by_concept.indptr, by_concept.indices, by_concept.data)
    walk(rows.indptr, rows.indices, rows.data, *index, frequency, POSTINGS, near, alike)
    columns, values = np.zeros((people.n, NEAREST), np.int32), np.zeros((people.n, NEAREST))
    for start in range(0, people.n, 5_000):
        at = np.arange(start, min(start + 5_000, people.n))
        some = near[at] >= 0
        whole = np.where(some, alike[at] * factors(people, at[:, None], near[at]), 0.0)
        best = np.argsort(-whole, axis=1, kind="stable")[:, :NEAREST]
        columns[at] = np.take_along_axis(near[at], best, axis=1)
        values[at] = np.take_along_axis(whole, best, axis=1)
    row = np.repeat(np.arange(people.n), NEAREST)
    some = values.ravel() > 0
    shape = (people.n, people.n)
    one = sparse.csr_array((values.ravel()[some], (row[some], columns.ravel()[some])), shape=shape)
    return sparse.csr_array(one.maximum(one.T))


def every_pair(people: Population) -> sparse.csr_array:
    """Affinities of all pairs, ``(n, n)``."""
    alike = (people.concepts @ people.concepts.T).toarray().astype(np.float64)
    at = np.arange(people.n)
    whole = alike * factors(people, at[:, None], at[None, :])
    np.fill_diagonal(whole, 0.0)
    return sparse.csr_array((whole + whole.T) / 2)


@njit(cache=True)
def walk(ptr, idx, val, by_ptr, by_idx, by_val, frequency, budget, near, alike):
    """Collect likeness along the rarest concepts and keep the strongest of each row."""
    n, k = near.shape
    sums = np.zeros(n, np.float32)
    met = np.zeros(n, np.int32)
    for i in range(n):
        own = np.arange(ptr[i], ptr[i + 1])
        own = own[np.argsort(frequency[idx[own]])]
        left, number = budget, 0
        for at in own:
            concept = idx[at]
            if left <= 0:
                break
            left -= frequency[concept]
            for other in range(by_ptr[concept], by_ptr[concept + 1]):
                j = by_idx[other]
                if j == i:
                    continue
                if sums[j] == 0.0:
                    met[number] = j
                    number += 1
                sums[j] += val[at] * by_val[other]
        least = np.float32(0.0)
        if number > k:
            least = np.partition(sums[met[:number]], number - k)[number - k]
        kept = 0
        for at in range(number):
            j = met[at]
            if sums[j] >= least and kept < k:
                near[i, kept], alike[i, kept] = j, sums[j]
                kept += 1
            sums[j] = 0.0
