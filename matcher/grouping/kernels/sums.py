"""Everybody's sum of affinities to one group, kept up for a while and then forgotten."""

from matcher.lean import lean


@lean
def add_row(ptr, idx, val, i, sign, sums, touched, n_touched):  # type: ignore[no-untyped-def]
    """
    Add an item's row to everybody's sums, ``sign`` -1 to take it away.

    ``touched`` notes whose sums there are, and has room for everybody and the longest row.
    Returns how many it holds.
    """
    if n_touched + ptr[i + 1] - ptr[i] > touched.shape[0]:
        n_touched = _once(touched, n_touched)
    for p in range(ptr[i], ptr[i + 1]):
        j = idx[p]
        # No branch: whether a sum is new cannot be foreseen, and a wrong guess is dear.
        touched[n_touched] = j
        n_touched += 1 if sums[j] == 0.0 else 0
        sums[j] += sign * val[p]
    return n_touched


@lean
def _once(touched, n_touched):  # type: ignore[no-untyped-def]
    """Strike out who is noted twice: a sum came to nothing and was touched anew."""
    gap = n_touched // 2
    while gap > 0:  # Shell's sort, which needs no room of its own
        for at in range(gap, n_touched):
            j = touched[at]
            to = at
            while to >= gap and touched[to - gap] > j:
                touched[to] = touched[to - gap]
                to -= gap
            touched[to] = j
        gap //= 2
    found = 0
    for at in range(n_touched):
        if at == 0 or touched[at] != touched[found - 1]:
            touched[found] = touched[at]
            found += 1
    return found


@lean
def clear(sums, touched, n_touched):  # type: ignore[no-untyped-def]
    """Set all sums to nothing again."""
    for q in range(n_touched):
        sums[touched[q]] = 0.0


@lean
def tops(label, own, sums, touched, n_touched, top, topped):  # type: ignore[no-untyped-def]
    """
    The most that a member of each slot would gain if it came to the group, from 0.

    ``topped`` are the slots where it is more than 0; returns how many.
    """
    n_topped = 0
    pool = top.shape[0] - 1
    for q in range(n_touched):
        j = touched[q]
        more = sums[j] - own[j]
        g = label[j]
        if more > top[g] and g != pool:
            if top[g] == 0.0:
                topped[n_topped] = g
                n_topped += 1
            top[g] = more
    return n_topped
