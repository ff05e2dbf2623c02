"""Why a challenge waits, the most telling reason of those that hold."""

from collections import Counter
from collections.abc import Sequence

from matcher.rounds import Round
from matcher.seats import mean_fit
from schemas.reasons import Reason


def why_left_out(round_: Round, key: str, groups: Sequence[Sequence[str]]) -> Reason:
    """The first reason that holds, in the order of ``matcher.reasons``."""
    entry = round_.entries[key]
    rules = round_.rules
    if entry.need.is_empty:
        return Reason(code="text-not-understood")
    near = {other: fit for other, fit in round_.neighbours.near[key].items() if fit > 0}
    foreign = {k: f for k, f in near.items() if round_.entries[k].unit.id != entry.unit.id}
    if not foreign:
        return Reason(code=_nobody(round_, key, near))
    best = max(foreign, key=lambda k: (foreign[k], k))
    values = {"fit": round(foreign[best], 3), "needed": rules.threshold}
    above = {k for k, fit in foreign.items() if fit > rules.threshold}
    if not above:
        return Reason(code="below-threshold", values=values, challenges=(best,))
    allowed = {k for k in above if frozenset((k, key)) not in round_.rulings.apart}
    if not allowed:
        return Reason(code="kept-out")
    if _at_cap(round_, entry.unit.id, groups):
        return Reason(code="unit-cap", values={"groups": rules.most_groups})
    return _of_groups(round_, key, groups, allowed)


def _nobody(round_: Round, key: str, near: dict[str, float]) -> str:
    """Nobody of another unit shares anything: nobody at all, own ones, or a language apart."""
    entry = round_.entries[key]
    keys, scores = round_.neighbours.likeness.scores(entry.need)
    least = round_.rules.affinity.full_likeness * round_.rules.threshold
    for other, score in zip(keys, scores.tolist(), strict=True):
        apart = other != key and not round_.entries[other].mask & entry.mask
        if apart and score > least:
            return "no-common-language"
    return "only-own-unit" if near else "nothing-shared"


def _at_cap(round_: Round, unit_id: str, groups: Sequence[Sequence[str]]) -> bool:
    inside = [key for ids in groups for key in ids] + [
        key for key in round_.rulings.seats if key in round_.entries
    ]
    count = Counter(round_.entries[key].unit.id for key in inside)
    return count[unit_id] >= round_.rules.most_groups


def _of_groups(
    round_: Round, key: str, groups: Sequence[Sequence[str]], allowed: set[str]
) -> Reason:
    rules = round_.rules
    fitting = [ids for ids in groups if mean_fit(round_, key, ids) > rules.threshold]
    if any(len(ids) >= rules.upper and round_.fits(key, ids) for ids in fitting):
        return Reason(code="groups-full")
    if fitting and not any(round_.fits(key, ids) for ids in fitting):
        masks = [all(round_.entries[o].mask & round_.entries[key].mask for o in i) for i in fitting]
        return Reason(code="kept-out" if any(masks) else "no-common-language")
    placed = {other for ids in groups for other in ids} | set(round_.rulings.seats)
    free = len(allowed - placed)
    return Reason(
        code="too-few-peers", values={"peers": float(free), "needed": float(rules.lower - 1)}
    )
