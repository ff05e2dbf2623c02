"""Many texts to search: sketches find the candidates, packed rows rank them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from matcher.text.packed import BLOCK, Block, Query
from matcher.text.sketch import Sketcher

CANDIDATES = 4_000
"""Texts ranked of those whose sketches are nearest; more find hardly more."""

Places = NDArray[np.int64]


class Stack:
    """
    Texts by key, a little over a kilobyte each, that come and go without anything made anew.

    A text that goes leaves its place to the next one; memory is taken in blocks and never
    copied.

    Parameters
    ----------
    sketcher
        Directions learned from texts of the kind that will come.
    neural
        Dimensions of the neural encoder of the texts, 0 without one.
    block
        Texts of a block.
    compiled
        False for the loops in numpy, which need no compiler and take ten times as long.
    """

    def __init__(
        self, sketcher: Sketcher, neural: int = 0, *, block: int = BLOCK, compiled: bool = True
    ) -> None:
        self._sketcher, self._neural = sketcher, neural
        self._size, self._compiled = block, compiled
        self._blocks: list[Block] = []
        self._keys: list[str] = []
        self._place: dict[str, int] = {}
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, key: str) -> bool:
        return key in self._place

    @property
    def nbytes(self) -> int:
        """Bytes of the blocks; keys come on top."""
        return sum(block.nbytes for block in self._blocks)

    def put(self, keys: Sequence[str], rows: csr_array) -> None:
        """Take texts in, or changed ones over; the keys differ from each other."""
        places = np.array([self._place_of(key) for key in keys], np.int64)
        sketches, scale = self._sketcher(rows)
        for number in np.unique(places // self._size):
            these = np.flatnonzero(places // self._size == number)
            own = sketches[these], scale[these]
            self._blocks[number].put(places[these] % self._size, rows[these], own)

    def _place_of(self, key: str) -> int:
        if key in self._place:
            return self._place[key]
        if self._free:
            place = self._free.pop()
            self._keys[place] = key
        else:
            place = len(self._keys)
            self._keys.append(key)
            if place // self._size == len(self._blocks):
                self._blocks.append(Block(self._neural, self._size))
        self._place[key] = place
        return place

    def remove(self, key: str) -> None:
        """Forget a text; an unknown one changes nothing."""
        place = self._place.pop(key, None)
        if place is not None:
            self._blocks[place // self._size].here[place % self._size] = False
            self._free.append(place)

    def nearest(self, row: csr_array, k: int) -> list[tuple[str, float]]:
        """The ``k`` likest texts and their scores, best first, ties by key."""
        query = Query(row, self._sketcher(row), self._neural)
        places, scores = self._ranked(query, max(CANDIDATES, 4 * k))
        if len(places) > 2 * k:
            kept = np.argpartition(-scores, 2 * k)[: 2 * k]
            places, scores = places[kept], scores[kept]
        found = [(self._keys[at], float(s)) for at, s in zip(places, scores, strict=True)]
        return sorted(found, key=lambda near: (-round(near[1], 6), near[0]))[:k]

    def _ranked(self, query: Query, m: int) -> tuple[Places, NDArray[np.float32]]:
        """Places and scores of the ``m`` texts whose sketches are nearest."""
        near = [block.candidates(query, m, compiled=self._compiled) for block in self._blocks]
        sketched = [block.scores[places] for block, places in zip(self._blocks, near, strict=True)]
        least = _least(np.concatenate([np.zeros(0, np.float32), *sketched]), m)
        kept = [places[s >= least] for places, s in zip(near, sketched, strict=True)]
        scores = [
            block.rank(query, places, compiled=self._compiled)
            for block, places in zip(self._blocks, kept, strict=True)
        ]
        starts = np.arange(len(self._blocks)) * self._size
        whole = [places + start for places, start in zip(kept, starts, strict=True)]
        none = np.zeros(0, np.int64)
        return np.concatenate([none, *whole]), np.concatenate([none.astype(np.float32), *scores])


def _least(scores: NDArray[np.float32], m: int) -> float:
    """The ``m``-th highest score."""
    return float(np.partition(scores, -m)[-m]) if len(scores) > m else 0.0
