"""The best groups among those that several searches of one pool found, put together."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from matcher.grouping.choice import choose
from matcher.rounds import Members, Round, worth

Found = tuple[Members, list[list[str]]]


def put_together(round_: Round, found: Sequence[Found], before: Members) -> Found | None:
    """
    Choose among all groups found those that are worth most, moves being paid for.

    No challenge is in two, and no unit in more than it may be. None when there is nothing to
    choose from, or when somebody decided who is in which proposal: then names matter.
    """
    if any(at in before for at in round_.rulings.pins.values()):
        return None
    if any(at in before for at, _ in round_.rulings.kept_out):
        return None
    groups = sorted({tuple(sorted(ids)) for kept, new in found for ids in [*kept.values(), *new]})
    if not groups:
        return None
    stays = _stays(groups, before)
    values = np.array([worth(round_, [ids]) for ids in groups])
    values += round_.rules.move_penalty * stays.max(axis=1, initial=0.0)
    room, numbers = _room(round_, groups)
    holds = [[numbers[name] for name in _holds(round_, ids)] for ids in groups]
    chosen = choose(holds, values, room, len(groups))
    return None if chosen is None else _named([groups[at] for at in chosen], stays[chosen], before)


def gain(round_: Round, found: Found, before: Members) -> float:
    """What groups are worth more than the present ones, after the price of those who move."""
    kept, new = found
    now = {key: name for name, ids in kept.items() for key in ids}
    moved = sum(now.get(key) != name for name, ids in before.items() for key in ids)
    more = worth(round_, [*kept.values(), *new]) - worth(round_, before.values())
    return more - round_.rules.move_penalty * moved


def _holds(round_: Round, ids: Sequence[str]) -> list[tuple[str, str]]:
    """What a group takes: its challenges, and a seat of each of their units."""
    return [(kind, of) for key in ids for kind, of in _takes(round_, key)]


def _takes(round_: Round, key: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("challenge", key), ("unit", round_.entries[key].unit.id)


def _room(
    round_: Round, groups: Sequence[Sequence[str]]
) -> tuple[NDArray[np.float64], dict[tuple[str, str], int]]:
    """How often everything that is scarce may be taken, and its number."""
    held = Counter(
        round_.entries[key].unit.id for key in round_.rulings.seats if key in round_.entries
    )
    names = sorted({name for ids in groups for name in _holds(round_, ids)})
    most = round_.rules.most_groups
    room = [1 if kind == "challenge" else max(0, most - held[of]) for kind, of in names]
    return np.array(room, np.float64), {name: at for at, name in enumerate(names)}


def _stays(groups: Sequence[Sequence[str]], before: Members) -> NDArray[np.float64]:
    """How many members each group has in common with each present one."""
    present = [set(ids) for _, ids in sorted(before.items())]
    common = [[len(mine.intersection(ids)) for mine in present] for ids in groups]
    return np.array(common, np.float64).reshape(len(groups), len(present))


def _named(groups: Sequence[Sequence[str]], stays: NDArray[np.float64], before: Members) -> Found:
    """Give groups the names that most of their members had, each name once."""
    names = sorted(before)
    at, to = linear_sum_assignment(stays, maximize=True)
    name = {g: names[n] for g, n in zip(at.tolist(), to.tolist(), strict=True) if stays[g, n] > 0}
    kept = {name[g]: list(ids) for g, ids in enumerate(groups) if g in name}
    return dict(sorted(kept.items())), [list(ids) for g, ids in enumerate(groups) if g not in name]
