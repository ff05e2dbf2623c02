"""The warm pool: who is here, who shares what, which groups follow from it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from matcher.elsewhere import places
from matcher.entries import Entry, entry_of, need_of
from matcher.left_out import why_left_out
from matcher.neighbours import Neighbours, nearest
from matcher.params import GroupRules
from matcher.quality import quality
from matcher.reasons import MEETS, Rarity, difference, offer_reason, pair_reasons
from matcher.rounds import Members, Round
from matcher.rulings import Rulings
from matcher.seats import late_seats, refill, substitutes
from matcher.text import Features, features
from matcher.text.encoders import Encoder
from matcher.text.kept import with_dense
from matcher.variants import variants
from matcher.wording import fit_of, word_proposal
from schemas.challenges import ChallengeCard, ChallengeDraft
from schemas.groups import GroupProposal, Peer, Place, ProposedMember, Quality, Refill, Variant
from schemas.reasons import Reason
from schemas.units import UnitProfile

WHOLE_UP_TO = 400
"""Free challenges up to which every round looks at all of them: a round takes 50 ms."""
DEBT = 10
"""Beyond that, all are looked at again when a tenth of the pool has changed."""
AROUND = 6
"""Groups round a changed challenge that a small round may rearrange."""
TYPED = 600
"""Characters of a text being typed that a neural encoder reads: whoever types waits for it."""
SHOWN = 0.6
"""Share of the threshold from which a challenge is shown as a peer."""

Signature = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Proposed:
    """What a round came to."""

    proposals: tuple[GroupProposal, ...]
    lapsed: tuple[tuple[str, int], ...]
    """Ids of proposals that are made no more, with the version that says so."""
    left_out: dict[str, Reason]
    seats: tuple[tuple[str, ProposedMember], ...]
    """Late challenges for live groups: group id and member."""
    changed: frozenset[str] = frozenset()
    """Ids of proposals that are new or have a higher version."""
    moved: tuple[tuple[str, str, str], ...] = ()
    """Who moved: challenge, proposal it was in, proposal it is in now or ``""``."""


@dataclass
class Pool:
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
        self._neighbours = Neighbours(self.rules.affinity)
        self._rulings = Rulings()
        self._proposals: dict[str, GroupProposal] = {}
        self._signatures: dict[str, Signature] = {}
        self._used: dict[str, int] = {}
        self._dirty: set[str] = set()
        self._pairs: dict[tuple[str, str], tuple[Reason, ...]] = {}
        self._before: Members = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, challenge_id: str) -> bool:
        return challenge_id in self._entries

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
        for entry in list(self._entries.values()):
            if entry.unit.id == unit.id:
                self._take(Entry(entry.card, unit, entry.need, entry.offer))

    def withdraw(self, challenge_id: str) -> None:
        """Take a challenge out; an unknown one changes nothing."""
        if self._entries.pop(challenge_id, None) is not None:
            self._dirty |= set(self._neighbours.near.get(challenge_id, ()))
            self._neighbours.remove(challenge_id)
            self._forget(challenge_id)
        self._dirty.discard(challenge_id)

    def _take(self, entry: Entry) -> None:
        self._entries[entry.key] = entry
        self._neighbours.change(entry.key)
        self._dirty.add(entry.key)
        self._forget(entry.key)

    def _forget(self, challenge_id: str) -> None:
        for pair in [pair for pair in self._pairs if challenge_id in pair]:
            del self._pairs[pair]

    # What was decided.

    def pin(self, challenge_id: str, proposal_id: str) -> None:
        """Keep a challenge in a proposal."""
        self._rulings.pin(challenge_id, proposal_id)
        self._dirty.add(challenge_id)

    def keep_out(self, challenge_id: str, proposal_id: str) -> None:
        """Keep a challenge out of a proposal."""
        self._rulings.keep_out(challenge_id, proposal_id)
        self._dirty.add(challenge_id)

    def decide(self, rulings: Iterable[tuple[str, str, str]]) -> None:
        """
        Take over everything that people decided, in place of what was decided before.

        Each ruling is ``(kind, challenge id, other)``: ``pin`` keeps a challenge in a
        proposal, ``keep-out`` out of one, ``apart`` from another challenge; ``seat`` says
        that it has or is offered a seat in a live group, ``declined`` that it does not want
        one there.

        Raises
        ------
        ValueError
            When a kind is none of these.
        """
        before, self._rulings = self._rulings, Rulings.of(rulings)
        self._dirty |= before.differs(self._rulings)

    def keep_apart(self, one: str, other: str) -> None:
        """Never propose two challenges together."""
        self._rulings.apart.add(frozenset((one, other)))
        self._dirty |= {one, other}

    def approve(self, group_id: str, proposal_id: str, members: Iterable[str]) -> None:
        """Turn a proposal into a live group; its members are no longer free."""
        seated = list(members)
        for challenge_id in seated:
            self.seat(challenge_id, group_id)
        self._close(proposal_id)

    def reject(self, proposal_id: str, members: Iterable[str]) -> None:
        """Drop a proposal and keep its members apart."""
        known = list(members)
        for place, one in enumerate(known):
            for other in known[place + 1 :]:
                self.keep_apart(one, other)
        self._close(proposal_id)

    def seat(self, challenge_id: str, group_id: str) -> None:
        """Note that a challenge has, or is offered, a seat in a live group."""
        self._rulings.seat(challenge_id, group_id)
        self._dirty.add(challenge_id)

    def free(self, challenge_id: str, group_id: str) -> None:
        """Note that a challenge declined a group: free again, but not for this group."""
        self._rulings.free(challenge_id, group_id)
        self._dirty.add(challenge_id)

    def restore(
        self, proposals: Iterable[GroupProposal], used: Mapping[str, int] | None = None
    ) -> None:
        """
        Start from these proposals, in place of the present ones.

        Those that are what they were here change nothing. ``used`` are the last versions
        of proposals that are made no more; none is made under their ids again.
        """
        told = {proposal.id: proposal for proposal in proposals}
        self._used.update(used or {})
        for key in sorted(self._proposals.keys() - told.keys()):
            self._close(key)
        for key, proposal in told.items():
            if self._proposals.get(key) != proposal:
                self._signatures.pop(key, None)
                self._dirty |= {m.challenge_id for m in proposal.members}
        self._proposals = told
        self._before = self._members()

    def snapshot(self) -> dict[str, Any]:
        """
        All of the pool as JSON holds it; the statistics of the texts are taken anew.

        A pool made with ``Pool.restored`` from it answers as this one does from here on.
        """
        self._neighbours.settle(self._entries, anew=True)
        self._pairs = {}
        return {
            "rules": self.rules.model_dump(mode="json"),
            "seed": self.seed,
            "units": _unique(entry.unit for entry in self._entries.values()),
            "cards": [self._entries[key].card.model_dump(mode="json") for key in sorted(self)],
            "proposals": [p.model_dump(mode="json") for p in self._proposals.values()],
            "signatures": {key: list(map(list, told)) for key, told in self._signatures.items()},
            "used": dict(sorted(self._used.items())),
            "dirty": sorted(self._dirty),
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
        pool.restore(map(GroupProposal.model_validate, kept["proposals"]), kept["used"])
        pool._signatures = {
            key: tuple((challenge, card, unit) for challenge, card, unit in told)
            for key, told in kept["signatures"].items()
        }
        pool._rulings = Rulings.restored(**kept["rulings"])
        pool._dirty = set(kept["dirty"])
        return pool

    def _close(self, proposal_id: str) -> None:
        gone = self._proposals.pop(proposal_id, None)
        if gone is not None:
            self._used[proposal_id] = gone.version
            self._dirty |= {m.challenge_id for m in gone.members}

    # What can be asked.

    def peers(self, challenge_id: str, limit: int = 10) -> list[Peer]:
        """Return the challenges of other units that share most with one of the pool."""
        entry = self._entries.get(challenge_id)
        if entry is None:
            return []
        self._settle()
        return [
            _peer(self._entries[key], fit, self._why(entry, self._entries[key]))
            for key, fit in self._best(entry, limit)
        ]

    def beside(self, challenge_id: str, limit: int = 10) -> set[str]:
        """Challenges that one of the pool is a peer of: whose peers change when it does."""
        self._settle()
        entry = self._entries.get(challenge_id)
        if entry is None:
            return set()
        return {
            key
            for key in self._neighbours.near[challenge_id]
            if any(near == challenge_id for near, _ in self._best(self._entries[key], limit))
        }

    def peers_of(
        self, draft: ChallengeDraft | str, language: str = "", unit_id: str = "", limit: int = 10
    ) -> list[Peer]:
        """Return the challenges that share most with a text nobody has registered."""
        self._settle()
        if isinstance(draft, str):
            (need,) = with_dense([features(draft, language)], [draft[:TYPED]], self.encoder)
        else:
            need = need_of(draft, self.encoder)
        keys, scores = self._neighbours.likeness.scores(need)
        full = self.rules.affinity.full_likeness
        near = {keys[at]: min(1.0, float(scores[at]) / full) for at in nearest(keys, scores)}
        others = {k: v for k, v in near.items() if self._entries[k].unit.id != unit_id}
        rarity = self._rarity()
        best = sorted(others.items(), key=lambda item: (-item[1], item[0]))[:limit]
        return [
            _peer(
                self._entries[key],
                fit,
                pair_reasons(need, self._entries[key], rarity, fit)
                + self._offered("offers-you", self._entries[key].offer, need)
                + difference(need, self._entries[key].need, rarity),
            )
            for key, fit in best
            if fit >= SHOWN * self.rules.threshold
        ]

    def _best(self, entry: Entry, limit: int) -> list[tuple[str, float]]:
        near = self._neighbours.near[entry.key]
        return sorted(
            (
                (key, fit)
                for key, fit in near.items()
                if fit >= SHOWN * self.rules.threshold
                and self._entries[key].unit.id != entry.unit.id
            ),
            key=lambda item: (-item[1], item[0]),
        )[:limit]

    def substitutes(self, members: Iterable[str], limit: int = 5) -> list[ProposedMember]:
        """
        Who could take a free seat beside these members, best first.

        ``fit`` is the mean affinity to them. Only free challenges that sit in no proposal
        and keep every rule of the group are offered.
        """
        self._settle()
        present = [key for key in members if key in self._entries]
        return substitutes(self._round(), self._between, present, self._waiting(), limit)

    def refill(self, group_id: str, limit: int = 5) -> Refill:
        """Who could take a free seat of a live group, and how close the group would be then."""
        self._settle()
        return refill(self._round(), self._between, group_id, self._waiting(), limit)

    def _waiting(self) -> list[str]:
        return sorted(self._free() - self._proposed())

    def places(self, challenge_id: str, limit: int = 5) -> tuple[Place, ...]:
        """
        Groups a challenge could go to, and which rules would have to be relaxed for each.

        Those with the fewest rules in the way come first, then those that fit best; of a
        challenge with a seat in a live group there are none.
        """
        if challenge_id not in self._entries:
            return ()
        self._settle()
        return places(self._round(), challenge_id, self._members(), limit)

    def variants(self, proposal_id: str, limit: int = 3) -> tuple[Variant, ...]:
        """Other ways of making a proposed group, out of its members and those who wait."""
        self._settle()
        present = self._members()
        if len(present.get(proposal_id, ())) < 2:
            return ()

        def why(ids: Sequence[str]) -> tuple[Reason, ...]:
            return word_proposal(
                self._round(), self._between, self._rarity(), proposal_id, ids, 1
            ).reasons

        return variants(self._round(), why, proposal_id, present, limit)

    def quality(self) -> Quality:
        """How good the proposals are together, and how much the last round moved."""
        self._settle()
        return quality(self._round(), self._members(), self._before)

    # The round.

    def propose(self, *, whole: bool | None = None) -> Proposed:
        """
        Form groups, keeping the present ones as far as they hold.

        Only what a change can reach is looked at, and everything when the pool is small or
        much has changed; ``whole`` decides it. A proposal keeps its id as long as it lives,
        and gets a higher version only when its members, their challenges or their units
        changed.
        """
        self._settle()
        before = self._before = self._members()
        seats = self._offer_seats()
        kept, new = self._form(before, whole)
        after = kept | {self._name(ids, kept): ids for ids in new}
        moved = _moves(before, after)
        proposals, changed = self._word(after)
        lapsed = tuple(
            (key, self._proposals[key].version + 1)
            for key in sorted(self._proposals)
            if key not in proposals
        )
        self._used.update(lapsed)
        self._proposals = proposals
        self._dirty = set()
        placed = {key for ids in after.values() for key in ids}
        left = {
            key: why_left_out(self._round(), key, list(after.values()))
            for key in sorted(self._free() - placed)
        }
        return Proposed(tuple(proposals.values()), lapsed, left, seats, frozenset(changed), moved)

    def _settle(self) -> None:
        self._neighbours.settle(self._entries)

    def _round(self) -> Round:
        return Round(self._entries, self._neighbours, self.rules, self._rulings, self.seed)

    def _free(self) -> set[str]:
        return set(self._entries) - set(self._rulings.seats)

    def _proposed(self) -> set[str]:
        return {m.challenge_id for p in self._proposals.values() for m in p.members}

    def _members(self) -> Members:
        """Present proposals by their members who are still here and free."""
        free = self._free()
        return {
            key: [m.challenge_id for m in proposal.members if m.challenge_id in free]
            for key, proposal in sorted(self._proposals.items())
        }

    def _offer_seats(self) -> tuple[tuple[str, ProposedMember], ...]:
        seats = late_seats(self._round(), self._between, self._waiting())
        for group_id, member in seats:
            self._rulings.seat(member.challenge_id, group_id)
        return seats

    def _form(self, before: Members, whole: bool | None) -> tuple[Members, list[list[str]]]:
        if not self._dirty and whole is not True:
            return before, []
        free = self._free()
        if whole is None:
            whole = len(free) <= WHOLE_UP_TO or len(self._dirty) * DEBT > len(free)
        if whole:
            return self._round().form(sorted(free), before)
        reach, near = self._reach(free, before)
        rest = {key: ids for key, ids in before.items() if key not in near}
        kept, new = self._round().form(sorted(reach), near)
        return rest | kept, new

    def _reach(self, free: set[str], before: Members) -> tuple[set[str], Members]:
        """What the changes can reach: them, the waiting near them, the groups nearest them."""
        home = {key: at for at, ids in before.items() for key in ids}
        reach = self._dirty & free
        near_groups = {home[key] for key in reach if key in home}
        near_groups |= {at for key, at in self._rulings.pins.items() if key in reach}
        for key in sorted(self._dirty & set(self._entries)):
            ranked = sorted(
                self._neighbours.near[key].items(), key=lambda item: (-item[1], item[0])
            )
            for other, _ in ranked:
                if other in free and other not in home:
                    reach.add(other)
            nearest_groups = dict.fromkeys(home[other] for other, _ in ranked if other in home)
            near_groups |= set(list(nearest_groups)[:AROUND])
        near = {at: before[at] for at in sorted(near_groups) if at in before}
        return reach | {key for ids in near.values() for key in ids}, near

    def _word(self, after: Members) -> tuple[dict[str, GroupProposal], set[str]]:
        """Put groups into words; one whose members are what they were stays as it was told."""
        made, changed, signatures = {}, set(), {}
        for key, ids in sorted(after.items()):
            known = self._proposals.get(key)
            signature = self._signature(ids)
            signatures[key] = signature
            told = self._signatures.get(key)
            if known is not None and (told or _told(known, signature)) == signature:
                made[key] = known
                continue
            version = (known.version if known is not None else self._used.get(key, 0)) + 1
            made[key] = word_proposal(
                self._round(), self._between, self._rarity(), key, ids, version
            )
            changed.add(key)
        self._signatures = signatures
        return made, changed

    def _signature(self, ids: Iterable[str]) -> Signature:
        return tuple(
            (key, self._entries[key].card.version, self._entries[key].unit.version)
            for key in sorted(ids)
        )

    def _between(self, one: str, other: str) -> tuple[Reason, ...]:
        """Why two of the pool share something; kept until either changes."""
        pair = (one, other)
        if pair not in self._pairs:
            first, second = self._entries[one], self._entries[other]
            fit = self._neighbours.between(one, other)
            self._pairs[pair] = pair_reasons(first.need, second, self._rarity(), fit)
        return self._pairs[pair]

    def _why(self, one: Entry, other: Entry) -> tuple[Reason, ...]:
        """Why a challenge is a peer: what both share, give and get, and what differs."""
        return (
            self._between(one.key, other.key)
            + self._offered("offers-you", other.offer, one.need)
            + self._offered("you-offer", one.offer, other.need)
            + difference(one.need, other.need, self._rarity())
        )

    def _offered(self, code: str, offer: Features | None, need: Features) -> tuple[Reason, ...]:
        """That an offer meets a need, where it does: by the likeness that the affinity has."""
        if offer is None:
            return ()
        met = self._neighbours.meets(offer, need)
        return (offer_reason(code, offer, need, self._rarity(), met),) if met >= MEETS else ()

    def _rarity(self) -> Rarity:
        return self._neighbours.rarity()

    def _name(self, ids: Iterable[str], kept: Mapping[str, Any]) -> str:
        """A name that no proposal has or had: a decided or lapsed one is never opened again."""
        if self.new_id is not None:
            return self.new_id()
        words = f"{self.seed}:{':'.join(sorted(ids))}"
        name = _hashed(words)
        turn = 1
        while name in self._used or name in self._proposals or name in kept:
            turn += 1
            name = _hashed(f"{words}:{turn}")
        return name


def _hashed(words: str) -> str:
    return "pr-" + sha256(words.encode()).hexdigest()[:16]


def _peer(entry: Entry, fit: float, reasons: tuple[Reason, ...]) -> Peer:
    return Peer(challenge_id=entry.key, unit_id=entry.unit.id, fit=fit_of(fit), reasons=reasons)


def _told(proposal: GroupProposal, signature: Signature) -> Signature:
    """A restored proposal counts as told of its members as they are now."""
    ids = sorted(member.challenge_id for member in proposal.members)
    return signature if ids == [key for key, _, _ in signature] else ()


def _moves(before: Members, after: Members) -> tuple[tuple[str, str, str], ...]:
    now = {key: at for at, ids in after.items() for key in ids}
    return tuple(
        (key, at, now.get(key, ""))
        for at, ids in sorted(before.items())
        for key in sorted(ids)
        if now.get(key) != at
    )


def _unique(units: Iterable[UnitProfile]) -> list[dict[str, Any]]:
    known = {unit.id: unit for unit in units}
    return [known[key].model_dump(mode="json") for key in sorted(known)]
