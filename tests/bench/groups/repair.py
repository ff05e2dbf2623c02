"""
One fair repair for clusterings that know no bounds, and a plain greedy with swaps.

Repair: clusters that are too large are cut by growing groups inside them from the strongest
member on; those that are too small are given up; who is left goes, best gain first, where a
seat is free, else into new groups, so that everybody is placed and no unit is in a group twice.
"""

import numpy as np
from numba import njit

from tests.bench.groups.cases import Case, Labels


def repaired(case: Case, clusters: Labels) -> Labels:
    """Groups of allowed size from any clusters; -1 is noise."""
    label = _grown(case, clusters)
    return finished(case, label)


def greedy(case: Case, *, sweeps: int = 1000) -> Labels:
    """Grow groups from the strongest, place the rest, then swap while anything improves."""
    label = finished(case, _grown(case, np.zeros(case.n, np.int64)))
    return swapped(case, label, sweeps)


def swapped(case: Case, label: Labels, sweeps: int = 1000) -> Labels:
    """Take every improving insertion and swap until there is none."""
    label = np.ascontiguousarray(label, np.int64)
    groups = int(label.max(initial=-1)) + 1
    a = case.affinity
    descend(
        a.indptr, a.indices, a.data, case.people.unit, label, groups, case.lower, case.upper, sweeps
    )
    return label


def finished(case: Case, label: Labels) -> Labels:
    """Dissolve groups below the bound and find everybody a seat."""
    a, unit = case.affinity, case.people.unit
    label = _dissolved(label, case.lower)
    groups = int(label.max(initial=-1)) + 1
    order = np.argsort(-np.asarray(a.sum(axis=1)).ravel(), kind="stable")
    while fill(a.indptr, a.indices, a.data, unit, label, groups, case.upper, order):
        pass
    left = np.full(case.n, -1, np.int64)
    left[label < 0] = 0
    more = _dissolved(_grown(case, left), case.lower)
    label = np.where(more >= 0, more + groups, label)
    _seat_anywhere(case, label)
    return label


def _grown(case: Case, clusters: Labels) -> Labels:
    """Groups of even size inside each cluster; a cluster of allowed size stays one."""
    a = case.affinity
    _, number = np.unique(clusters, return_inverse=True)
    number = np.where(clusters < 0, -1, number)
    size = np.bincount(number[number >= 0], minlength=int(number.max(initial=-1)) + 1)
    target = np.ceil(size / np.maximum(np.ceil(size / case.upper), 1)).astype(np.int64)
    order = np.argsort(-np.asarray(a.sum(axis=1)).ravel(), kind="stable")
    label = np.full(case.n, -1, np.int64)
    grow(a.indptr, a.indices, a.data, case.people.unit, number, target, order, label)
    return label


def _dissolved(label: Labels, lower: int) -> Labels:
    size = np.bincount(label[label >= 0], minlength=int(label.max(initial=-1)) + 1)
    large = np.append(size >= lower, False)
    rank = np.append(np.cumsum(large[:-1]) - 1, -1)
    return np.where(large[label], rank[label], -1)


def _seat_anywhere(case: Case, label: Labels) -> None:
    """Seat those whom nobody with a free seat likes: among themselves, then wherever."""
    left = list(np.flatnonzero(label < 0))
    size = list(np.bincount(label[label >= 0], minlength=1))
    sits = set(zip(label[label >= 0].tolist(), case.people.unit[label >= 0].tolist(), strict=True))
    while len(left) >= case.lower:
        mine: dict[int, int] = {}
        for item in left:
            if len(mine) < case.lower:
                mine.setdefault(int(case.people.unit[item]), item)
        if len(mine) < case.lower:
            break
        label[list(mine.values())] = len(size)
        sits |= {(len(size), unit) for unit in mine}
        size.append(len(mine))
        left = [item for item in left if label[item] < 0]
    for item in left:
        unit = int(case.people.unit[item])
        for group in np.argsort(size, kind="stable").tolist():
            if 0 < size[group] < case.upper and (group, unit) not in sits:
                label[item] = group
                size[group] += 1
                sits.add((group, unit))
                break


