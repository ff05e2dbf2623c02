"""A group in words and numbers: the proposal that facilitators and units read."""

from collections.abc import Callable, Sequence

import numpy as np

from matcher.cohesion import cohesion, member_fits
from matcher.entries import LANGUAGES
from matcher.reasons import Rarity, group_reasons, offer_reasons, uniting
from matcher.rounds import Round
from schemas.groups import GroupProposal, ProposedMember
from schemas.reasons import Reason

Between = Callable[[str, str], tuple[Reason, ...]]
THEMES = 3
"""Themes that a proposal names."""


def fit_of(value: float) -> float:
    """An affinity as pages show it, in [0, 1] with three digits."""
    return round(min(1.0, max(0.0, value)), 3)


def word_proposal(
    round_: Round, between: Between, rarity: Rarity, key: str, ids: Sequence[str], version: int
) -> GroupProposal:
    """Tell who is in the group and why, strongest member first."""
    inside = round_.neighbours.inside(ids)
    fits = member_fits(inside)
    order = sorted(range(len(ids)), key=lambda at: (-round(float(fits[at]), 6), ids[at]))
    entries = [round_.entries[ids[at]] for at in order]
    affinity = inside[np.ix_(order, order)]
    shared, share = uniting(entries, rarity)
    return GroupProposal(
        id=key,
        version=version,
        members=members_of(round_, between, [entry.key for entry in entries]),
        cohesion=fit_of(cohesion(affinity)),
        concepts=shared,
        themes=_themes(round_, ids, [concept.theme for concept in shared]),
        languages=tuple(lang for lang in LANGUAGES if all(lang in e.languages for e in entries)),
        regions=tuple(sorted({region for e in entries for region in e.unit.regions})),
        reasons=group_reasons(entries, fits[order], shared, share, round_.rules),
        sample=any(entry.card.sample for entry in entries),
    )


def members_of(round_: Round, between: Between, keys: Sequence[str]) -> tuple[ProposedMember, ...]:
    """Seats: who sits there, how well each fits, and why with whom."""
    inside = round_.neighbours.inside(keys)
    fits, met = member_fits(inside), round_.neighbours.met(keys)
    members = []
    for at, key in enumerate(keys):
        likest = max((o for o in range(len(keys)) if o != at), key=lambda o: (inside[at, o], -o))
        members.append(
            ProposedMember(
                challenge_id=key,
                unit_id=round_.entries[key].unit.id,
                fit=fit_of(float(fits[at])),
                reasons=between(key, keys[likest]) + offer_reasons(met, at, keys),
            )
        )
    return tuple(members)


def member_of(round_: Round, between: Between, key: str, ids: Sequence[str]) -> ProposedMember:
    """One more seat beside the members of a group."""
    return members_of(round_, between, [*(other for other in ids if other != key), key])[-1]


def _themes(round_: Round, ids: Sequence[str], of_concepts: Sequence[str]) -> tuple[str, ...]:
    """Themes most members chose, then those of the concepts that unite them."""
    votes: dict[str, float] = {}
    for key in ids:
        for theme in round_.entries[key].card.themes:
            votes[theme] = votes.get(theme, 0.0) + 1.0
    for place, theme in enumerate(of_concepts):
        if theme:
            votes[theme] = votes.get(theme, 0.0) + 0.5 * len(ids) / (place + 1)
    enough = {theme: n for theme, n in votes.items() if n >= len(ids) / 3}
    return tuple(sorted(enough, key=lambda theme: (-enough[theme], theme))[:THEMES])
