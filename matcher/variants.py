"""Other ways of making a proposed group, out of its members and those who wait."""

from collections.abc import Callable, Iterator, Sequence

from matcher.cohesion import cohesion, member_fits
from matcher.rounds import WEAK, Members, Round
from matcher.seats import groups_held, mean_fit
from matcher.wording import fit_of
from schemas.groups import Variant, VariantKind
from schemas.reasons import Reason

BETTER = 0.02
"""Gain of cohesion from which fewer members are worth telling."""
SEEN = 24
"""Waiting challenges looked at, the likest first."""

Why = Callable[[Sequence[str]], tuple[Reason, ...]]


def variants(
    round_: Round,
    why: Why,
    proposal_id: str,
    proposals: Members,
    limit: int = 3,
) -> tuple[Variant, ...]:
    """
    Ways of making the group that keep every rule, each better in something than the present.

    No other group loses a member by them, and whom a facilitator pinned stays.

    Parameters
    ----------
    why
        The reasons of a group of these.
    proposals
        Present proposals, by id, with their members.
    """
    ids = proposals[proposal_id]
    able = _able(round_, proposal_id, proposals)
    found = [
        *_closer(round_, ids),
        *_experienced(round_, ids, able),
        *_exchanged(round_, ids, able),
        *_wider(round_, ids, able),
    ]
    told: dict[frozenset[str], Variant] = {}
    for kind, members in found:
        told.setdefault(
            frozenset(members),
            Variant(
                kind=kind,
                joins=tuple(key for key in members if key not in ids),
                leaves=tuple(key for key in ids if key not in members),
                members=len(members),
                cohesion=fit_of(together(round_, members)),
                reasons=why(members),
            ),
        )
    return tuple(told.values())[:limit]


def together(round_: Round, ids: Sequence[str]) -> float:
    """Cohesion of a group of these, in [0, 1]."""
    return cohesion(round_.neighbours.matrix(list(ids)).toarray())


Found = Iterator[tuple[VariantKind, list[str]]]


def _closer(round_: Round, ids: Sequence[str]) -> Found:
    """Leave out the weakest, one after the other, while that brings the rest closer."""
    kept = best = list(ids)
    value = together(round_, ids) + BETTER
    while len(kept) > round_.rules.lower and (weakest := _weakest(round_, kept)):
        kept = [key for key in kept if key != weakest]
        if together(round_, kept) >= value:
            best, value = kept, together(round_, kept) + BETTER
    if best != list(ids):
        yield VariantKind.CLOSER, best


def _experienced(round_: Round, ids: Sequence[str], able: Sequence[str]) -> Found:
    """Somebody who has done it: in a free seat, else in place of the weakest."""
    needed = round_.rules.giver_maturity
    if any(round_.entries[key].card.maturity >= needed for key in ids):
        return
    givers = [key for key in able if round_.entries[key].card.maturity >= needed]
    members = _with_one(round_, list(ids), givers)
    if members is None:
        members = _in_place(round_, ids, givers)
    if members is not None:
        yield VariantKind.EXPERIENCED, members


def _exchanged(round_: Round, ids: Sequence[str], able: Sequence[str]) -> Found:
    members = _in_place(round_, ids, able)
    if members is not None:
        yield VariantKind.EXCHANGED, members


def _wider(round_: Round, ids: Sequence[str], able: Sequence[str]) -> Found:
    members = list(ids)
    while (more := _with_one(round_, members, able)) is not None:
        members = more
    if len(members) > len(ids):
        yield VariantKind.WIDER, members


def _with_one(round_: Round, ids: list[str], able: Sequence[str]) -> list[str] | None:
    """The group with the best of those who may join it; None when it is full, or nobody may."""
    if len(ids) >= round_.rules.upper:
        return None
    key = next((key for key in able if key not in ids and _welcome(round_, key, ids)), None)
    return None if key is None else [*ids, key]


def _in_place(round_: Round, ids: Sequence[str], able: Sequence[str]) -> list[str] | None:
    """The group with somebody who waits in place of its weakest member."""
    weakest = _weakest(round_, ids)
    rest = [key for key in ids if key != weakest]
    return _with_one(round_, rest, [key for key in able if key != weakest]) if weakest else None


def _weakest(round_: Round, ids: Sequence[str]) -> str | None:
    """The member that fits least and is not pinned, ties by key."""
    fits = member_fits(round_.neighbours.matrix(list(ids)).toarray())
    free = [
        (round(float(fits[at]), 9), key)
        for at, key in enumerate(ids)
        if key not in round_.rulings.pins
    ]
    return min(free)[1] if free else None


def _welcome(round_: Round, key: str, ids: Sequence[str]) -> bool:
    least = WEAK * round_.rules.threshold
    return round_.fits(key, ids) and mean_fit(round_, key, ids) >= least


def _able(round_: Round, proposal_id: str, proposals: Members) -> list[str]:
    """Those who wait and may come to this proposal, the likest first."""
    ids, rulings = proposals[proposal_id], round_.rulings
    placed = {key for members in proposals.values() for key in members} | set(rulings.seats)
    held = groups_held(round_, proposals)
    near = dict.fromkeys(other for key in ids for other in round_.neighbours.near[key])
    may = [
        key
        for key in near
        if key not in placed
        and (proposal_id, key) not in rulings.kept_out
        and rulings.pins.get(key, proposal_id) == proposal_id
        and held[round_.entries[key].unit.id] < round_.rules.most_groups
    ]
    ranked = sorted((-round(mean_fit(round_, key, ids), 9), key) for key in may)
    return [key for _, key in ranked][:SEEN]
