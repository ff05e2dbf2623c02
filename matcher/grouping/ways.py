"""Two ways of searching small pools by turns: by ties, and against every group at once."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.lane import Run, run_lane, scale_of, start_of
from matcher.grouping.problem import GAINS_UP_TO, Problem, task_of
from matcher.grouping.walks import sweeps_a_second, sweeps_in, walks
from matcher.grouping.watch import Watch
from matcher.grouping.whole import visits_a_second

LANE_SWEEPS = 40
"""Sweeps of each search; at 408 items eight of forty come further than one of three hundred."""
LANE_TURNS, TIED_TURNS = 110, 90
"""Turns of each search that holds everybody against every group: of up to two hundred, of more."""
LOOKS = 250_000_000
"""Looks a second that a time limit is turned into here, where most slots tempt nobody."""
LANE_HEAT = 0.7
"""Its first temperature, as a share of that of a pool which affinity fills."""

Labels = NDArray[np.int32]


@dataclass(frozen=True)
class Answer:
    """What a search came to, the slots' number for who is left out, and labels on the way."""

    value: float
    label: Labels
    seen: list[Labels] = field(default_factory=list)


@dataclass(frozen=True)
class Way:
    """A search by seed, how many steps it counts, and how long a slow core takes at most."""

    search: Callable[[int, Watch], Answer]
    steps: int
    seconds: float

    def for_groups(self) -> "Way":
        """The same search for its groups alone: as a whole its answer breaks a rule."""

        def search(seed: int, watch: Watch) -> Answer:
            return replace(self.search(seed, watch), value=-np.inf)

        return Way(search, self.steps, self.seconds)


def by_ties(problem: Problem, time_limit_s: float | None) -> Way:
    """Sweeps over sparse rows: everybody is tried in the groups of whom it has ties to."""
    number = LANE_SWEEPS if time_limit_s is None else sweeps_in(problem, time_limit_s)
    start = start_of(problem)

    def search(seed: int, watch: Watch) -> Answer:
        return Answer(*walks(problem, start, seed=seed, workers=1, number=number, watch=watch))

    return Way(search, number * problem.n, number / sweeps_a_second(problem))


def against_all(
    problem: Problem,
    time_limit_s: float | None,
    heat: float = LANE_HEAT,
    start: Labels | None = None,
) -> Way:
    """
    Turns in which everybody is held against every group.

    Parameters
    ----------
    problem
        Of at most 700 items.
    time_limit_s
        What a slow core may take; without it a number of turns is made.
    heat
        First temperature, as a share of that of a pool which affinity fills.
    start
        Where everybody sits at first, -1 for nowhere; without it as pins and previous groups say.
    """
    task, slots = task_of(problem), problem.slot_count()
    visits = (LANE_TURNS if problem.n <= GAINS_UP_TO else TIED_TURNS) * problem.n
    if time_limit_s is not None:
        visits = max(problem.n, int(time_limit_s * visits_a_second(slots, LOOKS)))
    run, scale = Run(visits, heat, problem.upper, fresh=True, whole=True), scale_of(task)

    def search(seed: int, watch: Watch) -> Answer:
        seen: list[Labels] = []
        value, label = run_lane(problem, task, slots, [run], scale, seed, watch, seen, start)
        return Answer(value, label, seen)

    return Way(search, visits, visits / visits_a_second(slots, LOOKS))
