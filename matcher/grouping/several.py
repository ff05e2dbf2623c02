"""
Small sparse pools: several searches, and the best that all their groups give together.

Where ties are many, and in every pool of up to two hundred, some searches hold everybody
against every group: other ways lead to other groups, and more of them fit together. Groups seen
on the way are taken in, too, and further searches begin from what all gave together. So it is
with pins and with groups from before: a group is worth there what it is worth in its slot.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from matcher.grouping.found import Found, best_of
from matcher.grouping.lane import FORBIDDEN, is_warm, start_of
from matcher.grouping.lane import settled as mended
from matcher.grouping.packing import groups_of, may_pack, packed
from matcher.grouping.pinned import LET_IN
from matcher.grouping.problem import DENSE_UP_TO, GAINS_UP_TO, Problem, task_of
from matcher.grouping.walks import settled
from matcher.grouping.watch import Progress, Watch
from matcher.grouping.ways import Answer, Labels, Way, against_all, by_ties
from matcher.grouping.whole import FROM, takes_whole

UP_TO = 1_000
"""Items up to which several searches cost less than a long one that comes as far."""
LANES = 8
"""Searches where nobody is held against every group: all of them begin with nothing."""
TIED_LANES, SMALL_LANES = (5, 12), (16, 12)
"""
Searches from nothing and from what those give together: where ties are many, and in a pool of
up to two hundred, where each takes 2 ms at 120; ``TIMES`` as many in one of 66.

At 370 to 408 items, six populations and twelve seeds, the mean was 0.009 % below the best ever
seen in 0.35 CPU seconds; with four and six it was 0.017 % in 0.25.
"""
TIMES = 3
"""
How many times as many a smaller pool gets, at most.

Of four populations of 60 items sixteen seeds each came to the best ever seen in 49 of 64 runs, with
as many as 120 items get, and in 60 with three times as many, in 0.17 s.
"""
BRIEF_LANES = (4, 3)
"""
The same for a round of a live pool, which a look follows in quiet.

At 100 to 200 of the samples, eight orders of arrival, groups are worth what they are with twice as
many, give or take what one order or another makes of it (0.3 %).
"""
AGAIN_HEAT = 0.65
"""First temperature of those from what was found, in the unit of a search from nothing."""
AGREED = 0.75
"""
Share of different groups among those of all searches up to which they agree on some.

