"""The warm pool: who is here, who shares what, which groups follow from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from matcher.answers import Answers
from matcher.choosing import Found
from matcher.decisions import Decisions
from matcher.entries import ByUnit, Entry, entry_of
from matcher.forming import Forming
from matcher.looking import Look, Looked
from matcher.neighbours import Neighbours
from matcher.params import GroupRules
from matcher.peers import Peers
from matcher.rounds import Members, Round
from matcher.rulings import Rulings
from matcher.seats import late_seats
from matcher.text.encoders import Encoder
from matcher.told import Proposed, Told, moves
from schemas.challenges import ChallengeCard
from schemas.groups import GroupProposal, ProposedMember
from schemas.units import UnitProfile


@dataclass
class Pool(Answers, Decisions):
    """
    Challenges with their units, what was decided about them, and the present proposals.

    Pure: it reads no clock and no file but the packaged data, and the same calls in the
    same order give the same answers. Ids of new proposals come from ``new_id``, else from
    the seed and the members. With an ``encoder`` its vectors take part in the likeness.
    """

    rules: GroupRules = field(default_factory=GroupRules)
    seed: int = 0
    new_id: Callable[[], str] | None = None
    encoder: Encoder | None = None

    def __post_init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._units = ByUnit()
        self._neighbours = Neighbours(self.rules.affinity)
        self._rulings = Rulings()
        self._told = Told()
        self._forming = Forming()
        self._peers = Peers(self._entries, self._neighbours, self.rules.threshold)
        self._before: Members = {}

    @property
    def _proposals(self) -> dict[str, GroupProposal]:
        return self._told.proposals

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    # Who is here.

    def add(self, card: ChallengeCard, unit: UnitProfile) -> None:
        """Add a challenge, or take over a changed one."""
        self._take(entry_of(card, unit, self.encoder))

    def revise(self, card: ChallengeCard, unit: UnitProfile) -> None:
        """Take over a changed challenge or unit."""
        self.add(card, unit)

    def learn(self, unit: UnitProfile) -> None:
        """Take over a unit's changed profile for all its challenges."""
        for key in list(self._units[unit.id]):
            entry = self._entries[key]
            self._take(Entry(entry.card, unit, entry.need, entry.offer))

    def withdraw(self, challenge_id: str) -> None:
        """Take a challenge out; an unknown one changes nothing."""
        entry = self._entries.pop(challenge_id, None)
        if entry is not None:
            self._units.drop(entry)
            # Whom the cap of their unit kept out may have a seat now, as may whoever was near.
            near = self._neighbours.near.get(challenge_id, ())
            self._forming.gone(challenge_id, {*self._units[entry.unit.id], *near})
            self._neighbours.remove(challenge_id)
            self._peers.forget(challenge_id)

    def _take(self, entry: Entry) -> None:
        self._units.put(entry, self._entries.get(entry.key))
        self._entries[entry.key] = entry
        self._forming.nudged |= self._neighbours.near.get(entry.key, {}).keys()
        self._neighbours.change(entry.key)
        self._forming.changed.add(entry.key)
        self._peers.forget(entry.key)

    @property
    def restless(self) -> bool:
        """Whether to look at everybody once more, ``propose(whole=True)``, may find better."""
        return self._forming.restless or self._forming.waits

    @property
    def keeps_up(self) -> bool:
        """Whether a round may seat one by one what changed, and leave the rest to a look."""
        return self._forming.keeps_up(len(self._free()))

    @property
    def is_due(self) -> bool:
        """Whether so much was seated one by one that a look need not wait for quiet."""
        return self._forming.is_due(len(self._free()))

    # To be kept.

    def snapshot(self) -> dict[str, Any]:
        """
        All of the pool as JSON holds it; the statistics of the texts are taken anew.

        A pool made with ``Pool.restored`` from it answers as this one does from here on.
        """
        self._neighbours.settle(self._entries, anew=True)
        self._peers.forget_all()
        self._forming.forget()
        return {
            "rules": self.rules.model_dump(mode="json"),
            "seed": self.seed,
            "units": _unique(entry.unit for entry in self._entries.values()),
            "cards": [self._entries[key].card.model_dump(mode="json") for key in sorted(self)],
            **self._told.snapshot(),
            **self._forming.snapshot(),
            "rulings": self._rulings.snapshot(),
        }

    @classmethod
    def restored(
        cls,
        kept: Mapping[str, Any],
        new_id: Callable[[], str] | None = None,
        encoder: Encoder | None = None,
    ) -> "Pool":
        """Make the pool of a snapshot; it names no encoder, since that is no part of the state."""
        pool = cls(GroupRules.model_validate(kept["rules"]), kept["seed"], new_id, encoder)
        units = {unit["id"]: UnitProfile.model_validate(unit) for unit in kept["units"]}
        for body in kept["cards"]:
            card = ChallengeCard.model_validate(body)
            pool.add(card, units[card.unit_id])
        pool._neighbours.settle(pool._entries, anew=True)
        pool._told = Told.restored(kept)
        pool._rulings = Rulings.restored(**kept["rulings"])
        pool._forming = Forming.restored(kept)
        return pool

    # The round.

    def propose(self, *, whole: bool | None = None) -> Proposed:
        """
        Form groups, keeping the present ones as far as they hold.

        What changed is seated one by one beside groups that stay, and everything is looked
        at when the pool is small or much has changed since; ``whole`` decides it. A proposal
        keeps its id as long as it lives, and gets a higher version only when its members,
        their challenges or their units changed.
        """
        return self._told_of(partial(self._forming.form, whole=whole))

    def look(self) -> Look | None:
        """
        Begin to look at everybody once more; None when changes wait, or nothing would be found.

        ``Look.search`` may run in another thread while this pool goes on; what it finds is
        taken up with ``take_up``.
        """
        self._settle()
        now = replace(
            self._round(),
            entries=dict(self._entries),
            neighbours=self._neighbours.copy(),
            rulings=self._rulings.copy(),
        )
        return self._forming.look(now, self._free(), self._members())

    def take_up(self, looked: Looked) -> Proposed:
        """
        Take over what a look found, as far as it still holds, and place what changed meanwhile.

        Who came, changed or was decided about since the look began keeps the seat it has; where
        the rest is worth no more than what is here by now, it is a round as if there had been no
        look. The same changes and the same look give the same answer.
        """
        return self._told_of(partial(self._forming.take_up, looked=looked))

    def _told_of(self, form: Callable[[Round, set[str], Members], Found]) -> Proposed:
        """Put the groups that follow into words, where they are others than before."""
        self._settle()
        before = self._before = self._members()
        seats = self._offer_seats()
        free = self._free()
        kept, new = form(self._round(), free, before)
        after = dict(kept)
        for ids in new:
            name = self._name(ids, after)
            after[name] = ids
            self._forming.call(name, ids)
        concerned = self._forming.changed.__contains__
        changed = self._told.tell(after, concerned, self._version, self._worded)
        lapsed = self._told.lapse(after)
        left, anew = self._forming.left_out(self._round(), free, before, after, self._units)
        self._forming.done()
        told = tuple(self._told.proposals.values())
        moved = moves(before, after)
        return Proposed(told, lapsed, left, seats, frozenset(changed), moved, anew)

    def _offer_seats(self) -> tuple[tuple[str, ProposedMember], ...]:
        seats = late_seats(self._round(), self._peers.between, self._waiting())
        for group_id, member in seats:
            self.seat(member.challenge_id, group_id)
        return seats

    def _version(self, key: str) -> tuple[str, int, int]:
        entry = self._entries[key]
        return key, entry.card.version, entry.unit.version

    def _name(self, ids: Sequence[str], kept: Mapping[str, object]) -> str:
        """A name that no proposal has or had: a decided or lapsed one is never opened again."""
        if self.new_id is not None:
            return self.new_id()
        return self._told.name(f"{self.seed}:{':'.join(sorted(ids))}", kept)


def _unique(units: Iterable[UnitProfile]) -> list[dict[str, Any]]:
    known = {unit.id: unit for unit in units}
    return [known[key].model_dump(mode="json") for key in sorted(known)]
