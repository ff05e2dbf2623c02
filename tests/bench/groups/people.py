"""
People with eight attributes, scored the way team-forming tools for courses score.

For each attribute the tool's user says whether members should be alike or different, and how
much it counts. A pair's score is the weighted mean over attributes: for numbers one minus the
distance over the range, for kinds one when equal, turned round where difference is wanted.
That is the pairwise part of what Team-Maker and its like use (Layton, Loughry, Ohland and
Ricco 2010), with difference as a stand-in for their mixes.
"""

import time

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

import matcher
from matcher import metrics

LOWER, UPPER = 6, 12
SIZES = (120, 600, 2_000)
KINDS = (6, 4, 3, 12)
"""Values of the four attributes that are kinds."""
WEIGHTS = np.array([3.0, 2.0, 1.0, 2.0, 3.0, 2.0, 1.0, 4.0])
ALIKE = np.array([True, True, True, False, True, True, False, True])


def pair_scores(people: int, seed: int) -> NDArray[np.float64]:
    """Scores of all pairs, ``(people, people)``, in [0, 1], zero diagonal."""
    rng = np.random.default_rng((seed, people))
    score = np.zeros((people, people))
    for at in range(8):
        if at < 4:
            value = rng.beta(2, 2, people)
            alike = 1.0 - np.abs(value[:, None] - value) / np.ptp(value)
        else:
            kind = rng.choice(KINDS[at - 4], people)
            alike = (kind[:, None] == kind).astype(np.float64)
        score += WEIGHTS[at] * (alike if ALIKE[at] else 1.0 - alike)
    score /= WEIGHTS.sum()
    np.fill_diagonal(score, 0.0)
    return score


def people_case(seed: int, sizes: tuple[int, ...] = SIZES) -> str:
    """Mean over groups, worst group and seconds; everybody has a group."""
    rows = ["| people | how | groups | mean of groups | worst group | CPU s |"
            "\n|---|---|---|---|---|---|"]  # fmt: skip
    for people in sizes:
        full = pair_scores(people, seed)
        rng = np.random.default_rng(seed)
        groups = people // LOWER
        drawn = rng.permutation(np.arange(people) % groups)
        rows.append(_row(people, "drawn by lot", full, drawn, 0.0))
        began = time.process_time()
        found = matcher.form_groups(full, lower=LOWER, upper=UPPER, groups=groups, seed=seed)
        used = time.process_time() - began
        rows.append(_row(people, "**form_groups**", full, found.labels, used))
    return "\n".join(rows)


def _row(
    people: int, how: str, full: NDArray[np.float64], label: NDArray[np.int64], used: float
) -> str:
    means = metrics.group_means(sparse.csr_array(full), label)
    return (
        f"| {people:,} | {how} | {len(means)} | {means.mean():.3f} | {means.min():.3f}"
        f" | {used:.2f} |"
    )
