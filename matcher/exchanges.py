"""Members who would both gain by changing places do so, whatever a move costs."""

from collections.abc import Sequence

import numpy as np

from matcher.fairness import Rules, blocking_pairs
from matcher.rounds import Members, Round

TURNS = 20
"""Looks at everybody at most: each swap raises the sum, so that it ends by itself."""


def exchanged(
    round_: Round, kept: Members, new: Sequence[Sequence[str]]
) -> tuple[Members, list[list[str]]]:
    """
    The groups, after everybody who would gain by a swap with somebody who gains too has made it.

    The price of moves keeps such pairs where they are; but both would ask for it. Nobody takes
    the only member who has done it already away from the others of its group.
    """
    groups = [list(ids) for ids in [*kept.values(), *new]]
    names = [*kept, *([""] * len(new))]
    for _ in range(TURNS):
        if not _one_turn(round_, names, groups):
            break
    return dict(zip(kept, groups, strict=False)), groups[len(kept) :]


def _one_turn(round_: Round, names: Sequence[str], groups: list[list[str]]) -> int:
    """Swap the pairs that gain most first, no group twice; how many swapped."""
    home = {key: at for at, ids in enumerate(groups) for key in ids}
    keys = sorted(home)
    ranked = []
    for i, j in _pairs(round_, keys, home):
        one, other = keys[i], keys[j]
        gain = _gain(round_, groups, home, one, other) + _gain(round_, groups, home, other, one)
        ranked.append((-round(gain, 9), one, other))
    used: set[int] = set()
    swapped = 0
    for _, one, other in sorted(ranked):
        at, to = home[one], home[other]
        seats = ((one, other, to), (other, one, at))
        if used & {at, to} or not all(_may(round_, names, groups, *seat) for seat in seats):
            continue
        if not all(_holds(round_, groups[to], comes, goes) for comes, goes, to in seats):
            continue
        groups[at][groups[at].index(one)], groups[to][groups[to].index(other)] = other, one
        used |= {at, to}
        swapped += 1
    return swapped


def _pairs(round_: Round, keys: Sequence[str], home: dict[str, int]) -> list[tuple[int, int]]:
    labels = np.array([home[key] for key in keys], np.int64)
    affinity, rules = round_.neighbours.matrix(keys), rules_of(round_, keys)
    return blocking_pairs(affinity, labels, threshold=round_.rules.threshold, rules=rules)


def rules_of(round_: Round, keys: Sequence[str]) -> Rules:
    """What a swap may not break; a group's only giver stays where that is worth something."""
    entries = [round_.entries[key] for key in keys]
    units = [entry.unit.id for entry in entries]
    gives = np.array([e.card.maturity >= round_.rules.giver_maturity for e in entries], np.uint8)
    return Rules(
        units=np.unique(units, return_inverse=True)[1].astype(np.int64),
        masks=np.array([entry.mask for entry in entries], np.int64),
        givers=gives if round_.rules.giver > 0 else None,
    )


def _gain(
    round_: Round, groups: Sequence[Sequence[str]], home: dict[str, int], one: str, other: str
) -> float:
    """What one gains by the seat of another; groups keep their sizes."""
    near, least = round_.neighbours.near[one], round_.rules.threshold
    here = [near.get(key, 0.0) - least for key in groups[home[one]] if key != one]
    there = [near.get(key, 0.0) - least for key in groups[home[other]] if key != other]
    return sum(there) - sum(here)


def _holds(round_: Round, group: Sequence[str], comes: str, goes: str) -> bool:
    """Whether everybody still belongs to a group after a swap; else the next round ends it."""
    after = [comes if key == goes else key for key in group]
    return len(round_.strong(after)) == len(after)


def _may(
    round_: Round,
    names: Sequence[str],
    groups: Sequence[Sequence[str]],
    one: str,
    other: str,
    to: int,
) -> bool:
    """Whether one may have the seat of another: no pin and no rule of a group is in the way."""
    if one in round_.rulings.pins or (names[to], one) in round_.rulings.kept_out:
        return False
    return round_.fits(one, [key for key in groups[to] if key != other])
