"""What every method is given, made again from its name in each process."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from tests.bench.groups.graph import factors, graph
from tests.bench.groups.populations import Population, population

LOWER, UPPER = 6, 12
Labels = NDArray[np.int64]


@dataclass(frozen=True)
class Case:
    """Challenges to put into groups; ``origin`` is their number in the wider population."""

    people: Population
    affinity: sparse.csr_array
    origin: NDArray[np.int64]
    lower: int = LOWER
    upper: int = UPPER

    @property
    def n(self) -> int:
        """Number of challenges."""
        return self.people.n

    @cached_property
    def barred(self) -> NDArray[np.int64]:
        """Pairs of challenges of one unit."""
        return self.people.same_unit


def chosen(people: Population, at: NDArray[np.int64]) -> Population:
    """Part of a population."""
    parts = ("unit", "language", "languages", "place", "region", "maturity", "theme", "archetype")
    picked = {name: getattr(people, name)[at] for name in parts}
    return replace(people, concepts=people.concepts[at].tocsr(), **picked)


def members(
    units: int, share: float, seed: int
) -> tuple[Population, NDArray[np.int64], NDArray[np.int64]]:
    """A population, who of it is there at first, and who after a share of the units changed."""
    more = max(1, round(units * share)) if share else 0
    people = population(units + more, seed)
    rng = np.random.default_rng((seed, units, 1))
    order = rng.permutation(units + more)
    first = np.flatnonzero(~np.isin(people.unit, order[:more]))
    then = np.flatnonzero(~np.isin(people.unit, order[more : 2 * more]))
    return people, first, then


def case_of(units: int, seed: int, share: float, *, changed: bool) -> Case:
    """The case before, or after, a share of the units were replaced by new ones."""
    people, first, then = members(units, share, seed)
    origin = then if changed else first
    part = chosen(people, origin)
    return Case(part, graph(part), origin)


def carried(labels: Labels, before: Case, after: Case) -> Labels:
    """Labels of those who stayed, by their rows after the change; -1 for the new ones."""
    at = np.searchsorted(before.origin, after.origin)
    at = np.minimum(at, len(before.origin) - 1)
    stayed = before.origin[at] == after.origin
    return np.where(stayed, labels[at], -1)


def exact_inside(
    people: Population, i: NDArray[np.intp], j: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Affinity of pairs from all their concepts, whatever a method was given."""
    found = np.zeros(len(i))
    for start in range(0, len(i), 200_000):
        at = slice(start, start + 200_000)
        alike = people.concepts[i[at]].multiply(people.concepts[j[at]]).sum(axis=1)
        found[at] = np.asarray(alike).ravel() * factors(people, i[at], j[at])
    return found
