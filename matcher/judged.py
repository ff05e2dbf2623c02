"""What somebody decided about members, as the parts of the affinity that it speaks of."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.affinity import distance_loss, maturity_loss, sameness, stage_gap, traits_of
from matcher.comparing import products
from matcher.entries import Entry
from matcher.likeness import Likeness
from matcher.params import AffinityWeights
from matcher.text.scale import comparable

FOLDS = 5
"""Parts that the decisions are dealt out to; each is foretold from the others."""
Values = NDArray[np.float64]


class Judgement(NamedTuple):
    """What somebody decided about one member of a group or proposal."""

    challenge_id: str
    others: tuple[str, ...]
    """The challenges it was together with."""
    fits: bool
    weight: float = 1.0
    decision: str = ""
    """Decisions of one group or proposal hang together: they are held out together."""


class Pairs(NamedTuple):
    """Parts of the affinity of all judged pairs, and the judgement each belongs to."""

    owner: NDArray[np.intp]
    likeness: Values
    offered: Values
    losses: Values
    """Shape ``(pairs, 4)``: stage, distance, maturity, kinds."""
    talks: Values


class Case(NamedTuple):
    """Judgements as arrays; the last two say which fold and which decision each belongs to."""

    pairs: Pairs
    fits: NDArray[np.bool_]
    weight: Values
    fold: NDArray[np.intp]
    decision: NDArray[np.intp]


def case_of(
    entries: Mapping[str, Entry],
    judgements: Sequence[Judgement],
    decisions: Sequence[str],
    weights: AffinityWeights,
) -> Case:
    """Work out the parts of all judged pairs; all that a judgement names is in ``entries``."""
    number = {decision: at for at, decision in enumerate(decisions)}
    of = np.array([number[one.decision] for one in judgements])
    owner = np.repeat(np.arange(len(judgements)), [len(one.others) for one in judgements])
    named = [(one.challenge_id, key) for one in judgements for key in one.others]
    pairs = Pairs(owner, *_likeness(entries, named), *_discounts(entries, named, weights))
    fits = np.array([one.fits for one in judgements], bool)
    return Case(pairs, fits, np.array([one.weight for one in judgements]), of % FOLDS, of)


def _likeness(
    entries: Mapping[str, Entry], pairs: Sequence[tuple[str, str]]
) -> tuple[Values, Values]:
    """Likeness of the texts, and of offer and need the better way round; NaN without offers."""
    texts, offers = _rows(entries)
    like = _products(texts, texts, pairs)
    met = np.full((2, len(pairs)), np.nan)
    for way, ordered in enumerate((pairs, [(other, one) for one, other in pairs])):
        giving = [at for at, (giver, _) in enumerate(ordered) if giver in offers]
        met[way, giving] = _products(offers, texts, [ordered[at] for at in giving])
    best = np.fmax(met[0], met[1])
    return comparable(like, texts.encoder), comparable(best, texts.encoder)


def _products(first: Likeness, second: Likeness, pairs: Sequence[tuple[str, str]]) -> Values:
    """Product of two rows for every pair."""
    if not pairs:
        return np.zeros(0)
    one, other = (sorted(set(side)) for side in zip(*pairs, strict=True))
    i, j = (
        np.array([place[pair[side]] for pair in pairs])
        for side, place in enumerate(
            {key: at for at, key in enumerate(keys)} for keys in (one, other)
        )
    )
    return products(first.rows(one), second.rows(other), i, j)


def _rows(entries: Mapping[str, Entry]) -> tuple[Likeness, Likeness]:
    """Rows of what is sought and of what is offered, as the pool has them."""
    texts, offers = Likeness(), Likeness()
    texts.refresh({key: entries[key].need for key in sorted(entries)})
    offered = {key: entries[key].offer for key in sorted(entries)}
    offers.refresh(
        {key: offer for key, offer in offered.items() if offer is not None}, texts.collection
    )
    return texts, offers


def _discounts(
    entries: Mapping[str, Entry], pairs: Sequence[tuple[str, str]], weights: AffinityWeights
) -> tuple[Values, Values]:
    """Losses by stage, distance, maturity and kinds, and what the common language leaves."""
    number = {key: at for at, key in enumerate(sorted({key for pair in pairs for key in pair}))}
    of = traits_of([entries[key] for key in number])
    i, j = (
        np.array(side) for side in zip(*((number[a], number[b]) for a, b in pairs), strict=True)
    )
    losses = (
        stage_gap(of, i, j),
        distance_loss(of, i, j, weights),
        maturity_loss(of, i, j),
        sameness(of, i, j),
    )
    common = (of.mask[i] & of.mask[j]) != 0
    return np.column_stack(losses), np.where(common, 1.0, 1.0 - weights.language)