@njit(cache=True)
def grow(ptr, idx, val, unit, cluster, target, order, label):
    """Grow groups of the target size inside clusters by the best sum of affinities."""
    n = len(order)
    gain = np.zeros(n)
    met = np.zeros(n, np.int64)
    mine = np.zeros(n, np.int64)
    groups = 0
    for seed in order:
        if label[seed] >= 0 or cluster[seed] < 0:
            continue
        own = cluster[seed]
        number, size, new = 0, 0, seed
        while new >= 0:
            label[new] = groups
            mine[size] = new
            size += 1
            for at in range(ptr[new], ptr[new + 1]):
                j = idx[at]
                if label[j] < 0 and cluster[j] == own:
                    if gain[j] == 0.0:
                        met[number] = j
                        number += 1
                    gain[j] += val[at]
            new, best = -1, 0.0
            if size == target[own]:
                break
            for at in range(number):
                j = met[at]
                if label[j] < 0 and gain[j] > best:
                    free = True
                    for k in range(size):
                        free = free and unit[mine[k]] != unit[j]
                    if free:
                        new, best = j, gain[j]
        for at in range(number):
            gain[met[at]] = 0.0
        groups += 1


@njit(cache=True)
def sums_of(ptr, idx, val, label, i, sums, met):
    """Sum of one item's affinities to each group it has any to; returns how many."""
    number = 0
    for at in range(ptr[i], ptr[i + 1]):
        group = label[idx[at]]
        if group >= 0:
            if sums[group] == 0.0:
                met[number] = group
                number += 1
            sums[group] += val[at]
    return number


@njit(cache=True)
def fill(ptr, idx, val, unit, label, groups, upper, order):
    """Give the unplaced their best free seat; how many got one."""
    size = np.zeros(groups + 1, np.int64)
    members = np.full((groups + 1, upper), -1, np.int64)
    for i in range(len(label)):
        if label[i] >= 0:
            members[label[i], size[label[i]]] = i
            size[label[i]] += 1
    sums, met, placed = np.zeros(groups + 1), np.zeros(groups + 1, np.int64), 0
    for i in order:
        if label[i] >= 0:
            continue
        number = sums_of(ptr, idx, val, label, i, sums, met)
        best, value = -1, 0.0
        for at in range(number):
            group = met[at]
            if size[group] < upper and sums[group] > value:
                free = True
                for k in range(size[group]):
                    free = free and unit[members[group, k]] != unit[i]
                if free:
                    best, value = group, sums[group]
            sums[group] = 0.0
        if best >= 0:
            label[i] = best
            members[best, size[best]] = i
            size[best] += 1
            placed += 1
    return placed


@njit(cache=True)
def descend(ptr, idx, val, unit, label, groups, lower, upper, sweeps):
    """Insertions and swaps that improve, item by item, until a sweep finds none."""
    n = len(label)
    size = np.zeros(groups, np.int64)
    members = np.full((groups, upper + 1), -1, np.int64)
    for i in range(n):
        if label[i] >= 0:
            members[label[i], size[label[i]]] = i
            size[label[i]] += 1
    sums, met = np.zeros(groups), np.zeros(groups, np.int64)
    for _ in range(sweeps):
        changed = 0
        for i in range(n):
            here = label[i]
            if here < 0:
                continue
            number = sums_of(ptr, idx, val, label, i, sums, met)
            best, to, out = 1e-9, -1, -1
            for at in range(number):
                group = met[at]
                if group == here:
                    continue
                change = sums[group] - sums[here]
                clash = -1
                clashes = 0
                for k in range(size[group]):
                    if unit[members[group, k]] == unit[i]:
                        clash = members[group, k]
                        clashes += 1
                if size[group] < upper and size[here] > lower and clashes == 0 and change > best:
                    best, to, out = change, group, -1
                for k in range(size[group]):
                    j = members[group, k]
                    if clashes > 1 or (clashes == 1 and clash != j):
                        continue
                    swap = change
                    for row in range(ptr[j], ptr[j + 1]):
                        other = label[idx[row]]
                        if idx[row] == i:
                            swap -= 2 * val[row]
                        if other == here:
                            swap += val[row]
                        elif other == group:
                            swap -= val[row]
                    if swap > best and fits(unit, members, size, here, i, j):
                        best, to, out = swap, group, j
            for at in range(number):
                sums[met[at]] = 0.0
            if to >= 0:
                move(label, members, size, i, to)
                if out >= 0:
                    move(label, members, size, out, here)
                changed += 1
        if changed == 0:
            return


@njit(cache=True)
def fits(unit, members, size, group, leaving, coming):
    """Whether a unit has nobody else in the group."""
    for k in range(size[group]):
        other = members[group, k]
        if other != leaving and unit[other] == unit[coming]:
            return False
    return True


@njit(cache=True)
def move(label, members, size, i, to):
    """Take an item from its group to another."""
    here = label[i]
    for k in range(size[here]):
        if members[here, k] == i:
            members[here, k] = members[here, size[here] - 1]
            break
    size[here] -= 1
    members[to, size[to]] = i
    size[to] += 1
    label[i] = to
