"""The rules a proposal keeps, whoever made it: judged from cards, units and rules alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from matcher.params import GroupRules
from schemas.challenges import ChallengeCard, ChallengeStatus
from schemas.groups import GroupProposal
from schemas.units import UnitProfile, UnitStatus


class BrokenRule(NamedTuple):
    """A rule that a proposal does not keep."""

    code: str
    message: str


def check_proposal(
    proposal: GroupProposal,
    cards: Mapping[str, ChallengeCard],
    units: Mapping[str, UnitProfile],
    rules: GroupRules | None = None,
    *,
    apart: Iterable[frozenset[str]] = (),
    pins: Mapping[str, str] | None = None,
    kept_out: Iterable[tuple[str, str]] = (),
    seats: Mapping[str, str] | None = None,
) -> list[BrokenRule]:
    """
    Judge a proposal without knowing how it was made.

    Parameters
    ----------
    cards, units
        Everything open, by id.
    apart
        Pairs of challenges that must not meet.
    pins, kept_out
        Challenge → proposal it must be in; (proposal, challenge) that must not meet.
    seats
        Challenges with a seat in a live group: they are not free.

    Returns
    -------
    list[BrokenRule]
        Empty when every rule is kept. Codes: ``unknown-challenge``, ``not-open``,
        ``wrong-unit``, ``same-challenge-twice``, ``same-unit-twice``, ``too-small``,
        ``too-large``, ``no-common-language``, ``wrong-languages``, ``kept-apart``,
        ``pin-broken``, ``kept-out``, ``has-a-seat``, ``not-active``.
    """
    rules = rules or GroupRules()
    ids = [member.challenge_id for member in proposal.members]
    broken = [*_of_members(proposal, cards, units), *_of_size(ids, rules)]
    broken += _of_languages(proposal, cards, units)
    broken += _of_decisions(proposal.id, ids, apart, pins or {}, kept_out, seats or {})
    return broken


def check_round(
    proposals: Iterable[GroupProposal], rules: GroupRules | None = None
) -> list[BrokenRule]:
    """Rules over several proposals: one seat a challenge, no unit in more than it may be."""
    rules = rules or GroupRules()
    made = list(proposals)
    seats = Counter(m.challenge_id for p in made for m in p.members)
    groups = Counter(unit for p in made for unit in {m.unit_id for m in p.members})
    broken = [
        BrokenRule("two-seats", f"challenge {key} is in {n} proposals")
        for key, n in sorted(seats.items())
        if n > 1
    ]
    return broken + [
        BrokenRule("unit-cap", f"unit {unit} is in {n} groups, {rules.most_groups} are allowed")
        for unit, n in sorted(groups.items())
        if n > rules.most_groups
    ]


def _of_members(
    proposal: GroupProposal,
    cards: Mapping[str, ChallengeCard],
    units: Mapping[str, UnitProfile],
) -> Iterable[BrokenRule]:
    for member in proposal.members:
        card, unit = cards.get(member.challenge_id), units.get(member.unit_id)
        if card is None or unit is None:
            yield BrokenRule("unknown-challenge", f"{member.challenge_id} of {member.unit_id}")
            continue
        if card.unit_id != member.unit_id:
            yield BrokenRule("wrong-unit", f"{card.id} is {card.unit_id}'s, not {member.unit_id}'s")
        if card.status != ChallengeStatus.OPEN:
            yield BrokenRule("not-open", f"{card.id} is {card.status}")
        if unit.status != UnitStatus.ACTIVE:
            yield BrokenRule("not-active", f"{unit.id} is {unit.status}")
    for what, code in (("challenge_id", "same-challenge-twice"), ("unit_id", "same-unit-twice")):
        for key, n in Counter(getattr(m, what) for m in proposal.members).items():
            if n > 1:
                yield BrokenRule(code, f"{key} is in proposal {proposal.id} {n} times")


def _of_size(ids: list[str], rules: GroupRules) -> Iterable[BrokenRule]:
    if len(ids) < rules.lower:
        yield BrokenRule("too-small", f"{len(ids)} members, at least {rules.lower} are needed")
    if len(ids) > rules.upper:
        yield BrokenRule("too-large", f"{len(ids)} members, at most {rules.upper} are allowed")


def _of_languages(
    proposal: GroupProposal,
    cards: Mapping[str, ChallengeCard],
    units: Mapping[str, UnitProfile],
) -> Iterable[BrokenRule]:
    spoken = [
        set(cards[m.challenge_id].working_languages or units[m.unit_id].languages)
        for m in proposal.members
        if m.challenge_id in cards and m.unit_id in units
    ]
    common = set.intersection(*spoken) if spoken else set()
    if not common:
        yield BrokenRule("no-common-language", f"proposal {proposal.id}")
    elif common != set(proposal.languages):
        yield BrokenRule(
            "wrong-languages", f"says {sorted(proposal.languages)}, has {sorted(common)}"
        )


def _of_decisions(
    proposal_id: str,
    ids: list[str],
    apart: Iterable[frozenset[str]],
    pins: Mapping[str, str],
    kept_out: Iterable[tuple[str, str]],
    seats: Mapping[str, str],
) -> Iterable[BrokenRule]:
    here = set(ids)
    for pair in apart:
        if pair <= here:
            yield BrokenRule("kept-apart", f"{sorted(pair)} must not meet")
    for key in ids:
        if pins.get(key, proposal_id) != proposal_id:
            yield BrokenRule("pin-broken", f"{key} is pinned to {pins[key]}")
        if key in seats:
            yield BrokenRule("has-a-seat", f"{key} has a seat in {seats[key]}")
    for other, key in kept_out:
        if other == proposal_id and key in here:
            yield BrokenRule("kept-out", f"{key} is kept out of {proposal_id}")
