"""The proposals on the board in a few figures: how good they are together, and where weakest."""

from collections.abc import Mapping, Sequence
from statistics import fmean, median
from typing import Any

from schemas.reasons import Reason

Values = Mapping[str, Any]


def figures(proposals: Sequence[Values], unplaced: int) -> dict[str, Any]:
    """
    Return what ``groups/_figures.html`` shows; empty when there is no proposal.

    Fits and cohesion are mean affinities, as ``matcher.metrics`` defines them; the distance
    is the median over groups of the median of their pairs.
    """
    if not proposals:
        return {}
    size = [len(one["members"]) for one in proposals]
    pairs = [n * (n - 1) / 2 for n in size]
    fits = [seat["fit"] for one in proposals for seat in one["members"]]
    km = [kept["distance_km"] for kept in _values(proposals, "places") if "distance_km" in kept]
    fit = sum(one["cohesion"] * n for one, n in zip(proposals, pairs, strict=True))
    return {
        "coverage": sum(size) / (sum(size) + unplaced) if sum(size) else 0.0,
        "cohesion": fit / sum(pairs) if sum(pairs) else 0.0,
        "worst_group": min(one["cohesion"] for one in proposals),
        "worst_member": min(fits, default=0.0),
        "least": min(size),
        "most": max(size),
        "members": fmean(size),
        "distance_km": median(km) if km else None,
        "language": sum(bool(one["languages"]) for one in proposals),
        "mixed": len(_values(proposals, "giver")),
        "groups": len(proposals),
    }


def _values(proposals: Sequence[Values], code: str) -> list[dict[str, float]]:
    """Values of the first reason with a code, of those proposals that have one."""
    reasons: list[list[Reason]] = [one["reasons"] for one in proposals]
    return [
        next(reason.values for reason in own if reason.code == code)
        for own in reasons
        if any(reason.code == code for reason in own)
    ]
