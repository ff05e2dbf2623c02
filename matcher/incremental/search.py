"""Nearest challenges through an inverted index, under a budget of postings."""

import numpy as np
from numba import njit

from matcher.incremental.affinity import affinities


@njit(cache=True, nogil=True)
def rarest_first(texts, post, a):  # type: ignore[no-untyped-def]
    """Indexed entries of a text, those that fewest items hold first."""
    n = texts.length[a]
    found = np.empty(n, np.int64)
    counts = np.empty(n, np.int64)
    m = 0
    for p in range(texts.start[a], texts.start[a] + n):
        column = texts.columns[p]
        if column < post.head.shape[0] and post.holders[column] > 0:
            found[m] = p
            counts[m] = post.holders[column]
            m += 1
    return found[:m][np.argsort(counts[:m])]


@njit(cache=True, nogil=True)
def gather(texts, items, post, a, own, rank, budget, score, touched):  # type: ignore[no-untyped-def]
    """
    Add up what items share with text ``a`` in the indexed columns, into ``score``.

    Rarest columns first. What was registered since the last merge is read before the main
    segment; of a list longer than what is left of ``budget`` a window round ``rank`` is read.
    Returns how many items were touched.
    """
    # Taken out of their tuples once: each look inside costs a count of references.
    alive, mask = items.alive, items.mask
    late_item, late_weight, chain = post.late_item, post.late_weight, post.chain
    main_item, main_weight = post.item, post.weight
    spoken = mask[own]
    n = 0
    left = budget
    for p in rarest_first(texts, post, a):
        column = texts.columns[p]
        weight = texts.weights[p]
        entry = post.head[column]
        while entry >= 0 and left > 0:
            j = late_item[entry]
            if alive[j] and spoken & mask[j] and j != own:
                if score[j] == 0.0:
                    touched[n] = j
                    n += 1
                score[j] += weight * late_weight[entry]
            entry = chain[entry]
            left -= 1
        begin, end = post.begin[column], post.begin[column + 1]
        if end - begin > left:
            middle = begin + np.searchsorted(main_item[begin:end], rank)
            begin = max(begin, min(middle - left // 2, end - left))
            end = begin + left
        for q in range(begin, end):
            j = main_item[q]
            if alive[j] and spoken & mask[j] and j != own:
                if score[j] == 0.0:
                    touched[n] = j
                    n += 1
                score[j] += weight * main_weight[q]
        left -= end - begin
        if left <= 0:
            break
    return n


@njit(cache=True, nogil=True)
def strongest(score, touched, n, most, out):  # type: ignore[no-untyped-def]
    """The ``most`` best of the touched into ``out``, ties by item; ``score`` is cleared."""
    values = np.empty(n, np.float32)
    for q in range(n):
        values[q] = score[touched[q]]
    bar = np.float32(0.0)
    if n > most:
        bar = np.partition(values, n - most)[n - most]
    kept = 0
    for over in range(2):
        for q in range(n):
            strong = values[q] > bar if over == 0 else values[q] == bar
            if strong and kept < most:
                out[kept] = touched[q]
                kept += 1
    for q in range(n):
        score[touched[q]] = 0.0
    return kept


@njit(cache=True, nogil=True)
def near(w, texts, items, post, i, rank, budget, most, work):  # type: ignore[no-untyped-def]
    """
    The nearest of item ``i`` by full affinity, strongest first: items and values.

    Candidates come from the index by what they share in the indexed columns, four for each
    one wanted; the affinity of those is exact.
    """
    touched = work.touched
    n = gather(texts, items, post, items.need[i], i, rank, budget, work.score, touched)
    found = work.found
    kept = strongest(work.score, touched, n, found.shape[0], found)
    found[:kept].sort()
    values = np.empty(kept)
    affinities(w, texts, items, i, found, kept, values, work.scratch)
    order = np.argsort(-values, kind="mergesort")[:most]
    good = 0
    for q in range(len(order)):
        if values[order[q]] > 0.0:
            good += 1
    order = order[:good]
    return found[:kept][order], values[order]