In pools with topics it is a half, and hundreds of groups seen on the way are put together in
0.03 s; where it is one, in pairs drawn by lot, that takes up to 2 s and brings little.
"""
FEW, LET_IN_FEW = 4, 100
"""Answers whose groups are put together where that of all brings nothing, with pins let in."""
APART = 1_009
"""Between the seeds of two courses of searches, when there is time for more than one."""
TOGETHER = 40
"""Courses at most whose groups are put together at last."""
CHOICES_S, LAST_S = 0.08, 0.2
"""What both choices of a course take, and the one among the answers of all courses."""
CHOOSING = 0.6
"""Share of the time left that one choice among groups may take."""
LEAST_LANES = 3
"""Searches at least whose groups are put together; fewer are not begun anew from what was found."""
LEAST_S = 0.05
"""Time for putting groups together, when the searches have used up what there was."""


def takes_several(problem: Problem) -> bool:
    """Whether a problem is neither tiny nor large, and affinity does not fill it."""
    few = FROM <= problem.n <= GAINS_UP_TO and not takes_whole(problem)
    return may_pack(problem) and (few or (problem.sparse and problem.n <= UP_TO))


def holds_against_all(problem: Problem) -> bool:
    """Whether ties spare no looks: few items, or more ties of each than there are groups."""
    tied = problem.affinity.nnz > problem.n * problem.slot_count()
    return problem.n <= GAINS_UP_TO or (problem.n <= DENSE_UP_TO and tied)


def lanes_of(problem: Problem) -> tuple[int, int]:
    """How many searches begin with nothing, and with what those gave together."""
    if problem.brief:
        return BRIEF_LANES
    if not holds_against_all(problem):
        return LANES, 0
    if problem.n > GAINS_UP_TO:
        return TIED_LANES
    times = max(1, min(TIMES, GAINS_UP_TO // problem.n))
    return times * SMALL_LANES[0], times * SMALL_LANES[1]


def solve_several(
    problem: Problem,
    *,
    seed: int = 0,
    workers: int = 1,
    time_limit_s: float | None = None,
    progress: Progress | None = None,
    known: Labels | None = None,
) -> Found:
    """
    Find a good partition from the groups of several searches.

    Parameters
    ----------
    problem
        One that ``takes_several``.
    seed, workers, time_limit_s, progress
        As in ``matcher.form_groups``.
    known
        The answer to nearly the same problem, -1 for none: it is mended, and nothing searched.
    """
    brake = None if time_limit_s is None else time.monotonic() + time_limit_s
    course, number = _mended(problem) if known is not None else _course_of(problem, None), 1
    if time_limit_s is not None:
        number = max(1, int((time_limit_s - LAST_S) / course.seconds))
        if known is None and course.seconds > time_limit_s:
            course = _shorter(problem, time_limit_s, course.seconds)
    watch = Watch(brake, number * course.steps, progress)
    slots, found = problem.slot_count(), []
    for at in range(number):
        answers = course.run(seed * 1_000_003 + at * APART, workers, watch, known)
        best = max(answers, key=lambda answer: round(answer.value, 9))
        found.append(Answer(best.value, best.label))  # what was seen on the way is put together
        if watch.pulled:
            break
    if len(found) > 1 and not watch.pulled:
        first = sorted(found, key=lambda answer: -round(answer.value, 9))[:TOGETHER]
        label = _together(problem, first, slots, watch)
        found += [] if label is None else [Answer(*settled(problem, label))]
    results = [(answer.value, answer.label) for answer in found]
    return best_of(results, slots, pulled=watch.pulled)


@dataclass(frozen=True)
class _Course:
    """Searches from nothing, each of a time or of its own length, and some from what they gave."""

    problem: Problem
    first: list[Way]
    again: int
    each: float | None

    @property
    def steps(self) -> int:
        """What all searches count."""
        return sum(way.steps for way in self.first + self.first[:1] * self.again)

    @property
    def seconds(self) -> float:
        """What all searches and both choices take a slow core."""
        ways = self.first + self.first[:1] * self.again
        return sum(way.seconds for way in ways) + CHOICES_S

    def run(self, seed: int, workers: int, watch: Watch, known: Labels | None) -> list[Answer]:
        """What the searches come to, each by itself and put together."""
        problem, slots, ways = self.problem, self.problem.slot_count(), self.first
        starts = [] if problem.previous is None else [start_of(problem)]
        if known is not None:
            starts.append(start_of(replace(problem, previous=known)))
        found = [Answer(*mended(problem, task_of(problem), slots, start)) for start in starts]
        with ThreadPoolExecutor(max(1, min(workers, len(ways)))) as pool:
            for turn in range(2 if self.again else 1):
                if turn:
                    best = _best(found, slots)
                    ways = [against_all(problem, self.each, AGAIN_HEAT, best)] * self.again
                start = seed + turn * 2 * len(self.first)
                runs = [partial(way.search, start + at, watch) for at, way in enumerate(ways)]
                found += pool.map(_call, runs)
                label = _together(problem, found, slots, watch)
                if label is not None:
                    found.append(Answer(*settled(problem, label)))
        return found


def _shorter(problem: Problem, time_limit_s: float, seconds: float) -> _Course:
    """
    Fewer searches, and each shorter, where all of them would take more time than there is.

    A hundredth of the time is for a tenth of the searches, each a tenth as long.
    """
    share = sqrt(time_limit_s / seconds)
    first, again = (round(share * lanes) for lanes in lanes_of(problem))
    lanes = max(LEAST_LANES, first), again if again >= LEAST_LANES else 0
    return _course_of(problem, time_limit_s / sum(lanes), lanes)


def _course_of(
    problem: Problem, each: float | None, lanes: tuple[int, int] | None = None
) -> _Course:
    """The searches of a problem, each as long as it is by itself or of so much time."""
    first, again = lanes or lanes_of(problem)
    ways = _ways(problem, each, first)
    if problem.pin is not None and (problem.pin >= 0).any():
        ways += _ways(_unpinned(problem), each, first // 2, counts=False)
    return _Course(problem, ways, again, each)


def _mended(problem: Problem) -> _Course:
    """No search at all: what is known is only mended."""
    return _Course(problem, [], 0, None)


def _ways(
    problem: Problem, time_limit_s: float | None, number: int, *, counts: bool = True
) -> list[Way]:
    """So many searches of each kind in turn; for their groups alone where they do not count."""
    kinds = [by_ties(problem, time_limit_s)]
    if holds_against_all(problem):
        kinds.insert(0, against_all(problem, time_limit_s))
        if is_warm(problem):
            kinds.insert(1, against_all(problem, time_limit_s, problem.again))
    if not counts:
        kinds = [way.for_groups() for way in kinds]
    return [kinds[at % len(kinds)] for at in range(number)]


def _unpinned(problem: Problem) -> Problem:
    """
    The problem with nobody pinned to a slot.

    Groups that grow round a pinned item are seldom good ones; where it goes by itself, and who
    with, is a group that its slot may hold.
    """
    pin = problem.pin
    return replace(
        problem, pin=None if pin is None else np.where(pin >= 0, -2, pin).astype(np.int32)
    )


def _best(found: list[Answer], slots: int) -> Labels:
    results = [(answer.value, answer.label) for answer in found]
    return best_of(results, slots, pulled=False).labels


def _together(
    problem: Problem, found: list[Answer], slots: int, watch: Watch
) -> NDArray[np.int32] | None:
    """The best that groups of all searches give together; None where no choice was found."""
    every = [answer.label for answer in found]
    label = None
    if _agree(every, slots):
        every += [label for answer in found for label in answer.seen]
        best, late = max(answer.value for answer in found), watch.pulled
        known = best if best > -FORBIDDEN / 2 else None
        label = _choice(problem, every, slots, watch, LET_IN, known)
        if watch.pulled and not late:
            return label
    if label is None:
        first = sorted(found, key=lambda answer: -round(answer.value, 9))[:FEW]
        label = _choice(problem, [each.label for each in first], slots, watch, LET_IN_FEW)
    return label


def _choice(
    problem: Problem,
    found: list[Labels],
    slots: int,
    watch: Watch,
    let_in: int,
    known: float | None = None,
) -> Labels | None:
    """The choice that what is left of the time allows."""
    if watch.brake is None:
        return packed(problem, found, slots, let_in=let_in, known=known)
    began = time.monotonic()
    left = max(LEAST_S, (watch.brake - began) * CHOOSING)
    label = packed(problem, found, slots, left, let_in, known)
    if time.monotonic() - began >= left:
        watch.pulled = True
    return label


def _agree(found: list[Labels], slots: int) -> bool:
    """Whether searches come to the same groups often enough for more of them to fit together."""
    groups = groups_of(found, slots)
    return len(set(groups)) <= AGREED * len(groups)


def _call(search: partial[Answer]) -> Answer:
    return search()
