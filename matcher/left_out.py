"""Why a challenge waits, the most telling reason of those that hold."""

from collections.abc import Mapping, Sequence

from matcher.cohesion import languages_of
from matcher.entries import ByUnit
from matcher.rounds import Round
from matcher.seats import company, mean_fit
from schemas.reasons import Reason


class WhyLeftOut:
    """Why each of those who wait does; ``units`` hold the challenges of the round's entries."""

    def __init__(self, round_: Round, groups: Sequence[Sequence[str]], units: ByUnit) -> None:
        self.round, self.groups, self.units = round_, groups, units
        self.home = {key: at for at, ids in enumerate(groups) for key in ids}
        self.placed = {*self.home, *round_.rulings.seats}

    def __call__(self, key: str) -> Reason:
        """The first reason that holds, in the order of ``docs/reasons.md``."""
        round_ = self.round
        entry, rules = round_.entries[key], round_.rules
        own = self.units[entry.unit.id]
        if entry.need.is_empty:
            return Reason(code="text-not-understood")
        near = {other: fit for other, fit in round_.neighbours.near[key].items() if fit > 0}
        foreign = {other: fit for other, fit in near.items() if other not in own}
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
        if len(own & self.placed) >= rules.most_groups:
            return Reason(code="unit-cap", values={"groups": rules.most_groups})
        return self._of_groups(key, near)

    def _of_groups(self, key: str, near: Mapping[str, float]) -> Reason:
        round_, rules = self.round, self.round.rules
        # Who is near nobody in a group does not fit it: only groups of the near are looked at.
        at = sorted({self.home[other] for other in near if other in self.home})
        groups = [self.groups[group] for group in at]
        fitting = [ids for ids in groups if mean_fit(round_, key, ids) > rules.threshold]
        if any(len(ids) >= rules.upper and round_.fits(key, ids) for ids in fitting):
            return Reason(code="groups-full")
        if fitting and not any(round_.fits(key, ids) for ids in fitting):
            if any(
                frozenset((key, other)) in round_.rulings.apart for ids in fitting for other in ids
            ):
                return Reason(code="kept-out")
            # Each member may understand it while all of them together do not.
            masks = [[round_.entries[other].mask for other in [key, *ids]] for ids in fitting]
            if not any(map(languages_of, masks)):
                return Reason(code="no-common-language")
        # Near to this one is not enough: they must fit beside each other as well.
        peers = company(round_, key, self.placed)
        values = {"peers": float(len(peers)), "needed": float(rules.lower - 1)}
        if len(peers) < rules.lower - 1:
            return Reason(code="too-few-peers", values=values)
        return Reason(code="next-round", values=values, challenges=tuple(peers))


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
