"""Small rounds: what changed is seated one by one, beside groups that stay as they are."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np

from matcher.incremental import Core, Item
from matcher.item_rows import INDEXED, SPARSE, item_of, items_with_texts
from matcher.rounds import Members, Round
from matcher.text.scale import scale_of

WIDE = 64
"""Nearest that a seat is looked for among."""


class Seating:
    """
    The free challenges of a pool in a core of arrays, and the groups they are in.

    It is made of the groups of a round that looked at everybody, and goes on from there;
    made anew at any time it goes on alike.
    """

    def __init__(self, round_: Round, free: Collection[str], present: Members) -> None:
        keys = sorted(free)
        self.collection = round_.neighbours.likeness.collection
        """Statistics of the texts that the rows were made with."""
        texts = round_.neighbours.likeness
        self._dense = texts.dense
        self._core = Core(
            round_.rules,
            columns=SPARSE,
            indexed=INDEXED,
            dense=self._dense,
            scale=scale_of(texts.encoder),
        )
        self._number = {key: at for at, key in enumerate(keys)}
        self._key = dict(enumerate(keys))
        self._units: dict[str, int] = {}
        for key in keys:
            self._unit(round_.entries[key].unit.id)
        whole = {name: ids for name, ids in present.items() if len(ids) >= round_.rules.lower}
        self._parted = {key for name in present.keys() - whole.keys() for key in present[name]}
        """Members of groups that had become too small: they are seated anew."""
        labels = np.full(len(keys), -1, np.int64)
        for at, ids in enumerate(whole.values()):
            labels[[self._number[key] for key in ids]] = at
        self._core.load(*items_with_texts(round_, keys, self._units, self._dense), labels)
        self._group = dict(zip(whole, range(len(whole)), strict=True))

    def call(self, name: str, members: Iterable[str]) -> None:
        """Give a new group its name."""
        self._group[name] = self._core.group_of(self._number[next(iter(members))])

    def uncall(self, name: str) -> None:
        """Forget what a group is called; what is left of it is a new one."""
        self._group.pop(name, None)

    def adopt(self, named: Members, new: Sequence[Sequence[str]]) -> None:
        """Take over the groups of a look at everybody, who are all here; others sit nowhere."""
        groups = [*named.values(), *new]
        at = {self._number[key]: group for group, ids in enumerate(groups) for key in ids}
        self._core.adopt(at)
        self._group = dict(zip(named, range(len(named)), strict=True))
        self._parted = set()

    def round(
        self, round_: Round, changed: set[str], nudged: set[str], free: set[str]
    ) -> tuple[Members, list[list[str]]]:
        """
        Seat who changed, and those who wait and were nudged by that.

        Returns
        -------
        tuple
            Groups that live on by their names, and new ones.
        """
        gone = sorted(self._number.keys() - free)
        self._core.withdraw_all([self._number.pop(key) for key in gone])
        new = sorted((free & changed) - self._number.keys())
        for key in new:  # known before what was decided about them is
            self._note(key, self._core.insert(self._item(round_, key)))
        self._obey(round_)
        for key in sorted(free & changed):
            self._seat(round_, key, anew=key in new)
        self._keep_the_cap(round_, changed)
        for key in sorted(self._nudged(round_, changed, nudged | self._parted)):
            self._join(round_, key)
        self._parted = set()
        return self._groups()

    def _groups(self) -> tuple[Members, list[list[str]]]:
        found = self._core.groups()
        kept = {
            name: [self._key[number] for number in found.pop(at)]
            for name, at in sorted(self._group.items())
            if at in found
        }
        self._group = {name: self._group[name] for name in kept}
        return kept, [[self._key[number] for number in ids] for ids in found.values()]

    def _seat(self, round_: Round, key: str, *, anew: bool) -> None:
        """Seat one that is new, or changed, where it is pinned to or fits best."""
        number, near = self._number[key], self._near(round_, key)
        wanted = self._group.get(round_.rulings.pins.get(key, ""), -1)
        if not anew:
            item = self._item(round_, key)
            self._note(key, self._core.revise(number, item, to=wanted, near=near)[0])
        elif self._core.put(number, wanted) is None and self._core.group_of(number) < 0:
            self._core.join(number, near=near)

    def _join(self, round_: Round, key: str) -> None:
        if self._core.group_of(self._number[key]) < 0:
            self._core.join(self._number[key], near=self._near(round_, key))

    def _item(self, round_: Round, key: str) -> Item:
        unit = self._unit(round_.entries[key].unit.id)
        return item_of(round_, key, unit, self._dense)

    def _near(self, round_: Round, key: str) -> dict[int, float]:
        """The nearest who are here, strongest first; the pool knows them exactly."""
        known = round_.neighbours.near[key].items()
        ranked = sorted(known, key=lambda item: (-item[1], item[0]))
        here = [(self._number[other], fit) for other, fit in ranked if other in self._number]
        return dict(here[:WIDE])

    def _nudged(self, round_: Round, changed: set[str], nudged: set[str]) -> Iterable[str]:
        """Who may have a seat now: the nudged, and who is near one that came or changed."""
        found = nudged | (self._number.keys() & changed)
        for key in self._number.keys() & changed:
            near = round_.neighbours.near[key]
            found |= {other for other, fit in near.items() if fit > round_.rules.threshold}
        return found & self._number.keys()

    def _keep_the_cap(self, round_: Round, changed: Iterable[str]) -> None:
        """Free seats of units that a live group has brought above their cap, the weakest first."""
        units = {round_.entries[key].unit.id for key in changed if key in round_.entries}
        over = {unit for unit in units if self._core.excess(self._unit(unit)) > 0}
        if not over:
            return
        own: dict[str, list[tuple[bool, float, str]]] = {}
        for key, number in sorted(self._number.items()):
            unit = round_.entries[key].unit.id
            if unit in over and (group := self._core.group_of(number)) >= 0:
                others = [one for one in self._core.members(group) if one != number]
                worth = float(self._core.affinity(number, others).sum())
                own.setdefault(unit, []).append((key in round_.rulings.pins, worth, key))
        for unit, seats in own.items():
            for _, _, key in sorted(seats)[: self._core.excess(self._unit(unit))]:
                self._core.free(self._number[key])

    def _note(self, key: str, number: int) -> None:
        self._number[key], self._key[number] = number, key

    def _obey(self, round_: Round) -> None:
        rulings, number = round_.rulings, self._number
        self._core.decide(
            apart=[_rising(number, pair) for pair in rulings.apart if pair <= number.keys()],
            kept_out=[
                (self._group[name], number[key])
                for name, key in rulings.kept_out
                if name in self._group and key in number
            ],
            pinned=[
                number[key]
                for key, name in rulings.pins.items()
                if key in number and name in self._group
            ],
        )
        seated = [key for key in rulings.seats if key in round_.entries]
        self._core.hold(Counter(self._unit(round_.entries[key].unit.id) for key in seated))

    def _unit(self, unit_id: str) -> int:
        return self._units.setdefault(unit_id, len(self._units))


def _rising(number: Mapping[str, int], pair: Iterable[str]) -> tuple[int, int]:
    low, high = sorted(number[key] for key in pair)
    return low, high
