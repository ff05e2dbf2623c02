"""The choice that is worth most of all that may be made together, where room is scarce."""

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

Values = NDArray[np.float64]
LOOKED_AT = 100_000
"""
Groups times branches that each of two searches of a choice may take.

Nearly always the first look decides, in hundredths of a second; a choice among hundreds of
groups drawn at random, of which none stands out, took five seconds. Branches are counted and
not seconds, so that the answer is the same on every machine.
"""
NEVER_S = 1e9
"""A time limit that no choice comes to, where none is given."""
NEAR = 1e-4
"""
Share of the relaxed optimum that the first whole choice is taken to be short of it, at most.

Of eighteen choices among 312 to 934 groups, ten had a whole optimum that was no worse than the
relaxed one, seven were 0.001 to 0.01 % below it and one 0.03 %.
"""
FAR, HALVES = 2e-3, 0.7
"""
Where shares come to so much more than what is at hand, and so much of it is in parts of groups,
whole choices are not looked for.

In generated populations at most 0.3 of the relaxed optimum was in parts, and the best choice no
more than 0.15 % below it. In 59 choices of pairs drawn by lot all of it was in parts and 0.3 to
5 % above the best search: they took 2.0 s in the mean and were worth 0.08 % more than that.
Between the two, where topics are weak, they were worth up to 1.6 % more, 0.4 % in the mean, for
ten times the time.
"""
WHOLE = 1e-6
"""How near to 0 or 1 a share of the relaxed choice counts as it."""
SLACK = 1e-6
"""What a choice may seem to lose by rounding, in its own unit of worth."""


def choose(
    holds: Sequence[Sequence[int]],
    worth: Values,
    room: Values,
    most: int,
    time_limit_s: float | None = None,
    least: Values | None = None,
    known: float | None = None,
) -> list[int] | None:
    """
    Choose what is worth most together; None when nothing was found.

    First in shares, by linear programming. Nothing that would lose more by its reduced cost than
    the relaxed optimum is better than a whole choice can be in a better one, so that branch and
    bound is only asked about the rest (Nemhauser and Wolsey 1988, *Integer and Combinatorial
    Optimization*, II.5.2): a third of the groups, mostly.

    Parameters
    ----------
    holds
        What each choice takes, by number: the members of a group, and whatever else is scarce.
    worth
        What each is worth.
    room
        How often each number may be taken.
    most
        How many may be chosen.
    time_limit_s
        A brake; with none the choice is the same on every machine.
    least
        How often each number must be taken; 0 where none is given.
    known
        What a choice at hand is worth: whole choices hardly come to more where shares, nearly
        all of them parts, come to much more, and none is looked for. Without it all are.
    """
    least = np.zeros(len(room)) if least is None else least
    asked = _Asked(_taken(holds, len(room)), worth, room, most, least, _Brake(time_limit_s))
    relaxed = _relaxed(asked)
    if relaxed is None:
        return _whole(asked, np.arange(len(worth)))
    whole = relaxed.share > 1.0 - WHOLE
    if (whole | (relaxed.share < WHOLE)).all():
        return np.flatnonzero(whole).tolist()
    over = relaxed.value - (np.inf if known is None else known)
    parts = relaxed.value - worth[whole].sum()
    if over > FAR * abs(relaxed.value) and parts > HALVES * abs(relaxed.value):
        return None
    gap = NEAR * abs(relaxed.value)
    chosen = _whole(asked, np.flatnonzero(relaxed.lost <= gap + SLACK))
    short = np.inf if chosen is None else relaxed.value - worth[chosen].sum()
    if short <= gap + SLACK:
        return chosen
    other = _whole(asked, np.flatnonzero(relaxed.lost <= short + SLACK))
    found = [each for each in (chosen, other) if each is not None]
    return max(found, key=lambda each: worth[each].sum(), default=None)


def branches(groups: int) -> int:
    """How many branches a choice among so many groups may take."""
    return max(20, LOOKED_AT // max(1, groups))


class _Brake:
    """What is left of a time limit, in seconds; NEVER_S of none."""

    def __init__(self, limit_s: float | None) -> None:
        self.until = None if limit_s is None else time.monotonic() + limit_s

    @property
    def left_s(self) -> float:
        return NEVER_S if self.until is None else max(0.0, self.until - time.monotonic())


class _Asked(NamedTuple):
    """What ``choose`` was asked; ``taken`` has a row of each number and a column of each choice."""

    taken: sparse.csc_array
    worth: Values
    room: Values
    most: int
    least: Values
    brake: _Brake


class _Relaxed(NamedTuple):
    """The best shares of all choices, what they are worth, and what each idle one would lose."""

    value: float
    share: Values
    lost: Values


def _taken(holds: Sequence[Sequence[int]], numbers: int) -> sparse.csc_array:
    rows = np.concatenate([np.array(each, np.int64) for each in holds])
    ends = np.cumsum([0, *(len(each) for each in holds)])
    taken = sparse.csc_array((np.ones(len(rows)), rows, ends), shape=(numbers, len(holds)))
    taken.sum_duplicates()
    return taken


def _relaxed(asked: _Asked) -> _Relaxed | None:
    """The choice in shares; None where there is none, or the time was up."""
    must = np.flatnonzero(asked.least > 0)
    number = sparse.csr_array(np.ones((1, len(asked.worth))))
    # A bound that a row implies would hide what the idle ones lose.
    once = (asked.room <= 1.0) @ asked.taken >= 1.0
    rows = sparse.vstack([asked.taken, number, -asked.taken.tocsr()[must]], format="csc")
    limits = np.concatenate([asked.room, [asked.most], -asked.least[must]])
    solved = linprog(
        -asked.worth,
        A_ub=rows,
        b_ub=limits,
        bounds=[(0.0, None if each else 1.0) for each in once.tolist()],
        method="highs-ds",
        options={"time_limit": asked.brake.left_s},
    )
    if solved.fun is None or solved.x is None or solved.status != 0:
        return None
    return _Relaxed(-solved.fun, solved.x, solved.lower.marginals)


def _whole(asked: _Asked, some: NDArray[np.int64]) -> list[int] | None:
    """The best among some choices by branch and bound; None when none was found."""
    solved = milp(
        -asked.worth[some],
        constraints=[
            LinearConstraint(asked.taken[:, some], lb=asked.least, ub=asked.room),
            LinearConstraint(sparse.csr_array(np.ones((1, len(some)))), ub=asked.most),
        ],
        integrality=np.ones(len(some), np.int64),
        bounds=Bounds(0.0, 1.0),
        options={
            "mip_rel_gap": 0.0,
            "node_limit": branches(len(some)),
            "time_limit": asked.brake.left_s,
        },
    )
    return None if solved.x is None else some[solved.x > 0.5].tolist()
