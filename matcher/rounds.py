"""One round: from free challenges and present groups to groups that keep every rule."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from matcher.again import search_again, together_of
from matcher.caps import Limits, within
from matcher.cohesion import member_fits
from matcher.entries import Entry
from matcher.grouping.contract import LEAST_STAY
from matcher.grouping.problem import Problem
from matcher.neighbours import Neighbours
from matcher.params import GroupRules
from matcher.rulings import Rulings

PINNED = 1e3
"""What a pin is worth: more than any affinity, less than a rule of the group."""
WEAK = 0.8
"""Share of the threshold below which a member does not belong, whatever the group needs."""
ASIDE, ASIDE_UP_TO = 2, 400
"""Searches again without those who would only fill a group, and items up to which they are made."""

Members = dict[str, list[str]]


@dataclass(frozen=True)
class Round:
    """What a round needs to know; ``free`` are the challenges it may place."""

    entries: Mapping[str, Entry]
    neighbours: Neighbours
    rules: GroupRules
    rulings: Rulings
    seed: int = 0

    def form(self, free: Sequence[str], present: Members) -> tuple[Members, list[list[str]]]:
        """
        Form groups of the free challenges, starting from the present ones.

        Returns
        -------
        tuple
            Present groups that live on, by their ids, and new ones.
        """
        keys, ids = self._liked(free, present), sorted(present)
        affinity = self.neighbours.matrix(keys)
        problem = self._problem(keys, present, affinity, *self._start(keys, ids, present))
        limits = self._limits(keys)
        best: tuple[Members, list[list[str]]] = ({}, [])
        most = -np.inf
        labels = None
        for _ in range(1 + (ASIDE if len(keys) <= ASIDE_UP_TO else 0)):
            labels = within(problem, limits, self.seed, labels)
            found = self._groups(keys, ids, labels)
            if (value := self._value(found, present)) > most:
                best, most = found, value
            if not len(apart := self._strangers(keys, affinity, labels)):
                break
            bars = symmetric(apart, len(keys))
            problem = replace(problem, bars=bars if problem.bars is None else bars + problem.bars)
        return best

    def _value(self, found: tuple[Members, list[list[str]]], present: Members) -> float:
        """What groups are worth with those who stay in theirs, the pinned above all."""
        kept, new = found
        stay = [key for name, ids in kept.items() for key in ids if key in present.get(name, ())]
        pinned = sum(self.rulings.pins.get(k) == name for name, ids in kept.items() for k in ids)
        value = worth(self, [*kept.values(), *new]) + self.rules.move_penalty * len(stay)
        return value + PINNED * pinned

    def _strangers(
        self, keys: list[str], affinity: sparse.csr_array, labels: NDArray[np.int32]
    ) -> NDArray[np.int64]:
        """
        Pairs of who would only fill a group and those it has nothing in common with there.

        Such a member does not belong and is sent away again, and its place elsewhere is lost by
        then: better not to send it, nor another who is no nearer to those who belong there.
        """
        free = np.array([key not in self.rulings.pins for key in keys])
        pairs = [np.zeros((0, 2), np.int64)]
        for label in np.unique(labels[labels >= 0]):
            here = np.flatnonzero(labels == label)
            kept, weak = self._sorted_out([keys[at] for at in here])
            if not weak or not kept:
                continue
            core = np.array([at for at in here if keys[at] in kept])
            toward = affinity[:, core].toarray()
            fits = toward.mean(axis=1)
            if free[core].any():  # a pinned stranger makes nobody else one
                fits = np.maximum(fits, toward[:, free[core]].mean(axis=1))
            far = free & (fits < WEAK * self.rules.threshold)
            far[core] = False
            at = np.argwhere(far[:, None] & (toward < self.rules.threshold))
            pairs.append(np.column_stack([at[:, 0], core[at[:, 1]]]))
        return np.concatenate(pairs)

    def again(
        self, free: Sequence[str], present: Members, rest: Iterable[Sequence[str]], kept: float
    ) -> tuple[Members, list[list[str]]]:
        """
        Better groups from where the present ones are, few pairs being parted for much.

        Parameters
        ----------
        rest
            Groups when all were looked at last: who sat together then stays, as far as it can.
        kept
            Share of those pairs to keep at least.
        """
        # Whoever sits somewhere is searched for, as its group may need it.
        seated = {key for members in present.values() for key in members} & {*free}
        keys, ids = sorted({*self._liked(free, present)} | seated), sorted(present)
        slot, stay = self._start(keys, ids, present)
        affinity, pinned = self.neighbours.matrix(keys), np.where(stay >= PINNED, stay, 0.0)
        labels = search_again(
            self._problem(keys, present, affinity, slot, pinned),
            together_of(keys, rest),
            self.pair_price,
            self._limits(keys),
            seed=self.seed,
            kept=kept,
        )
        return self._groups(keys, ids, labels)

    @property
    def pair_price(self) -> float:
        """What a parted pair costs: one who leaves a full group pays for a move."""
        return self.rules.move_penalty / (self.rules.upper - 1)

    def _limits(self, keys: Sequence[str]) -> Limits:
        """In how many proposals the units of some challenges may be."""
        units = [self.entries[key].unit.id for key in keys]
        names, number = np.unique(np.array(units, object), return_inverse=True)
        held = self.held()
        room = [max(0, self.rules.most_groups - held[name]) for name in names]
        return Limits(number.astype(np.int64), np.array(room, np.float64))

    def held(self) -> Counter[str]:
        """Seats of each unit in live groups."""
        return Counter(self.entries[k].unit.id for k in self.rulings.seats if k in self.entries)

    def _problem(
        self,
        keys: list[str],
        present: Members,
        affinity: sparse.csr_array,
        slot: NDArray[np.int32],
        stay: NDArray[np.float64],
    ) -> Problem:
        warm = bool((slot >= 0).any())
        return Problem(
            affinity=affinity,
            lower=float(self.rules.lower),
            upper=float(self.rules.upper),
            weight=np.ones(len(keys)),
            heads=np.ones(len(keys)),
            bars=self._bars(keys, present),
            previous=slot if warm else None,
            stay=stay if warm else None,
            threshold=self.rules.threshold,
            mask=np.array([self.entries[key].mask for key in keys], np.int64),
            giver=np.array([self._gives(key) for key in keys], np.uint8),
            mix=self.rules.giver,
            brief=len(keys) <= ASIDE_UP_TO,
            slots=max(len(present), int(slot.max(initial=-1)) + 1),
        )

    def _groups(
        self, keys: list[str], ids: list[str], labels: NDArray[np.int32]
    ) -> tuple[Members, list[list[str]]]:
        """Groups of those who belong: present ones by their ids, and new ones."""
        groups: dict[int, list[str]] = {}
        for key, label in zip(keys, labels.tolist(), strict=True):
            if label >= 0:
                groups.setdefault(label, []).append(key)
        strong = {label: self.strong(members) for label, members in groups.items()}
        kept = {ids[label]: m for label, m in sorted(strong.items()) if m and label < len(ids)}
        return kept, [m for label, m in sorted(strong.items()) if m and label >= len(ids)]

    def _liked(self, keys: Iterable[str], present: Members) -> list[str]:
        """Those who have somebody above the threshold, or a pin; sorted, so order is nothing."""
        pinned = {key for key, at in self.rulings.pins.items() if at in present}
        return sorted(
            key
            for key in keys
            if key in pinned
            or any(value > self.rules.threshold for value in self.neighbours.near[key].values())
        )

    def _start(
        self, keys: list[str], ids: list[str], present: Members
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        """Slots to start from, which keep the rules of a group, and what staying is worth."""
        number = {key: at for at, key in enumerate(keys)}
        slot = np.full(len(keys), -1, np.int32)
        stay = np.zeros(len(keys))
        moving = max(self.rules.move_penalty, LEAST_STAY)
        for at, proposal_id in enumerate(ids):
            pinned = [k for k in keys if self.rulings.pins.get(k) == proposal_id]
            for key in self._seated(proposal_id, pinned, present[proposal_id], number):
                slot[number[key]] = at
                stay[number[key]] = PINNED if key in pinned else moving
        return slot, stay

    def _seated(
        self, proposal_id: str, pinned: list[str], members: Sequence[str], here: Container[str]
    ) -> list[str]:
        """The pinned and whoever may sit beside them; a pin that would end the group waits."""
        first = self._in_turn(proposal_id, [*pinned, *members], here)
        if len(first) >= self.rules.lower:
            return first
        # Of two ways that leave too few the one that moves fewer.
        return max(first, self._in_turn(proposal_id, [*members, *pinned], here), key=len)

    def _in_turn(self, proposal_id: str, keys: Iterable[str], here: Container[str]) -> list[str]:
        seated: list[str] = []
        for key in keys:
            if key in here and self._may_sit(key, proposal_id, seated):
                seated.append(key)
        return seated

    def _may_sit(self, key: str, proposal_id: str, seated: list[str]) -> bool:
        if key in seated or len(seated) >= self.rules.upper:
            return False
        if (proposal_id, key) in self.rulings.kept_out:
            return False
        return self.rulings.pins.get(key, proposal_id) == proposal_id and self.fits(key, seated)

    def fits(self, key: str, seated: Sequence[str]) -> bool:
        """Whether the rules of a group let a challenge in."""
        entry = self.entries[key]
        common = entry.mask
        for other in seated:
            if self.entries[other].unit.id == entry.unit.id:
                return False
            if frozenset((key, other)) in self.rulings.apart:
                return False
            common &= self.entries[other].mask
        return common != 0

    def _bars(self, keys: list[str], present: Members) -> sparse.csr_array:
        """Pairs that may not meet: one unit's, those kept apart, those kept out of a group."""
        number = {key: at for at, key in enumerate(keys)}
        units: dict[str, list[str]] = {}
        for key in keys:
            units.setdefault(self.entries[key].unit.id, []).append(key)
        pairs = {pair for own in units.values() for pair in combinations(own, 2)}
        pairs |= {(one, other) for one, other in map(sorted, self.rulings.apart)}
        for proposal_id, key in self.rulings.kept_out:
            pairs |= {(key, other) for other in present.get(proposal_id, ()) if other != key}
        here = [(number[a], number[b]) for a, b in sorted(pairs) if a in number and b in number]
        return symmetric(np.array(here, np.int64).reshape(-1, 2), len(keys))

    def _gives(self, key: str) -> bool:
        return self.entries[key].card.maturity >= self.rules.giver_maturity

    def strong(self, members: list[str]) -> list[str]:
        """Members who belong; nobody when those are too few for a group."""
        kept, _ = self._sorted_out(members)
        return kept if len(kept) >= self.rules.lower else []

    def _sorted_out(self, members: Sequence[str]) -> tuple[list[str], list[str]]:
        """Members who belong, until too few are left for a group, and those who do not."""
        kept, weak_ones = list(members), []
        while len(kept) >= self.rules.lower:
            inside = self.neighbours.inside(kept)
            free = np.array([key not in self.rulings.pins for key in kept])
            # A pinned stranger must not make the others weak, and so end their group.
            fits = np.maximum(member_fits(inside), _fits_among(inside, free))
            weak = np.flatnonzero(free & (fits < WEAK * self.rules.threshold))
            if not weak.size:
                break
            weak_ones.append(kept.pop(int(weak[np.argmin(fits[weak])])))
        return kept, weak_ones


