"""
Weights of the affinity, fitted to what people decided about members.

A member that a facilitator let stay or a unit said yes for fits its group; one that was
taken out, turned down or declined for its content does not. The chance that a member fits is
taken as logistic in its mean affinity to the others, whose weights are found as the maximum
a posteriori: the present weights are the expected ones, so that few decisions move them
little (logistic regression with a Gaussian prior; Bishop 2006, Pattern Recognition and
Machine Learning, section 4.5). What is fitted is judged on decisions held out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, minimize
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from matcher.entries import Entry
from matcher.judged import FOLDS, Case, Judgement, Pairs, Values, case_of
from matcher.params import AffinityWeights, GroupRules

FITTED = ("full_likeness", "offer", "stage", "distance", "maturity", "kinds")
"""The weights that are fitted; a common language stays a must, and a kilometre what it is."""
PRIOR_SD = np.array([0.1, 0.1, 0.05, 0.075, 0.04, 0.03])
"""How far from the present weights the right ones may well be: about half of each default."""
LEAST_LIKENESS = 0.1
"""Full likeness is not fitted below this."""
SLOPE, SLOPE_SD, CENTRE_SD = 10.0, 10.0, 0.15
"""Expected steepness of the chance over affinity and its deviation; deviation of its middle."""
LEAST_GAIN = 0.01
"""Log loss that fitted weights must save to be worth a change of everybody's groups."""
ENOUGH, ENOUGH_EACH = 30, 8
"""Decisions below which nothing is said, and decisions of either kind."""


class Weighed(NamedTuple):
    """What the decisions say about the weights."""

    weights: AffinityWeights
    """As fitted to all decisions; the present ones where there are too few."""
    judgements: int
    unfit: int
    """Of them, that somebody does not fit."""
    decisions: int
    """Groups and proposals they come from."""
    missing: int
    """Judgements about challenges that are not in the pool any more, left out."""
    enough: bool = False
    """Whether there are decisions enough, of both kinds, to say anything."""
    loss: tuple[float, float] = (0.0, 0.0)
    """Mean log loss on held-out decisions with the present weights, and with fitted ones."""
    gain_error: float = 0.0
    """Standard error of the difference of the two, over decisions."""
    order: tuple[float, float] = (0.5, 0.5)
    """Chance that one who fits stands before one who does not, present and fitted."""

    @property
    def better(self) -> bool:
        """Whether the fitted weights foretell held-out decisions better, beyond chance."""
        gain = self.loss[0] - self.loss[1]
        return self.enough and gain > max(LEAST_GAIN, 2 * self.gain_error)


def weigh(
    entries: Mapping[str, Entry], judgements: Sequence[Judgement], rules: GroupRules
) -> Weighed:
    """
    Fit the weights to decisions about challenges of a pool.

    Parameters
    ----------
    entries
        All challenges of the pool: what is rare among them counts for more.
    judgements
        In any order; those whose challenges are not here are counted and left out.
    rules
        Their weights are what is expected, and what is compared with.
    """
    here = _present(entries, judgements)
    decisions = sorted({one.decision for one in here})
    found = Weighed(
        weights=rules.affinity,
        judgements=len(here),
        unfit=sum(not one.fits for one in here),
        decisions=len(decisions),
        missing=len(judgements) - len(here),
    )
    if not _enough(here):
        return found
    case = case_of(entries, here, decisions, rules.affinity)
    before, after = _held_out(case, rules)
    lost = [np.bincount(case.decision, case.weight * _loss(case.fits, p)) for p in (before, after)]
    each = np.bincount(case.decision, case.weight)
    gains = (lost[0] - lost[1]) / each.mean()
    return found._replace(
        weights=_weights(_fit(case, rules, free=True), rules.affinity),
        enough=True,
        loss=(float(lost[0].sum() / each.sum()), float(lost[1].sum() / each.sum())),
        gain_error=float(gains.std(ddof=1) / np.sqrt(len(gains))),
        order=(_order(case, before), _order(case, after)),
    )


def _present(entries: Mapping[str, Entry], judgements: Sequence[Judgement]) -> list[Judgement]:
    """Judgements about challenges that are here, in a fixed order, with the others still here."""
    found = []
    for one in judgements:
        others = tuple(sorted(key for key in one.others if key in entries))
        if one.challenge_id in entries and others:
            found.append(one._replace(others=others))
    return sorted(found, key=lambda one: (one.decision, one.challenge_id, one.others, one.fits))


def _enough(judgements: Sequence[Judgement]) -> bool:
    kinds = [
        {one.decision for one in judgements if bool(one.fits) is fits} for fits in (True, False)
    ]
    return len(kinds[0] | kinds[1]) >= ENOUGH and min(map(len, kinds)) >= ENOUGH_EACH


