"""Challenges of a pool as the arrays of the core that seats them."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import sparse

from matcher.affinity import KINDS, SIZES
from matcher.entries import Entry
from matcher.incremental import Item, Row
from matcher.incremental.arrays import Items, Texts, items_of
from matcher.rounds import Round
from matcher.text.fusion import CHARACTER_FIRST, CONCEPT_FIRST, DENSE_FIRST

SPARSE = DENSE_FIRST - CONCEPT_FIRST
INDEXED = CHARACTER_FIRST - CONCEPT_FIRST
"""Sparse columns of a text: those of concepts are searched, characters compared only."""


def item_of(round_: Round, key: str, unit: int, dense: int) -> Item:
    """One challenge; ``unit`` is its unit's number, ``dense`` the length of its vectors."""
    entry, near = round_.entries[key], round_.neighbours
    return Item(
        need=_row(near.likeness.row(key), dense),
        unit=unit,
        offer=_row(near.offers.row(key), dense) if key in near.offers else None,
        **_fields(entry, round_.rules.giver_maturity),
    )


def items_with_texts(
    round_: Round, keys: Sequence[str], units: Mapping[str, int], dense: int
) -> tuple[Texts, Items]:
    """Many challenges at once; ``units`` are the units' numbers."""
    near, n = round_.neighbours, len(keys)
    giving = [at for at, key in enumerate(keys) if key in near.offers]
    parts = [near.likeness.rows(keys)]
    if giving:
        parts.append(near.offers.rows([keys[at] for at in giving]))
    items = items_of(n)
    items.need[:], items.alive[:] = np.arange(n), 1
    items.offer[giving] = n + np.arange(len(giving))
    for at, key in enumerate(keys):
        entry = round_.entries[key]
        items.unit[at] = units[entry.unit.id]
        fields = _fields(entry, round_.rules.giver_maturity)
        point = fields.pop("point")
        items.place[at] = (np.nan, np.nan) if point is None else np.radians(point)
        for name, value in fields.items():
            getattr(items, name)[at] = value
    return _texts(sparse.csr_array(sparse.vstack(parts, format="csr")), dense), items


def _fields(entry: Entry, giver_maturity: int) -> dict:  # type: ignore[type-arg]
    return {
        "mask": entry.mask,
        "stage": entry.stage,
        "maturity": entry.card.maturity,
        "on_site": entry.on_site,
        "point": entry.point,
        "kind": KINDS[entry.unit.kind],
        "size": -1 if entry.unit.size_class is None else SIZES[entry.unit.size_class],
        "giver": entry.card.maturity >= giver_maturity,
    }


def _texts(fused: sparse.csr_array, dense: int) -> Texts:
    rest = sparse.csr_array(fused[:, CONCEPT_FIRST:DENSE_FIRST])
    rest.sort_indices()
    neural = fused[:, DENSE_FIRST : DENSE_FIRST + dense - CONCEPT_FIRST].toarray()
    return Texts(
        dense=np.hstack([fused[:, :CONCEPT_FIRST].toarray(), neural]).astype(np.float32),
        start=rest.indptr[:-1].astype(np.int64),
        length=np.diff(rest.indptr).astype(np.int32),
        columns=rest.indices.astype(np.int32),
        weights=rest.data.astype(np.float32),
    )


def _row(fused: sparse.csr_array, dense: int) -> Row:
    """A fused row as the core reads it: the vector by itself, the rest by rising column."""
    text = _texts(fused, dense)
    return Row(text.columns, text.weights, text.dense[0])
