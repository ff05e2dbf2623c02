"""Very few items: the groups are the best there are, whatever rules there may be."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

import matcher
from matcher.grouping import plain
from matcher.grouping.problem import Problem
from matcher.grouping.solve import solve


def ruled(seed: int, n: int) -> Problem:
    """Items of one or two nodes with threshold, seats, languages, givers and some kept apart."""
    rng = np.random.default_rng(seed)
    full = np.triu(rng.normal(0.3, 0.5, (n, n)), 1)
    apart = np.triu(rng.random((n, n)) < 0.1, 1)
    heads = rng.choice([1.0, 2.0], n, p=[0.8, 0.2])
    return Problem(
        affinity=sparse.csr_array(full + full.T),
        lower=2.0,
        upper=float(rng.integers(3, 6)),
        weight=heads.copy(),
        heads=heads,
        bars=sparse.csr_array((apart + apart.T).astype(np.float32)),
        threshold=float(rng.choice([-0.1, 0.0, 0.3])),
        mask=rng.integers(1, 8, n),
        giver=(rng.random(n) < 0.3).astype(np.uint8),
        seat=np.where(heads > 1, rng.normal(0.0, 0.3, n), 0.0),
        mix=0.4,
    )


def worth(given_: Problem, group: tuple[int, ...]) -> float | None:
    """What a group is worth; none when it breaks a rule."""
    at = list(group)
    bars = given_.bars.toarray()[np.ix_(at, at)]
    load = given_.weight[at].sum()
    if bars.any() or not given_.lower <= load <= given_.upper:
        return None
    if np.bitwise_and.reduce(given_.mask[at]) == 0:
        return None
    full = given_.affinity.toarray()
    pairs = (full[i, j] - given_.threshold * given_.heads[i] * given_.heads[j]
             for i, j in combinations(at, 2))  # fmt: skip
    return sum(pairs) + given_.seat[at].sum() + given_.mix * bool(given_.giver[at].any())


def best(given_: Problem, left: tuple[int, ...]) -> float:
    """The best sum over disjoint groups, one item after the other."""
    if not left:
        return 0.0
    first, rest = left[0], left[1:]
    sums = [best(given_, rest)]
    for k in range(len(rest) + 1):
        for others in combinations(rest, k):
            value = worth(given_, (first, *others))
            if value is not None and value > 0:
                remain = tuple(i for i in rest if i not in others)
                sums.append(value + best(given_, remain))
    return max(sums)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 7))
def test_no_partition_of_very_few_is_worth_more(seed, n):
    given_ = ruled(seed, n)
    found = solve(given_, seed=seed)
    assert found.value == pytest.approx(best(given_, tuple(range(n))), abs=1e-6)
    groups = [tuple(np.flatnonzero(found.labels == g)) for g in set(found.labels.tolist()) - {-1}]
    sums = [worth(given_, group) for group in groups]
    assert None not in sums
    assert sum(sums) == pytest.approx(found.value, abs=1e-6)


def test_two_groups_are_found_that_no_single_move_leads_to():
    """Six and more in a group: a second one is below its bound until six have moved."""
    rng = np.random.default_rng(11)
    for _ in range(4):
        full = np.triu(rng.normal(0.1, 0.5, (14, 14)), 1)
        full += full.T
        sums = [0.0]
        for k in range(6, 13):
            for group in combinations(range(14), k):
                label = np.where(np.isin(np.arange(14), group), 0, -1)
                value = plain.score(full, label, 0.0)
                rest = [i for i in range(14) if i not in group]
                if len(rest) >= 6:
                    sums += [value + _inside(full, other) for m in range(6, len(rest) + 1)
                             for other in combinations(rest, m)]  # fmt: skip
                sums.append(value)
        found = matcher.form_groups(full, lower=6, upper=12, seed=1)
        assert found.score == pytest.approx(max(sums))


def _inside(full: np.ndarray, group: tuple[int, ...]) -> float:
    return float(full[np.ix_(group, group)].sum() / 2)


def test_weights_that_are_no_whole_numbers_give_as_many_groups():
    """Six items of a tenth in groups of three tenths are two groups, however tenths add up."""
    full = np.ones((6, 6)) - np.eye(6)
    tenths = matcher.form_groups(full, lower=0.3, upper=0.3, node_weights=[0.1] * 6)
    ones = matcher.form_groups(full, lower=3, upper=3)
    assert tenths.score == ones.score == 6.0