def affinity(pairs: Pairs, theta: Values) -> tuple[Values, Values]:
    """
    Mean affinity of every judged challenge to its others, and its slopes along the weights.

    Worked out as ``matcher.affinity.affinities`` does; shapes ``(n,)`` and ``(n, 6)``.
    """
    full, offer, discounts = theta[0], theta[1], theta[2:]
    has, offered = ~np.isnan(pairs.offered), np.nan_to_num(pairs.offered)
    text, text_slope = _share(pairs.likeness, full)
    given, given_slope = _share(offered, full)
    more = np.where(has, np.maximum(given - text, 0.0), 0.0)
    left = (1.0 - pairs.losses @ discounts) * pairs.talks
    base = text + offer * more
    base_slope = text_slope + np.where(more > 0, offer * (given_slope - text_slope), 0.0)
    parts = [base * left, base_slope * left, more * left]
    parts += [-base * pairs.talks * loss for loss in pairs.losses.T]
    count = np.bincount(pairs.owner)
    mean = np.column_stack([np.bincount(pairs.owner, part) / count for part in parts])
    return mean[:, 0], mean[:, 1:]


def _share(likeness: Values, full: float) -> tuple[Values, Values]:
    """Likeness as a share of full likeness, in [0, 1], and how it changes with ``full``."""
    inside = (likeness > 0) & (likeness < full)
    return np.clip(likeness / full, 0.0, 1.0), np.where(inside, -likeness / full**2, 0.0)


def _fit(case: Case, rules: GroupRules, *, free: bool, but_fold: int = -1) -> Values:
    """Weights, slope and middle most probable after the decisions; weights fixed or free."""
    used = np.where(case.fold == but_fold, 0.0, case.weight)
    known = np.array([getattr(rules.affinity, name) for name in FITTED])
    mean = np.array([*known, SLOPE, rules.threshold])
    deviation = np.array([*PRIOR_SD, SLOPE_SD, CENTRE_SD])
    first = 0 if free else len(FITTED)

    def cost(step: Any) -> tuple[float, Values]:
        at = mean.copy()
        at[first:] += step * deviation[first:]
        value, slopes = affinity(case.pairs, at[: len(FITTED)])
        chance = expit(at[-2] * (value - at[-1]))
        off = used * (chance - case.fits)
        along = [*(slopes.T @ off * at[-2]), off @ (value - at[-1]), -at[-2] * off.sum()]
        loss = float(used @ _loss(case.fits, chance) + 0.5 * (step @ step))
        return loss, np.array(along)[first:] * deviation[first:] + step

    least, most = _limits(known)
    low = np.array([*least, 0.0, rules.threshold - 1])
    high = np.array([*most, 20 * SLOPE, rules.threshold + 1])
    bounds = Bounds(((low - mean) / deviation)[first:], ((high - mean) / deviation)[first:])
    start = np.zeros(len(mean) - first)
    found = minimize(cost, start, method="L-BFGS-B", jac=True, bounds=bounds)
    at = mean.copy()
    at[first:] += found.x * deviation[first:]
    return at


def _limits(known: Values) -> tuple[Values, Values]:
    """Least and most of each weight: the discounts take less than 1 together, whatever comes."""
    least = np.zeros(len(known))
    least[0] = min(LEAST_LIKENESS, known[0])
    room = 0.9 * (1.0 - known[2:].sum()) / len(known[2:])
    return least, np.array([1.0, 1.0, *(known[2:] + room)])


def _chance(pairs: Pairs, at: Values) -> Values:
    value, _ = affinity(pairs, at[: len(FITTED)])
    return np.asarray(expit(at[-2] * (value - at[-1])))


def _loss(fits: NDArray[np.bool_], chance: Values) -> Values:
    right = np.clip(np.where(fits, chance, 1.0 - chance), 1e-12, 1.0)
    return np.asarray(-np.log(right))


def _held_out(case: Case, rules: GroupRules) -> tuple[Values, Values]:
    """Chances of every judgement by fits that did not see its decision: present, fitted."""
    chances = np.zeros((2, len(case.fits)))
    for fold in range(FOLDS):
        out = case.fold == fold
        for at, free in enumerate((False, True)):
            fitted = _fit(case, rules, free=free, but_fold=fold)
            chances[at, out] = _chance(case.pairs, fitted)[out]
    return chances[0], chances[1]


def _order(case: Case, chance: Values) -> float:
    return float(roc_auc_score(case.fits, chance, sample_weight=case.weight))


def _weights(at: Values, present: AffinityWeights) -> AffinityWeights:
    said = dict(zip(FITTED, np.round(at, 3).tolist(), strict=False))
    return AffinityWeights(**(present.model_dump() | said))
