"""
People with eight attributes, scored the way team-forming tools for courses score.

For each attribute the tool's user says whether members should be alike or a mix, and how much
it counts; a group's score is the weighted mean over attributes, in [0, 1]. Of attributes in
which members should be alike it is the mean over pairs, one minus the distance over the range
for numbers, the share of equal ones for kinds. A mix is of the whole group: how much of the
range its numbers span, how many of the kinds that it could have it has. So Team-Maker and its
like score (Layton, Loughry, Ohland and Ricco 2010). An affinity knows pairs alone: in place of
mixes it has how far two numbers are apart, and whether two kinds differ.
"""

import time

import numpy as np
from numpy.typing import NDArray

import matcher

LOWER, UPPER = 6, 12
SIZES = (120, 600, 2_000)
NUMBERS = 4
"""Attributes that are numbers; the others are kinds."""
KINDS = (6, 4, 3, 12)
"""Values of the four attributes that are kinds."""
WEIGHTS = np.array([3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0, 4.0])
ALIKE = np.array([True, True, True, False, True, True, False, True])
Values = NDArray[np.float64]
Labels = NDArray[np.int64]


def drawn_people(people: int, seed: int) -> Values:
    """Attributes, ``(people, 8)``: numbers over their range, kinds by number."""
    rng = np.random.default_rng((seed, people))
    values = np.zeros((people, len(WEIGHTS)))
    for at in range(len(WEIGHTS)):
        if at < NUMBERS:
            value = rng.beta(2, 2, people)
            values[:, at] = value / np.ptp(value)
        else:
            values[:, at] = rng.choice(KINDS[at - NUMBERS], people)
    return values


def pair_scores(values: Values) -> Values:
    """What a pair adds to a score, ``(people, people)``, in [0, 1], zero diagonal."""
    people = len(values)
    score = np.zeros((people, people))
    for at, weight in enumerate(WEIGHTS):
        score += (
            weight * _alike(values[:, at], at)
            if ALIKE[at]
            else weight * (1.0 - _alike(values[:, at], at))
        )
    score /= WEIGHTS.sum()
    np.fill_diagonal(score, 0.0)
    return score


def _alike(value: Values, at: int) -> Values:
    if at < NUMBERS:
        return 1.0 - np.abs(value[:, None] - value)
    return (value[:, None] == value).astype(np.float64)


def group_score(values: Values) -> float:
    """Score of a group with these attributes, ``(k, 8)``, ``k >= 2``, in [0, 1]."""
    k = len(values)
    score = 0.0
    for at, weight in enumerate(WEIGHTS):
        value = values[:, at]
        if ALIKE[at]:
            share = (_alike(value, at).sum() - k) / (k * (k - 1))
        elif at < NUMBERS:
            share = float(np.ptp(value))
        else:
            share = (len(np.unique(value)) - 1) / (min(k, KINDS[at - NUMBERS]) - 1)
        score += weight * share
    return float(score / WEIGHTS.sum())


def people_case(seed: int, sizes: tuple[int, ...] = SIZES) -> str:
    """Mean over groups, worst group and seconds; everybody has a group."""
    rows = ["| people | groups of | how | mean of groups | worst group | CPU s |"
            "\n|---|---|---|---|---|---|"]  # fmt: skip
    for people in sizes:
        values = drawn_people(people, seed)
        full = pair_scores(values)
        lot = np.random.default_rng(seed).permutation(np.arange(people) % (people // LOWER))
        rows.append(_row(values, "drawn by lot", lot, 0.0))
        for groups in (people // LOWER, None):
            began = time.process_time()
            found = matcher.form_groups(full, lower=LOWER, upper=UPPER, groups=groups, seed=seed)
            used = time.process_time() - began
            rows.append(_row(values, "**form_groups**", found.labels, used))
    return "\n".join(rows)


def _row(values: Values, how: str, label: Labels, used: float) -> str:
    groups = [np.flatnonzero(label == group) for group in np.unique(label[label >= 0])]
    scores = [group_score(values[group]) for group in groups]
    sizes = sorted({len(group) for group in groups})
    return (
        f"| {len(values):,} | {sizes[0]} to {sizes[-1]} | {how} | {np.mean(scores):.3f}"
        f" | {min(scores):.3f} | {used:.2f} |"
    )
