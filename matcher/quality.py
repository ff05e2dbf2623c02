"""How good the present proposals are together, beside the best that could be."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.exchanges import rules_of
from matcher.fairness import fairness
from matcher.grouping.bound import degree_bound
from matcher.grouping.clique_bound import ITEMS_UP_TO, clique_bound
from matcher.metrics import Labels, objective, stability
from matcher.rounds import Members, Round
from schemas.groups import Quality


class Bound(NamedTuple):
    """What no grouping of some challenges scores more than, closely."""

    value: float
    keys: list[str]
    """The challenges, in order."""
    affinity: sparse.csr_array
    masks: NDArray[np.int64]
    """Their working languages as bits."""

    def is_of(self, keys: list[str], affinity: sparse.csr_array, masks: NDArray[np.int64]) -> bool:
        """Whether nothing that it was worked out from has changed."""
        same = self.keys == keys and np.array_equal(self.masks, masks)
        return same and not bool((self.affinity - affinity).data.any())


def quality(
    round_: Round, proposals: Members, before: Members, known: Bound | None = None
) -> Quality:
    """
    Judge the proposals by the affinities alone.

    Parameters
    ----------
    before
        The proposals before the last round.
    known
        A close bound that was worked out before, of these challenges or of nearly these; without
        it the bound is a loose one.
    """
    keys = _keys(round_)
    if not keys:
        return Quality()
    number = {at: n for n, at in enumerate(sorted({*proposals, *before}))}
    labels, old = (_labels(keys, made, number) for made in (proposals, before))
    affinity = round_.neighbours.matrix(keys)
    threshold, upper = round_.rules.threshold, round_.rules.upper
    found = fairness(affinity, labels, threshold=threshold, rules=rules_of(round_, keys))
    score = objective(affinity, labels, threshold)
    bound = degree_bound(affinity, threshold, upper, np.ones(len(keys)))
    if known is not None:
        bound = min(bound, max(score, _lifted(known, round_, keys, affinity)))
    return Quality(
        groups=len(proposals),
        score=round(score, 6),
        bound=round(bound, 6),
        blocking=found.blocking,
        envy=found.envy,
        kept=stability(old, labels),
        moved=int(((old >= 0) & (old != labels)).sum()),
    )


def bound_of(round_: Round, known: Bound | None = None) -> Bound | None:
    """
    Work out a close bound, in up to a second; None where there is too much for that.

    What two members of a group may not have, one organisation or no working language in common, is
    in it. ``known`` is returned when nothing has changed since.
    """
    keys = _keys(round_)
    if not 0 < len(keys) <= ITEMS_UP_TO:
        return None
    affinity, masks = round_.neighbours.matrix(keys), _masks(round_, keys)
    if known is not None and known.is_of(keys, affinity, masks):
        return known
    units = np.array([round_.entries[key].unit.id for key in keys])
    apart = (units[:, np.newaxis] == units) | ((masks[:, np.newaxis] & masks) == 0)
    alone = np.ones(len(keys))
    value = clique_bound(affinity, round_.rules.threshold, round_.rules.upper, alone, apart)
    return None if value is None else Bound(value, keys, affinity, masks)


def _keys(round_: Round) -> list[str]:
    """Challenges that may have a seat in a proposal."""
    return sorted(key for key in round_.entries if key not in round_.rulings.seats)


def _masks(round_: Round, keys: list[str]) -> NDArray[np.int64]:
    return np.array([round_.entries[key].mask for key in keys], np.int64)


def _lifted(known: Bound, round_: Round, keys: list[str], affinity: sparse.csr_array) -> float:
    """
    A known bound for what is there now.

    A pair that became stronger adds no more than it did, a new challenge no more than its
    strongest pairs, and whoever left adds nothing. Who speaks a language more than then may sit
    with others than it might, and counts as new.
    """
    at = {key: n for n, key in enumerate(known.keys)}
    old = np.array([at.get(key, -1) for key in keys])
    more_languages = _masks(round_, keys) & ~known.masks[old]
    old[more_languages != 0] = -1
    here, then = np.flatnonzero(old >= 0), old[old >= 0]
    more = affinity[here][:, here] - known.affinity[then][:, then]
    value = known.value + float(np.maximum(more.data, 0.0).sum()) / 2.0
    for new in np.flatnonzero(old < 0):
        row = np.maximum(affinity[[new]].data - round_.rules.threshold, 0.0)
        value += float(np.sort(row)[::-1][: round_.rules.upper - 1].sum())
    return value


def _labels(keys: list[str], proposals: Members, number: Mapping[str, int]) -> Labels:
    """The number of each challenge's proposal; -1 for who waits."""
    home = {key: number[at] for at, ids in proposals.items() for key in ids}
    return np.array([home.get(key, -1) for key in keys], np.int64)
