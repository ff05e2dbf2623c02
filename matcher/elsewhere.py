"""Where else a challenge could go, and which rules would have to be relaxed for it."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from matcher.cohesion import languages_of
from matcher.entries import LANGUAGES
from matcher.rounds import Members, Round
from matcher.seats import company, groups_held, mean_fit
from matcher.wording import fit_of
from schemas.groups import Place
from schemas.reasons import Reason

WORTH = 0.5
"""Share of the threshold below which nobody would want the challenge there."""
LOOKED_AT = 12
"""Groups judged in full, the nearest of all first."""
SMALLEST = 3
"""Members without whom people do not call it a group, whatever the rules say."""


def places(round_: Round, key: str, proposals: Members, limit: int = 5) -> tuple[Place, ...]:
    """
    Groups a challenge could go to: the fewest rules in the way first, then the best fit.

    Proposals and live groups where its unit sits already, and live groups that it declined,
    are none: no rule may be relaxed there. The last is a new group of those who wait.

    Parameters
    ----------
    proposals
        Present proposals, by id, with their members; the challenge may be in one.
    """
    if key in round_.rulings.seats:
        return ()
    live = round_.rulings.groups()
    held = groups_held(round_, proposals, but=key)
    found = [
        Place(
            proposal_id=None if at in live else at,
            group_id=at if at in live else None,
            challenges=tuple(ids),
            fit=fit_of(mean_fit(round_, key, ids)),
            rules=tuple(_in_the_way(round_, key, at, ids, held)),
        )
        for at, ids in _nearest(round_, key, {**proposals, **live})
    ]
    found += _new_group(round_, key, proposals, held)
    ranked = sorted(found, key=lambda place: (len(place.rules), -place.fit, place.challenges))
    return tuple(ranked[:limit])


def _nearest(
    round_: Round, key: str, groups: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, list[str]]]:
    """The groups a challenge is nearest to, without it; worth a look, and open to its unit."""
    near, unit = round_.neighbours.near[key], round_.entries[key].unit.id
    ranked = []
    for at, every in groups.items():
        ids = [other for other in every if other in round_.entries and other != key]
        if not ids or key in every or (at, key) in round_.rulings.declined:
            continue
        worth = sum(near.get(other, 0.0) for other in ids) / len(ids)
        own = any(round_.entries[other].unit.id == unit for other in ids)
        if not own and worth >= WORTH * round_.rules.threshold:
            ranked.append((-round(worth, 9), at, ids))
    for _, at, ids in sorted(ranked)[:LOOKED_AT]:
        yield at, ids


def _in_the_way(
    round_: Round, key: str, at: str, ids: Sequence[str], held: Counter[str]
) -> Iterator[Reason]:
    yield from _of_decisions(round_, key, at, ids)
    yield from _of_language(round_, key, ids)
    yield from _of_fit(round_, mean_fit(round_, key, ids))
    yield from _of_size(round_, len(ids) + 1)
    yield from _of_cap(round_, key, held)


def _of_decisions(round_: Round, key: str, at: str, ids: Sequence[str]) -> Iterator[Reason]:
    apart = [other for other in ids if frozenset((key, other)) in round_.rulings.apart]
    if apart:
        units = tuple(round_.entries[other].unit.id for other in apart)
        yield Reason(code="relax-apart", challenges=tuple(apart), units=units)
    if (at, key) in round_.rulings.kept_out:
        yield Reason(code="relax-kept-out")


def _of_language(round_: Round, key: str, ids: Sequence[str]) -> Iterator[Reason]:
    """Only where the others have a language in common, which the challenge's unit lacks."""
    common = languages_of([round_.entries[other].mask for other in ids])
    if common and not common & round_.entries[key].mask:
        codes = tuple(lang for at, lang in enumerate(LANGUAGES) if common >> at & 1)
        yield Reason(code="relax-language", codes=codes)


def _of_fit(round_: Round, fit: float) -> Iterator[Reason]:
    if fit <= round_.rules.threshold:
        values = {"fit": round(fit, 3), "least_fit": round_.rules.threshold}
        yield Reason(code="relax-threshold", values=values)


def _of_size(round_: Round, members: int) -> Iterator[Reason]:
    if members > round_.rules.upper:
        values = {"members": float(members), "most": float(round_.rules.upper)}
        yield Reason(code="relax-upper", values=values)
    if members < round_.rules.lower:
        values = {"members": float(members), "least": float(round_.rules.lower)}
        yield Reason(code="relax-lower", values=values)


def _of_cap(round_: Round, key: str, held: Counter[str]) -> Iterator[Reason]:
    """Groups that the unit sits in with other challenges; leaving its own makes room."""
    if held[round_.entries[key].unit.id] >= round_.rules.most_groups:
        yield Reason(code="relax-cap", values={"groups": float(round_.rules.most_groups)})


def _new_group(round_: Round, key: str, proposals: Members, held: Counter[str]) -> Iterator[Place]:
    """Those who wait and fit beside each other, likest first, where they are enough."""
    placed = {other for ids in proposals.values() for other in ids} | set(round_.rulings.seats)
    ids = company(round_, key, placed)
    if len(ids) + 1 >= SMALLEST:
        rules = (*_of_size(round_, len(ids) + 1), *_of_cap(round_, key, held))
        fit = fit_of(mean_fit(round_, key, ids))
        yield Place(challenges=tuple(ids), fit=fit, rules=rules)
