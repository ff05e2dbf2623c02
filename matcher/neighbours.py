"""Who is near whom: the affinities of a pool's challenges, kept up one by one."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.affinity import affinities
from matcher.entries import Entry
from matcher.likeness import Likeness
from matcher.params import AffinityWeights
from matcher.text import Collection, Features
from matcher.text.scale import comparable

NEAREST = 64
"""Challenges each one is compared with in every part, the likest texts first."""
LEAST = 0.04
"""Likeness of texts below which two challenges share nothing worth a look."""
AGE = 10
"""The statistics are taken anew after a tenth of the pool changed, at least so many."""


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
        for other in self.near.pop(key, {}):
            self.near[other].pop(key, None)

    def settle(self, entries: Mapping[str, Entry], *, anew: bool = False) -> None:
        """Place who waits: each by itself, or all anew when much has changed."""
        if anew or self._changes > max(AGE, len(entries) // AGE):
            self._refresh(entries)
        for key in self._waiting:
            if key not in self.likeness:  # else the refresh took it in
                self._take(entries[key])
        for key in self._waiting:
            self.near.setdefault(key, {})
            self._link(entries, key)
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
        self.near = {key: {} for key in keys}
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
        keys = [others[at] for at in near]
        met = self._met(key, keys)
        values = affinities(
            entries[key],
            [entries[other] for other in keys],
            scores[near].astype(np.float64),
            met,
            self.weights,
        )
        for other, value in zip(keys, values.tolist(), strict=True):
            if value > 0:
                self.near[key][other] = self.near.setdefault(other, {})[key] = value

    def _met(self, key: str, others: Sequence[str]) -> NDArray[np.float64]:
        """Likeness of offer and need, the better way round; NaN where nobody offers."""
        best = np.full(len(others), np.nan)
        if key in self.offers:
            best = _picked(others, *self.likeness.scores(self.offers.row(key)))
        if len(self.offers):
            theirs = _picked(others, *self.offers.scores(self.likeness.row(key)))
            best = np.fmax(best, theirs)
        return best

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

    def meets(self, offer: Features, need: Features) -> float:
        """How well an offer meets a need, as a share of full likeness."""
        rows = self.likeness.row_of(offer), self.likeness.row_of(need)
        met = comparable((rows[0] @ rows[1].T).toarray(), self.likeness.encoder)
        return min(1.0, max(0.0, float(met[0, 0]) / self.weights.full_likeness))

    def rarity(self) -> NDArray[np.float32]:
        """Weight of every concept column with the present statistics."""
        if self._rarity is None or self._rarity[0] is not self.likeness.collection:
            collection = self.likeness.collection
            self._rarity = collection, collection.concept_rarity()
        return self._rarity[1]

    def matrix(self, keys: Sequence[str]) -> sparse.csr_array:
        """Affinities among some challenges, shape ``(n, n)``."""
        number = {key: at for at, key in enumerate(keys)}
        rows, columns, values = [], [], []
        for key, at in number.items():
            for other, value in self.near[key].items():
                if other in number:
                    rows.append(at)
                    columns.append(number[other])
                    values.append(value)
        shape = (len(keys), len(keys))
        return sparse.csr_array((np.array(values, np.float64), (rows, columns)), shape=shape)

    def between(self, one: str, other: str) -> float:
        """Affinity of two challenges here."""
        return self.near[one].get(other, 0.0)


def nearest(others: Sequence[str], scores: NDArray[np.float32], but: str = "") -> list[int]:
    """Positions of the likest, ties by key, so that the order of arrival changes nothing."""
    alike = np.flatnonzero(scores >= LEAST)
    if len(alike) > 4 * NEAREST:
        alike = alike[np.argpartition(-scores[alike], 2 * NEAREST)[: 2 * NEAREST]]
    ranked = sorted(alike.tolist(), key=lambda at: (-round(float(scores[at]), 6), others[at]))
    return [at for at in ranked if others[at] != but][:NEAREST]


def _picked(
    keys: Sequence[str], others: Sequence[str], scores: NDArray[np.float32]
) -> NDArray[np.float64]:
    """The scores of some keys; NaN for one that has none."""
    value = dict(zip(others, scores.tolist(), strict=True))
    return np.array([value.get(key, np.nan) for key in keys])