def _fits_among(inside: NDArray[np.float64], free: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Mean affinity of each to those of the others that nobody pinned."""
    sums = inside[:, free].sum(axis=1) - np.where(free, inside.diagonal(), 0.0)
    return np.asarray(sums / np.maximum(free.sum() - free, 1), np.float64)


def symmetric(at: NDArray[np.int64], n: int) -> sparse.csr_array:
    """1 for each of some pairs of numbers, ``(pairs, 2)``, both ways, ``(n, n)``."""
    i, j = np.concatenate([at[:, 0], at[:, 1]]), np.concatenate([at[:, 1], at[:, 0]])
    both = sparse.csr_array((np.ones(len(i)), (i, j)), shape=(n, n))
    both.sum_duplicates()
    both.data[:] = 1.0
    return both


def worth(round_: Round, groups: Iterable[Sequence[str]]) -> float:
    """What groups are worth: affinities above the threshold, and a giver in each."""
    total = 0.0
    for ids in groups:
        inside = round_.neighbours.inside(ids)
        total += float(inside.sum()) / 2 - round_.rules.threshold * len(ids) * (len(ids) - 1) / 2
        masters = [round_.entries[key].card.maturity for key in ids]
        total += round_.rules.giver * (max(masters, default=0) >= round_.rules.giver_maturity)
    return total
