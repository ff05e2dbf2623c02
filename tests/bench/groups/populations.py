"""
Populations as a national network would have them, made up from a seed.

Units lie in nineteen regions by their numbers of people, speak Finnish, Swedish or English
(88, 7 and 5 %) and register challenges with a heavy tail. Behind every challenge hides an
archetype of a theme; themes follow Zipf's law. What shows is a handful of concepts: most of
the archetype's, some of the theme's, some that everybody uses.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.grouping.graph import Features, affinity_graph

SIZES = {120: 400, 600: 2_000, 1_500: 5_000, 10_000: 33_000, 100_000: 333_000, 250_000: 1_000_000}
"""Units and their challenges, about 3.33 each."""

REGIONS = np.array(
    [
        (60.25, 24.90, 31.0), (60.45, 22.27, 8.8), (61.48, 21.80, 3.9), (61.00, 24.46, 3.0),
        (61.50, 23.77, 9.6), (60.98, 25.66, 3.7), (60.70, 26.80, 2.9), (61.06, 28.19, 2.3),
        (61.69, 27.27, 2.4), (62.89, 27.68, 4.5), (62.60, 29.76, 2.9), (62.24, 25.75, 4.9),
        (62.79, 22.84, 3.4), (63.10, 21.62, 3.2), (63.84, 23.13, 1.2), (65.01, 25.47, 7.5),
        (64.22, 27.73, 1.3), (66.50, 25.73, 3.2), (60.10, 19.94, 0.5),
    ]
)  # fmt: skip
"""Rough middle of each region, degrees north and east, and its share of the people, %."""

LANGUAGES = (0.88, 0.07, 0.05)
SECOND = ((0, 0.25, 0.45), (0.7, 0, 0.5), (0.35, 0.1, 0))
"""Share of units of a first language that can work in another: rows fi, sv, en."""
MATURITY = (0.22, 0.3, 0.26, 0.15, 0.07)
THEMES = 16


@dataclass(frozen=True)
class Population:
    """Challenges, one a row, with all that affinity looks at."""

    unit: NDArray[np.int64]
    concepts: sparse.csr_array
    """Weights times rarity, rows of length one, ``(n, vocabulary)``, float32."""
    language: NDArray[np.int8]
    """First language: 0 fi, 1 sv, 2 en."""
    languages: NDArray[np.int64]
    """One bit a working language."""
    place: NDArray[np.float64]
    """Degrees north and east, ``(n, 2)``."""
    region: NDArray[np.int8]
    maturity: NDArray[np.int8]
    """Experience with this very challenge, 1 to 5."""
    theme: NDArray[np.int64]
    archetype: NDArray[np.int64]
    """What is hidden: no method may read it."""

    @property
    def n(self) -> int:
        """Number of challenges."""
        return len(self.unit)

    @property
    def same_unit(self) -> NDArray[np.int64]:
        """Pairs of challenges of one unit, ``(pairs, 2)``: they never share a group."""
        order = np.argsort(self.unit, kind="stable")
        unit = self.unit[order]
        pairs = []
        for step in range(1, int(np.bincount(self.unit).max(initial=0))):
            same = np.flatnonzero(unit[step:] == unit[:-step])
            pairs.append(np.column_stack([order[same], order[same + step]]))
        together = np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64)
        return np.sort(together, axis=1)


def population(units: int, seed: int = 0, challenges: int | None = None) -> Population:
    """A population of so many units; ``challenges=units`` gives each exactly one."""
    rng = np.random.default_rng((seed, units))
    n = SIZES.get(units, round(units * 10 / 3)) if challenges is None else challenges
    unit = _units_of(rng, units, n)
    region = rng.choice(len(REGIONS), units, p=REGIONS[:, 2] / REGIONS[:, 2].sum())
    place = REGIONS[region, :2] + rng.normal(0, (0.25, 0.5), (units, 2))
    language = rng.choice(3, units, p=LANGUAGES)
    second = rng.random((units, 3)) < np.array(SECOND)[language]
    languages = (1 << language) | (second << np.arange(3)).sum(axis=1)
    archetypes = int(np.clip(n // 15, 12, 6_000))
    theme_of = rng.choice(THEMES, archetypes, p=_zipf(THEMES, 0.9))
    archetype = rng.choice(archetypes, n, p=_zipf(archetypes, 0.5))
    masters = rng.choice(5, units, p=MATURITY)
    maturity = np.clip(masters[unit] + rng.integers(-1, 2, n), 0, 4) + 1
    return Population(
        unit=unit,
        concepts=_concepts(rng, archetype, theme_of),
        language=language[unit].astype(np.int8),
        languages=languages[unit].astype(np.int64),
        place=place[unit],
        region=region[unit].astype(np.int8),
        maturity=maturity.astype(np.int8),
        theme=theme_of[archetype],
        archetype=archetype,
    )


def _zipf(n: int, power: float) -> NDArray[np.float64]:
    weight = np.exp(-power * np.log(np.arange(1, n + 1)))
    shares: NDArray[np.float64] = weight / weight.sum()
    return shares


def _units_of(rng: np.random.Generator, units: int, n: int) -> NDArray[np.int64]:
    """Every unit once, the rest with a heavy tail (Pareto, cut at 20)."""
    pull = np.minimum(rng.pareto(1.6, units), 20.0)
    more = rng.choice(units, n - units, p=pull / pull.sum())
    return rng.permutation(np.concatenate([np.arange(units), more])).astype(np.int64)


def _concepts(
    rng: np.random.Generator, archetype: NDArray[np.int64], theme_of: NDArray[np.int64]
) -> sparse.csr_array:
    """Concepts of each challenge: six of its archetype, two of its theme, two of anybody."""
    n, archetypes = len(archetype), len(theme_of)
    per_theme = int(np.clip(archetypes // 2, 40, 900))
    shared = 400
    core = rng.choice(per_theme, (archetypes, 6), p=_zipf(per_theme, 0.7))
    core += theme_of[:, None] * per_theme + shared
    own = core[archetype]
    theme = rng.choice(per_theme, (n, 2), p=_zipf(per_theme, 0.7))
    theme += theme_of[archetype][:, None] * per_theme + shared
    common = rng.choice(shared, (n, 2), p=_zipf(shared, 1.0))
    columns = np.concatenate([own, theme, common], axis=1)
    weight = rng.lognormal(0.0, 0.35, columns.shape).astype(np.float32)
    weight *= np.array([1.0] * 6 + [0.7] * 2 + [0.5] * 2, np.float32)
    weight[:, :6] *= rng.random((n, 6)) < 0.72
    rows = np.repeat(np.arange(n), columns.shape[1])
    some = weight.ravel() > 0
    shape = (n, shared + THEMES * per_theme)
    found = sparse.csr_array(
        (weight.ravel()[some], (rows[some], columns.ravel()[some])), shape=shape
    )
    found.sum_duplicates()
    return rarefied(found)


def rarefied(concepts: sparse.csr_array) -> sparse.csr_array:
    """Weights times ``log(n / df)``, rows of length one."""
    n, m = concepts.shape
    frequency = np.bincount(concepts.indices, minlength=m)
    idf = np.log1p(n / np.maximum(frequency, 1)).astype(np.float32)
    data = concepts.data * idf[concepts.indices]
    rows = np.repeat(np.arange(n), np.diff(concepts.indptr))
    length = np.sqrt(np.bincount(rows, weights=data.astype(np.float64) ** 2, minlength=n))
    data = (data / np.maximum(length, 1e-12)[rows]).astype(np.float32)
    return sparse.csr_array((data, concepts.indices, concepts.indptr), shape=(n, m))


def factors(people: Population, i: NDArray[np.int64], j: NDArray[np.int64]) -> NDArray[np.float64]:
    """What is left of the likeness of two challenges: language, distance, experience, unit."""
    first = people.language[i] == people.language[j]
    some = (people.languages[i] & people.languages[j]) != 0
    north = (people.place[i, 0] - people.place[j, 0]) * 111.0
    east = (people.place[i, 1] - people.place[j, 1]) * 52.0
    km = np.hypot(north, east)
    one, other = people.maturity[i], people.maturity[j]
    alike = ((one <= 2) & (other <= 2)) | ((one >= 4) & (other >= 4))
    left = np.where(first, 1.0, np.where(some, 0.8, 0.0))
    left *= (1.0 - 0.15 * km / (km + 150.0)) * np.where(alike, 0.92, 1.0)
    return np.where(people.unit[i] == people.unit[j], 0.0, left)


def features(people: Population) -> Features:
    """What affinity looks at."""
    return Features(
        concepts=people.concepts,
        languages=people.languages,
        place=people.place,
        maturity=people.maturity,
        unit=people.unit,
        language=people.language,
    )


def affinity(
    people: Population, k: int = 32, budget: int = 2_000, workers: int = 1
) -> sparse.csr_array:
    """Affinities of the ``k`` nearest of every challenge, symmetric, ``(n, n)``, float32."""
    return affinity_graph(features(people), k=k, budget=budget, workers=workers)
