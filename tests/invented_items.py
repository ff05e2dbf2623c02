"""Invented challenges as the core's arrays hold them, with skewed themes and languages."""

from typing import Any

import numpy as np

from matcher.incremental import Item, Row
from matcher.incremental.arrays import Items, Texts, items_of

OWN = 24
"""Concepts that the texts on one topic choose theirs from."""


def population(
    n: int, *, seed: int = 0, columns: int = 2000, dense: int = 0, offers: bool = False
) -> tuple[Texts, Items, Any]:
    """Texts, items and the hidden topic of each."""
    rng = np.random.default_rng(seed)
    topics, units = max(4, n // 60), max(6, int(n * 0.3))
    chances = 1 / np.arange(1, topics + 1) ** 0.7
    topic = rng.choice(topics, size=n, p=chances / chances.sum())
    kept = [_texts(rng, topic, columns, dense)]
    if offers:
        kept.append(_texts(rng, topic, columns, dense))
    length = np.concatenate([part[0] for part in kept]).astype(np.int32)
    texts = Texts(
        dense=np.concatenate([part[3] for part in kept]),
        start=np.cumsum(length, dtype=np.int64) - length,
        length=length,
        columns=np.concatenate([part[1] for part in kept]),
        weights=np.concatenate([part[2] for part in kept]),
    )
    items = items_of(n)
    items.need[:], items.alive[:] = np.arange(n), 1
    if offers:
        items.offer[:] = np.where(rng.random(n) < 0.3, n + np.arange(n), -1)
    items.unit[:] = np.minimum((units * rng.random(n) ** 1.5).astype(int), units - 1)
    items.mask[:] = rng.choice([1, 2, 4, 5, 3], size=units, p=[0.6, 0.05, 0.05, 0.25, 0.05])[
        items.unit
    ]
    items.stage[:], items.maturity[:] = rng.integers(0, 4, n), rng.integers(1, 6, n)
    items.on_site[:] = rng.random(n) < 0.2
    places = np.radians(np.stack([rng.uniform(60, 68, units), rng.uniform(21, 30, units)], 1))
    items.place[:] = places[items.unit]
    items.kind[:], items.size[:] = rng.integers(0, 8, units)[items.unit], items.unit % 4
    items.giver[:] = items.maturity >= 4
    return texts, items, topic


def _texts(rng: Any, topic: Any, columns: int, dense: int) -> tuple[Any, Any, Any, Any]:
    n = len(topic)
    pools = rng.integers(0, columns, size=(int(topic.max()) + 1, OWN))
    drawn = rng.permuted(np.tile(np.arange(OWN), (n, 1)), axis=1)[:, :9]
    own = pools[topic[:, None], drawn]
    common = (columns * rng.random((n, 5)) ** 4).astype(int)
    held = np.sort(np.concatenate([own, common], 1), axis=1).astype(np.int32)
    rare = np.log((n + 1) / (np.bincount(held.ravel(), minlength=columns) + 1)) + 0.1
    weights = rare[held] * rng.uniform(0.5, 1.0, held.shape)
    once = np.ones(held.shape, bool)
    once[:, 1:] = held[:, 1:] != held[:, :-1]
    weights = np.where(once, weights, 0)
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    vectors = np.zeros((n, dense), np.float32)
    if dense:
        vectors += rng.normal(size=(int(topic.max()) + 1, dense))[topic]
        vectors += 1.2 * rng.normal(size=(n, dense))
        vectors /= np.sqrt(2) * np.linalg.norm(vectors, axis=1, keepdims=True)
        weights /= np.sqrt(2)
    return once.sum(1), held[once], weights[once].astype(np.float32), vectors


def one(texts: Texts, items: Items, i: int) -> Item:
    """Item ``i`` as it comes in by itself."""
    place = np.degrees(items.place[i]).tolist()
    return Item(
        need=row(texts, int(items.need[i])),
        unit=int(items.unit[i]),
        offer=row(texts, int(items.offer[i])) if items.offer[i] >= 0 else None,
        mask=int(items.mask[i]),
        stage=int(items.stage[i]),
        maturity=int(items.maturity[i]),
        on_site=bool(items.on_site[i]),
        point=(place[0], place[1]),
        kind=int(items.kind[i]),
        size=int(items.size[i]),
        giver=bool(items.giver[i]),
    )


def row(texts: Texts, a: int) -> Row:
    """A text as a row of its own."""
    held = slice(int(texts.start[a]), int(texts.start[a] + texts.length[a]))
    return Row(texts.columns[held], texts.weights[held], texts.dense[a])
