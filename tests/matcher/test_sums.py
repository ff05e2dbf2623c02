"""Everybody's sums to one group are kept up, however often one comes to nothing and back."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from matcher.grouping.kernels.sums import add_row, clear

N = 12


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.lists(st.tuples(st.integers(0, N - 1), st.booleans())))
def test_whose_sums_there_are_is_noted_in_the_room_there_is(seed, steps):
    """Whole numbers, so that a sum comes to nothing exactly, and its item is noted anew."""
    rng = np.random.default_rng(seed)
    full = np.triu(rng.integers(-1, 2, (N, N)), 1)
    rows = sparse.csr_array((full + full.T).astype(np.float32))
    longest = int(np.diff(rows.indptr).max(initial=0))
    sums, touched = np.zeros(N), np.full(N + longest, -1, np.int32)
    n_touched, expected = 0, np.zeros(N)
    for item, comes in steps:
        sign = 1.0 if comes else -1.0
        n_touched = add_row(
            rows.indptr, rows.indices, rows.data, item, sign, sums, touched, n_touched
        )
        expected += sign * rows.toarray()[item]
        assert n_touched <= len(touched)
        assert set(np.flatnonzero(expected).tolist()) <= set(touched[:n_touched].tolist())
    assert sums.tolist() == expected.tolist()
    clear(sums, touched, n_touched)
    assert not sums.any()
