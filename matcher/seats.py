"""Seats beside others: late challenges for live groups, and substitutes after a decline."""

from collections import Counter
from collections.abc import Collection, Sequence, Set

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
    left, seats = set(waiting), []
    ranks = {group_id: _ranks(round_, group_id, ids, left) for group_id, ids in groups.items()}
    while some := [
        rank
        for each in ranks.values()
        for rank in each
        if rank[2] in left and held[round_.entries[rank[2]].unit.id] < round_.rules.most_groups
    ]:
        _, group_id, key = min(some)
        seats.append((group_id, member_of(round_, between, key, groups[group_id])))
        groups[group_id].append(key)
        held[round_.entries[key].unit.id] += 1
        left.remove(key)
        ranks[group_id] = _ranks(round_, group_id, groups[group_id], left)
    return tuple(seats)


def _ranks(
    round_: Round, group_id: str, ids: Sequence[str], waiting: Set[str]
) -> list[tuple[float, str, str]]:
    """Who of the waiting a live group has room for, lowest for the best fit."""
    if not ids or len(ids) >= round_.rules.upper:
        return []
    near = {key for one in ids for key in round_.neighbours.near[one]} & waiting
    found = []
    for key in near - round_.rulings.pins.keys():
        fit = mean_fit(round_, key, ids)
        declined = (group_id, key) in round_.rulings.declined
        if fit > round_.rules.threshold and not declined and round_.fits(key, ids):
            found.append((-round(fit, 9), group_id, key))
    return found


def mean_fit(round_: Round, key: str, ids: Sequence[str]) -> float:
    """Mean affinity of a challenge to the members of a group."""
    others = [other for other in ids if other != key]
    if not others:
        return 0.0
    near = round_.neighbours.near[key]
    return sum(near.get(other, 0.0) for other in others) / len(others)


def company(round_: Round, key: str, placed: Collection[str]) -> list[str]:
    """Those who are not placed and fit beside a challenge and each other, the likest first."""
    ids: list[str] = []
    least = round_.rules.threshold
    near = round_.neighbours.near[key].items()
    for other, fit in sorted(near, key=lambda item: (-item[1], item[0])):
        together = [key, *ids]
        if len(together) == round_.rules.upper:
            break
        if other in placed or fit <= least or not round_.fits(other, together):
            continue
        if mean_fit(round_, other, together) > least:
            ids.append(other)
    return ids


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
    if not ids:
        return Refill(known=False)
    room = max(0, round_.rules.upper - len(ids))
    now = _together(round_, ids)
    if not room:
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
    return cohesion(round_.neighbours.inside(ids)) if len(ids) > 1 else 0.0


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
