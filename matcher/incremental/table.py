"""Items with their texts and their index: taken in one by one, merged now and then."""

from collections.abc import Mapping
from math import nan, radians
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.incremental.arrays import Items, Texts, grown, items_of, room
from matcher.incremental.index import append, order_code, postings_of, with_room

Numbers = NDArray[np.int64]


class Row(NamedTuple):
    """A text of length 1: sparse columns in rising order, and a dense part."""

    columns: NDArray[np.int32]
    weights: NDArray[np.float32]
    dense: NDArray[np.float32]


class Item(NamedTuple):
    """What the core reads of a challenge and its unit."""

    need: Row
    unit: int
    offer: Row | None = None
    mask: int = 1
    stage: int = 0
    maturity: int = 2
    on_site: bool = False
    point: tuple[float, float] | None = None
    """Latitude and longitude in degrees."""
    kind: int = 0
    size: int = -1
    giver: bool = False


class Table:
    """
    Items by number; inside they stand in rows, by language and place as of the last merge.

    ``columns`` sparse columns a text, the first ``indexed`` of them searched; ``dense`` more.
    """

    def __init__(self, columns: int, indexed: int, dense: int) -> None:
        self.columns, self._indexed = columns, indexed
        nothing = np.zeros(0, np.int64), np.zeros(0, np.int32), np.zeros(0, np.int32)
        none = Texts(np.zeros((0, dense), np.float32), *nothing, np.zeros(0, np.float32))
        self.load(none, items_of(0), np.zeros(0, np.int64), 0)

    def __len__(self) -> int:
        return self.n - self.gone

    def __contains__(self, key: int) -> bool:
        return 0 <= key < self.keys and self.row[key] >= 0

    def load(self, texts: Texts, items: Items, keys: Numbers, first_free: int) -> Numbers:
        """Start from these items under these numbers; returns the order they stand in."""
        n = len(keys)
        order = np.argsort(order_code(items.mask[:n], items.place[:n]), kind="stable")
        self.key = grown(keys[order], room(n))
        self.n, self.keys = n, max(first_free, int(keys.max(initial=-1)) + 1)
        self.row = np.full(room(self.keys), -1, np.int64)
        self.row[keys[order]] = np.arange(n)
        self.items = items_with(items, order, room(n))
        self.texts, self.used, self.cells = _compact(texts, self.items, n)
        self.post = postings_of(self.texts, self.items, n, self._indexed)
        self.ranks = grown(np.arange(n, dtype=np.int32), room(n))
        self.entries, self.gone, self.main = 0, 0, n
        return order

    def merge(self) -> Numbers:
        """Take the append segment into the main one; returns the former rows, in the new order."""
        here = np.flatnonzero(self.items.alive[: self.n])
        items = items_with(self.items, here, len(here))
        return here[self.load(self.texts, items, self.key[: self.n][here], self.keys)]

    def enter(self, item: Item) -> int:
        """Take an item in, at the end; returns its number."""
        row, key = self.n, self.keys
        self._make_room(item)
        need = self._text(item.need)
        offer = -1 if item.offer is None else self._text(item.offer)
        items = self.items
        items.need[row], items.offer[row], items.alive[row] = need, offer, 1
        items.unit[row], items.mask[row], items.stage[row] = item.unit, item.mask, item.stage
        items.maturity[row], items.on_site[row] = item.maturity, item.on_site
        items.place[row] = (nan, nan) if item.point is None else tuple(map(radians, item.point))
        items.kind[row], items.size[row] = item.kind, item.size
        items.giver[row], items.pinned[row] = item.giver, 0
        self.entries = append(self.texts, items, self.post, self.ranks, row, self.entries)
        self.key[row], self.row[key] = key, row
        self.n, self.keys = row + 1, key + 1
        return key

    def remove(self, key: int) -> None:
        """Let an item go; its row stays until the next merge."""
        self.items.alive[self.row[key]] = 0
        self.row[key] = -1
        self.gone += 1

    def _text(self, row: Row) -> int:
        at, end = self.used, self.cells + len(row.columns)
        self.texts.columns[self.cells : end] = row.columns
        self.texts.weights[self.cells : end] = row.weights
        self.texts.dense[at] = row.dense
        self.texts.start[at], self.texts.length[at] = self.cells, len(row.columns)
        self.used, self.cells = at + 1, end
        return at

    def _make_room(self, item: Item) -> None:
        cells = len(item.need.columns) + (len(item.offer.columns) if item.offer else 0)
        self.post = with_room(self.post, self.entries + len(item.need.columns))
        self.texts = Texts(
            grown(self.texts.dense, self.used + 2),
            grown(self.texts.start, self.used + 2),
            grown(self.texts.length, self.used + 2),
            grown(self.texts.columns, self.cells + cells),
            grown(self.texts.weights, self.cells + cells),
        )
        self.row = grown(self.row, self.keys + 1)
        if len(self.items.need) <= self.n:
            rows = np.arange(self.n)
            self.items = items_with(self.items, rows, room(self.n))
            self.key, self.ranks = grown(self.key, self.n + 1), grown(self.ranks, self.n + 1)

    def snapshot(self) -> dict[str, Any]:
        """All of a merged table, as arrays by name."""
        kept: dict[str, Any] = {f"item_{k}": v[: self.n] for k, v in self.items._asdict().items()}
        texts = {k: v[: self.used] for k, v in self.texts._asdict().items()}
        texts |= {k: getattr(self.texts, k)[: self.cells] for k in ("columns", "weights")}
        kept |= {f"text_{k}": v for k, v in texts.items()} | {"key": self.key[: self.n]}
        return {k: v.copy() for k, v in kept.items()} | {"keys": self.keys}

    def restore(self, kept: Mapping[str, Any]) -> Numbers:
        """Go on from a snapshot; returns the order that items stand in."""
        items = Items(**{name: kept[f"item_{name}"] for name in Items._fields})
        texts = Texts(**{name: kept[f"text_{name}"] for name in Texts._fields})
        return self.load(texts, items, kept["key"], kept["keys"])


def items_with(items: Items, rows: Numbers, length: int) -> Items:
    """Some rows of the items, in this order, in arrays so long."""
    made = items_of(max(length, len(rows)))
    for name, part in made._asdict().items():
        part[: len(rows)] = getattr(items, name)[rows]
    return made


def _compact(texts: Texts, items: Items, n: int) -> tuple[Texts, int, int]:
    """Keep the texts of ``n`` items, in their order, with room behind; numbers them anew."""
    offers = np.flatnonzero(items.offer[:n] >= 0)
    old = np.concatenate([items.need[:n], items.offer[offers]]).astype(np.int64)
    length = texts.length[old]
    start = np.cumsum(length, dtype=np.int64) - length
    cells = int(length.sum())
    source = np.repeat(texts.start[old] - start, length) + np.arange(cells)
    items.need[:n] = np.arange(n)
    items.offer[offers] = n + np.arange(len(offers))
    used = len(old)
    made = Texts(
        dense=grown(texts.dense[old], room(used)),
        start=grown(start, room(used)),
        length=grown(length, room(used)),
        columns=grown(texts.columns[source], room(cells)),
        weights=grown(texts.weights[source], room(cells)),
    )
    return made, used, cells
