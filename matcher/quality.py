"""How good the present proposals are together, beside the best that could be."""

from collections.abc import Mapping

import numpy as np

from matcher.exchanges import rules_of
from matcher.fairness import fairness
from matcher.grouping.bound import degree_bound
from matcher.metrics import Labels, objective, stability
from matcher.rounds import Members, Round
from schemas.groups import Quality


def quality(round_: Round, proposals: Members, before: Members) -> Quality:
    """
    Judge the proposals by the affinities alone.

    Parameters
    ----------
    before
        The proposals before the last round.
    """
    keys = sorted(key for key in round_.entries if key not in round_.rulings.seats)
    if not keys:
        return Quality()
    number = {at: n for n, at in enumerate(sorted({*proposals, *before}))}
    labels, old = (_labels(keys, made, number) for made in (proposals, before))
    affinity = round_.neighbours.matrix(keys)
    threshold = round_.rules.threshold
    rules = rules_of(round_, keys)
    found = fairness(affinity, labels, threshold=threshold, rules=rules)
    return Quality(
        groups=len(proposals),
        score=round(objective(affinity, labels, threshold), 6),
        bound=round(degree_bound(affinity, threshold, round_.rules.upper, np.ones(len(keys))), 6),
        blocking=found.blocking,
        envy=found.envy,
        kept=stability(old, labels),
        moved=int(((old >= 0) & (old != labels)).sum()),
    )


def _labels(keys: list[str], proposals: Members, number: Mapping[str, int]) -> Labels:
    """The number of each challenge's proposal; -1 for who waits."""
    home = {key: number[at] for at, ids in proposals.items() for key in ids}
    return np.array([home.get(key, -1) for key in keys], np.int64)
