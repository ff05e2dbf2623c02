"""Who is near whom: the affinities of a pool's challenges, kept up one by one."""

from collections.abc import Mapping, Sequence
from copy import copy
from typing import Self

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.affinity import affinities, traits_of
from matcher.comparing import products
from matcher.entries import Entry
from matcher.likeness import Likeness
from matcher.params import AffinityWeights
from matcher.text import Collection, Features
from matcher.text.scale import comparable

NEAREST = 64
"""Challenges each one is compared with in every part, the likest texts first."""
LEAST = 0.04
"""Likeness of texts below which two challenges share nothing worth a look."""
TIE = 1e-5
"""Likeness by which texts differ when they tie: products are rounded."""
AGE = 10
"""The statistics are taken anew after a tenth of the pool changed, at least so many."""

Numbers = NDArray[np.int64]


class Neighbours:
    """Sparse symmetric affinities between challenges, by key."""

    def __init__(self, weights: AffinityWeights) -> None:
        self.weights = weights
        self.likeness = Likeness()
        self.offers = Likeness()
        self.near: dict[str, dict[str, float]] = {}
        self._waiting: dict[str, None] = {}
        self._rarity: tuple[Collection, NDArray[np.float32]] | None = None
        self._changes = 0
        self._table: tuple[dict[str, int], sparse.csr_array] | None = None
        """Numbers of the keys and all affinities, as long as nobody came, went or changed."""
        self._shared: set[str] = set()
        """Whose neighbours a copy reads as well: they are never changed in place."""

    def copy(self) -> Self:
        """Who is near whom now, for questions; what changes here changes nothing there."""
        twin = copy(self)
        twin.likeness, twin.offers = self.likeness.copy(), self.offers.copy()
        twin.near, twin._waiting = dict(self.near), dict(self._waiting)
        self._shared, twin._shared = set(self.near), set(self.near)
        return twin

    def change(self, key: str) -> None:
        """Note that a challenge is new or changed; it is placed when somebody asks."""
        self.remove(key)
        self._waiting[key] = None

    def remove(self, key: str) -> None:
        """Take a challenge out."""
        self._drop(key)
        self._waiting.pop(key, None)
        self.likeness.remove(key)
        self.offers.remove(key)
        self._changes += 1

    def _drop(self, key: str) -> None:
        self._table = None
        for other in self.near.pop(key, {}):
            self._own(other).pop(key, None)
        self._shared.discard(key)

    def _own(self, key: str) -> dict[str, float]:
        """The neighbours of a challenge, to be changed."""
        self._table = None
        if key in self._shared:
            self.near[key] = dict(self.near[key])
            self._shared.discard(key)
        return self.near.setdefault(key, {})

    def settle(self, entries: Mapping[str, Entry], *, anew: bool = False) -> None:
        """Place who waits: each by itself, or all anew when much has changed."""
        if anew or self._changes > max(AGE, len(entries) // AGE):
            self._refresh(entries)
        for key in self._waiting:
            if key not in self.likeness:  # else the refresh took it in
                self._take(entries[key])
        if len(self._waiting) < len(entries):
            for key in self._waiting:
                self._link(entries, key)
        else:
            self._link_all(entries)
        self._waiting = {}

    def _refresh(self, entries: Mapping[str, Entry]) -> None:
        """Statistics and rows of everybody anew; everybody waits, in the order of the keys."""
        keys = sorted(entries)
        self.likeness.refresh({key: entries[key].need for key in keys})
        offers = {key: entries[key].offer for key in keys}
        self.offers.refresh(
            {key: offer for key, offer in offers.items() if offer is not None},
            self.likeness.collection,
        )
        self.near, self._table = {key: {} for key in keys}, None
        self._waiting = dict.fromkeys(keys)
        self._changes = 0

    def _take(self, entry: Entry) -> None:
        self.likeness.add(entry.key, entry.need)
        self.offers.remove(entry.key)
        if entry.offer is not None:
            self.offers.collection = self.likeness.collection
            self.offers.add(entry.key, entry.offer)

    def _link(self, entries: Mapping[str, Entry], key: str) -> None:
        others, scores = self.likeness.scores(self.likeness.row(key))
        near = nearest(others, scores, key)
        keys = [key, *(others[at] for at in near)]
        pairs = np.zeros(len(near), np.int64), np.arange(1, len(keys))
        values = self._affinities(entries, keys, *pairs, scores[near])
        mine = self._own(key)
        for other, value in zip(keys[1:], values.tolist(), strict=True):
            if value > 0:
                mine[other] = self._own(other)[key] = value

    def _link_all(self, entries: Mapping[str, Entry]) -> None:
        """Everybody at once, texts being compared in blocks."""
        keys, item, score = self.likeness.nearest(2 * NEAREST)
        n = len(keys)
        i, j, likeness = _pairs(item, score, n)
        values = self._affinities(entries, keys, i, j, likeness)
        good = values > 0
        table = _both_ways(n, i[good], j[good], values[good])
        ends, columns, found = table.indptr.tolist(), table.indices, table.data
        for at, key in enumerate(keys):
            row = slice(ends[at], ends[at + 1])
            others = [keys[other] for other in columns[row].tolist()]
            self.near[key] = dict(zip(others, found[row].tolist(), strict=True))
        self._shared = set()
        self._table = {key: at for at, key in enumerate(keys)}, table

    def _affinities(
        self,
        entries: Mapping[str, Entry],
        keys: Sequence[str],
        i: Numbers,
        j: Numbers,
        likeness: NDArray[np.float32],
    ) -> NDArray[np.float64]:
        """Affinity of pairs of challenges by their numbers among the keys."""
        traits = traits_of([entries[key] for key in keys])
        met = self._offered(keys, i, j)
        return affinities(traits, i, j, likeness.astype(np.float64), met, self.weights)

    def _offered(self, keys: Sequence[str], i: Numbers, j: Numbers) -> NDArray[np.float64]:
        """Likeness of offer and need, the better way round; NaN where nobody offers."""
        giving = [at for at, key in enumerate(keys) if key in self.offers]
        if not giving or not len(i):
            return np.full(len(i), np.nan)
        offer = np.full(len(keys), -1, np.int64)
        offer[giving] = np.arange(len(giving))
        needs = self.likeness.rows(keys)
        offers = self.offers.rows([keys[at] for at in giving])
        met = np.fmax(products(needs, offers, i, offer[j]), products(needs, offers, j, offer[i]))
        return comparable(met, self.likeness.encoder)

    def met(self, keys: Sequence[str]) -> NDArray[np.float64]:
        """
        How well the offers of some challenges meet the needs of the others.

        Row ``i``, column ``j``: the offer of ``keys[i]`` against the need of ``keys[j]``, as
        a share of full likeness; 0 where nothing is offered.
        """
        met = np.zeros((len(keys), len(keys)))
        giving = [at for at, key in enumerate(keys) if key in self.offers]
        if giving:
            offers = self.offers.rows([keys[at] for at in giving])
            met[giving] = (offers @ self.likeness.rows(keys).T).toarray()
            met[giving] = comparable(met[giving], self.likeness.encoder)
            np.fill_diagonal(met, 0.0)
        return np.clip(met / self.weights.full_likeness, 0.0, 1.0)

    def given(self, key: str, others: Sequence[str]) -> tuple[NDArray[np.float64], ...]:
        """
        How well one's need is met by the offers of others, and its offer meets their needs.

        Both of shape ``(k,)``, as shares of full likeness; 0 where nothing is offered.
        """
        met = self.met([key, *others])
        return met[1:, 0], met[0, 1:]

    def given_to(self, need: Features, others: Sequence[str]) -> NDArray[np.float64]:
        """The same of a need that is not here, by the offers of others."""
        met = np.zeros(len(others))
        giving = [at for at, key in enumerate(others) if key in self.offers]
        if giving:
            offers = self.offers.rows([others[at] for at in giving])
            met[giving] = (offers @ self.likeness.row_of(need).T).toarray()[:, 0]
            met[giving] = comparable(met[giving], self.likeness.encoder)
        return np.clip(met / self.weights.full_likeness, 0.0, 1.0)

    def rarity(self) -> NDArray[np.float32]:
        """Weight of every concept column with the present statistics."""
        if self._rarity is None or self._rarity[0] is not self.likeness.collection:
            collection = self.likeness.collection
            self._rarity = collection, collection.concept_rarity()
        return self._rarity[1]

    def matrix(self, keys: Sequence[str]) -> sparse.csr_array:
        """Affinities among some challenges, shape ``(n, n)``."""
        if self._table is not None:
            place, table = self._table
            at = np.array([place[key] for key in keys], np.int64)
            return sparse.csr_array(table[at][:, at])
        number = {key: at for at, key in enumerate(keys)}
        rows = [self.near[key] for key in keys]
        columns = np.array([number.get(other, -1) for near in rows for other in near], np.int64)
        values = np.array([value for near in rows for value in near.values()], np.float64)
        i = np.repeat(np.arange(len(keys)), [len(near) for near in rows])
        here = columns >= 0
        shape = (len(keys), len(keys))
        return sparse.csr_array((values[here], (i[here], columns[here])), shape=shape)

    def inside(self, keys: Sequence[str]) -> NDArray[np.float64]:
        """Affinities among a few challenges as a full table, shape ``(n, n)``."""
        return np.array(
            [[self.near[key].get(other, 0.0) for other in keys] for key in keys], np.float64
        ).reshape(len(keys), len(keys))

    def between(self, one: str, other: str) -> float:
        """Affinity of two challenges here."""
        return self.near[one].get(other, 0.0)


def nearest(others: Sequence[str], scores: NDArray[np.float32], but: str = "") -> list[int]:
    """Positions of the likest, ties by key, so that the order of arrival changes nothing."""
    alike = np.flatnonzero(scores >= LEAST)
    if len(alike) > 4 * NEAREST:
        bar = np.partition(scores[alike], -2 * NEAREST)[-2 * NEAREST]
        alike = alike[scores[alike] >= bar - TIE]  # whoever ties with the last is looked at, too
    ranked = sorted(alike.tolist(), key=lambda at: (-round(float(scores[at]), 6), others[at]))
    return [at for at in ranked if others[at] != but][:NEAREST]


def _pairs(
    item: NDArray[np.int32], score: NDArray[np.float32], n: int
) -> tuple[Numbers, Numbers, NDArray[np.float32]]:
    """Pairs of which one is among the nearest of the other, lower number first, each once."""
    ranks = np.where((item >= 0) & (score >= LEAST), -np.round(score.astype(np.float64), 6), 1.0)
    order = np.argsort(ranks, axis=1, kind="stable")[:, :NEAREST]  # ties by key: they are sorted
    item, score = np.take_along_axis(item, order, 1), np.take_along_axis(score, order, 1)
    near = np.take_along_axis(ranks, order, 1) < 1.0
    i, j = np.repeat(np.arange(n), near.sum(axis=1)), item[near].astype(np.int64)
    code, first = np.unique(np.minimum(i, j) * n + np.maximum(i, j), return_index=True)
    return code // max(n, 1), code % max(n, 1), score[near][first]


def _both_ways(n: int, i: Numbers, j: Numbers, values: NDArray[np.float64]) -> sparse.csr_array:
    """All affinities when every pair is told to both, columns rising."""
    one_way = sparse.csr_array((values, (i, j)), shape=(n, n))
    both = sparse.csr_array(one_way + one_way.T)
    both.sort_indices()
    return both
