"""What the loops read and change: texts, items, postings and groups, as arrays that grow."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ROOM = 4
"""A merge leaves room for a quarter more, so that no registration waits for a copy."""
LEAST_ROOM = 1024


class Texts(NamedTuple):
    """Rows of texts of length 1: a dense part, and sparse columns in rising order."""

    dense: NDArray[np.float32]
    """``(texts, d)``; ``d`` may be 0."""
    start: NDArray[np.int64]
    length: NDArray[np.int32]
    columns: NDArray[np.int32]
    weights: NDArray[np.float32]


class Items(NamedTuple):
    """Challenges: their texts, and what the affinity of two reads beside them."""

    need: NDArray[np.int32]
    """Text of what is sought."""
    offer: NDArray[np.int32]
    """Text of what is offered, -1 for none."""
    alive: NDArray[np.uint8]
    unit: NDArray[np.int32]
    mask: NDArray[np.int64]
    """Working languages as bits."""
    stage: NDArray[np.int8]
    maturity: NDArray[np.int8]
    on_site: NDArray[np.uint8]
    place: NDArray[np.float32]
    """Latitude and longitude in radians, ``(items, 2)``; NaN where unknown."""
    kind: NDArray[np.int16]
    size: NDArray[np.int16]
    """Size class, -1 for unknown."""
    giver: NDArray[np.uint8]
    pinned: NDArray[np.uint8]
    """1: nobody but a person moves it."""


class Postings(NamedTuple):
    """
    Which items hold a column: a main segment, and an append segment merged later.

    The main segment is sorted by item, and items were numbered by language and place when it
    was made: a window of a long list holds items that are near each other.
    """

    begin: NDArray[np.int64]
    """Where each column's list begins in ``item``, ``(columns + 1,)``."""
    item: NDArray[np.int32]
    weight: NDArray[np.float32]
    head: NDArray[np.int32]
    """Newest entry of each column's chain in the append segment, -1 for none."""
    holders: NDArray[np.int32]
    """Items that hold a column, in both segments."""
    chain: NDArray[np.int32]
    """Next older entry."""
    late_item: NDArray[np.int32]
    late_weight: NDArray[np.float32]
    order: NDArray[np.int64]
    """Language and place of the main segment's items, rising."""


class Groups(NamedTuple):
    """Who sits where."""

    label: NDArray[np.int32]
    """Group of each item, -1 for none."""
    members: NDArray[np.int32]
    size: NDArray[np.int32]
    held: NDArray[np.int32]
    """Groups that each unit is in, live ones included."""


def grown(array: NDArray[Any], length: int) -> NDArray[Any]:
    """The array itself when it is long enough, else a longer copy with zeros behind."""
    if len(array) >= length:
        return array
    longer = np.zeros((room(length), *array.shape[1:]), array.dtype)
    longer[: len(array)] = array
    return longer


def room(length: int) -> int:
    """Length of an array that holds so many now, and more later."""
    return length + max(LEAST_ROOM, length // ROOM)


def items_of(n: int) -> Items:
    """Arrays for ``n`` items, empty."""
    return Items(
        need=np.zeros(n, np.int32),
        offer=np.full(n, -1, np.int32),
        alive=np.zeros(n, np.uint8),
        unit=np.zeros(n, np.int32),
        mask=np.zeros(n, np.int64),
        stage=np.zeros(n, np.int8),
        maturity=np.zeros(n, np.int8),
        on_site=np.zeros(n, np.uint8),
        place=np.zeros((n, 2), np.float32),
        kind=np.zeros(n, np.int16),
        size=np.zeros(n, np.int16),
        giver=np.zeros(n, np.uint8),
        pinned=np.zeros(n, np.uint8),
    )


def groups_of(
    labels: NDArray[np.int64],
    units: NDArray[np.int32],
    m: int,
    upper: int,
    rows: int,
    outside: Mapping[int, int],
) -> Groups:
    """
    Groups as labels say, with room for more.

    Raises
    ------
    ValueError
        When a group has more than ``upper`` members.
    """
    seated = np.flatnonzero(labels >= 0)
    seated = seated[np.argsort(labels[seated], kind="stable")]
    which, sizes = np.unique(labels[seated], return_counts=True)
    if sizes.max(initial=0) > upper:
        raise ValueError(f"a group has {sizes.max()} members, at most {upper}")
    most = max([int(units[: len(labels)].max(initial=-1)), *outside])
    groups = Groups(
        label=np.full(rows, -1, np.int32),
        members=np.zeros((room(m), upper), np.int32),
        size=np.zeros(room(m), np.int32),
        held=np.bincount(units[seated], minlength=room(most + 1)).astype(np.int32),
    )
    places = np.arange(len(seated)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    groups.members[labels[seated], places] = seated
    groups.size[which] = sizes
    groups.label[seated] = labels[seated]
    for unit, count in outside.items():
        groups.held[unit] += count
    return groups
