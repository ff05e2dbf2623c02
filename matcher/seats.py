"""Seats beside others: late challenges for live groups, and substitutes after a decline."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from matcher.cohesion import cohesion
from matcher.rounds import Members, Round
from matcher.wording import Between, fit_of, member_of
from schemas.groups import ProposedMember, Refill, Substitute


def late_seats(
    round_: Round, between: Between, waiting: Sequence[str]
) -> tuple[tuple[str, ProposedMember], ...]:
    """
    Offer waiting challenges seats in live groups that have room, the best fit of all first.

    A challenge is offered one group at a time, and never one that it declined.
    """
    groups = {
        group_id: [key for key in ids if key in round_.entries]
        for group_id, ids in round_.rulings.groups().items()
    }
    held = Counter(
        round_.entries[key].unit.id for key in round_.rulings.seats if key in round_.entries
    )
    seats: list[tuple[str, ProposedMember]] = []
    left = list(waiting)
    while found := _best(round_, groups, left, held):
        group_id, key = found
        seats.append((group_id, member_of(round_, between, key, groups[group_id])))
        groups[group_id].append(key)
        held[round_.entries[key].unit.id] += 1
        left.remove(key)
    return tuple(seats)


def _best(
    round_: Round, groups: dict[str, list[str]], left: Sequence[str], held: Counter[str]
) -> tuple[str, str] | None:
    best: tuple[float, str, str] | None = None
    for group_id, ids in groups.items():
        if not ids or len(ids) >= round_.rules.upper:
            continue
        for key in left:
            if (group_id, key) in round_.rulings.declined or key in round_.rulings.pins:
                continue
            if held[round_.entries[key].unit.id] >= round_.rules.most_groups:
                continue
            fit = mean_fit(round_, key, ids)
            if fit > round_.rules.threshold and round_.fits(key, ids):
                rank = (-round(fit, 9), group_id, key)
                best = rank if best is None else min(best, rank)
    return None if best is None else (best[1], best[2])


def mean_fit(round_: Round, key: str, ids: Sequence[str]) -> float:
    """Mean affinity of a challenge to the members of a group."""
    others = [other for other in ids if other != key]
    if not others:
        return 0.0
    return float(np.mean([round_.neighbours.between(key, other) for other in others]))


def groups_held(round_: Round, proposals: Members, but: str = "") -> Counter[str]:
    """How many groups each unit sits in, proposed and live ones, with all challenges but one."""
    groups = [*proposals.values(), *round_.rulings.groups().values()]
    return Counter(
        round_.entries[key].unit.id
        for ids in groups
        for key in ids
        if key != but and key in round_.entries
    )


def refill(
    round_: Round, between: Between, group_id: str, waiting: Sequence[str], limit: int
) -> Refill:
    """
    Who could take a free seat of a live group, with the cohesion before and after.

    Nobody who declined this group, or whose unit sits in as many as it may.
    """
    ids = [key for key in round_.rulings.groups().get(group_id, []) if key in round_.entries]
    room = max(0, round_.rules.upper - len(ids))
    now = _together(round_, ids)
    if not room or not ids:
        return Refill(cohesion=fit_of(now), seats=room)
    held = groups_held(round_, {})
    able = [
        key
        for key in waiting
        if (group_id, key) not in round_.rulings.declined
        and held[round_.entries[key].unit.id] < round_.rules.most_groups
    ]
    found = substitutes(round_, between, ids, able, limit)
    return Refill(
        cohesion=fit_of(now),
        seats=room,
        substitutes=tuple(
            Substitute(member=m, cohesion=fit_of(_together(round_, [*ids, m.challenge_id])))
            for m in found
        ),
    )


def _together(round_: Round, ids: Sequence[str]) -> float:
    return cohesion(round_.neighbours.matrix(list(ids)).toarray()) if len(ids) > 1 else 0.0


def substitutes(
    round_: Round, between: Between, ids: Sequence[str], waiting: Sequence[str], limit: int
) -> list[ProposedMember]:
    """Waiting challenges that fit beside the members, best first."""
    ranked = sorted(
        (-round(mean_fit(round_, key, ids), 9), key)
        for key in waiting
        if key not in ids and round_.fits(key, ids)
    )
    enough = [key for fit, key in ranked if -fit > round_.rules.threshold / 2]
    return [member_of(round_, between, key, [*ids, key]) for key in enough[:limit]]
