"""The warm pool: who is here, who shares what, which groups follow from it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from matcher.params import GroupRules
from matcher.text import Collection, Features, Shelf, explain, features, similarity
from schemas.challenges import ChallengeCard, ChallengeDraft
from schemas.codes import Language
from schemas.groups import GroupProposal, Peer, ProposedMember
from schemas.reasons import Concept, Reason
from schemas.units import UnitProfile


@dataclass(frozen=True)
class Proposed:
    """What a round came to."""

    proposals: tuple[GroupProposal, ...]
    lapsed: tuple[tuple[str, int], ...]
    """Ids of proposals that are made no more, with the version that says so."""
    left_out: dict[str, Reason]
    seats: tuple[tuple[str, ProposedMember], ...]
    """Late challenges for live groups: group id and member."""


@dataclass
class Entry:
    """A challenge in the pool."""

    card: ChallengeCard
    unit: UnitProfile
    features: Features


@dataclass
class Pool:
    """
    Challenges with their units, what was decided about them, and the present proposals.

    Pure: it reads no clock and no file but the packaged data, and the same calls in the
    same order give the same answers.
    """

    rules: GroupRules = field(default_factory=GroupRules)
    seed: int = 0

    def __post_init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._told: dict[tuple[str, str], tuple[Reason, ...]] = {}
        self._proposals: dict[str, GroupProposal] = {}
        self._pins: dict[str, str] = {}
        self._kept_out: set[tuple[str, str]] = set()
        self._apart: set[frozenset[str]] = set()
        self._seats: dict[str, str] = {}
        self._declined: set[tuple[str, str]] = set()
        self._groups: dict[str, tuple[str, ...]] = {}
        self._shelf: tuple[list[str], Shelf] | None = None
        self._alike: tuple[dict[str, int], NDArray[np.float32]] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, challenge_id: str) -> bool:
        return challenge_id in self._entries

    def add(self, card: ChallengeCard, unit: UnitProfile) -> None:
        """Add a challenge."""
        self._forget(card.id)
        self._entries[card.id] = Entry(card, unit, _features(card))
        self._shelf = self._alike = None

    def revise(self, card: ChallengeCard, unit: UnitProfile) -> None:
        """Take over a changed challenge or unit."""
        self.add(card, unit)

    def learn(self, unit: UnitProfile) -> None:
        """Take over a unit's changed profile for all its challenges."""
        for entry in self._entries.values():
            if entry.unit.id == unit.id:
                entry.unit = unit

    def withdraw(self, challenge_id: str) -> None:
        """Take a challenge out; an unknown one changes nothing."""
        self._entries.pop(challenge_id, None)
        self._forget(challenge_id)
        self._shelf = self._alike = None

    def decide(self, rulings: Iterable[tuple[str, str, str]]) -> None:
        """
        Take over everything that people decided, in place of what was decided before.

        Each ruling is ``(kind, challenge id, other)``: ``pin`` keeps a challenge in a
        proposal, ``keep-out`` out of one, ``apart`` from another challenge; ``seat`` says
        that it has or is offered a seat in a live group, ``declined`` that it does not want
        one there.
        """
        self._pins, self._seats = {}, {}
        self._kept_out, self._declined, self._apart = set(), set(), set()
        for kind, challenge_id, other in rulings:
            if kind == "pin":
                self._pins[challenge_id] = other
            elif kind == "keep-out":
                self._kept_out.add((other, challenge_id))
            elif kind == "apart":
                self._apart.add(frozenset((challenge_id, other)))
            elif kind == "seat":
                self._seats[challenge_id] = other
            elif kind == "declined":
                self._declined.add((other, challenge_id))
            else:
                raise ValueError(f"there is no ruling {kind!r}")

    def restore(self, proposals: Iterable[GroupProposal]) -> None:
        """Start from these proposals, in place of the present ones."""
        self._proposals = {proposal.id: proposal for proposal in proposals}

    def peers(self, challenge_id: str, limit: int = 10) -> list[Peer]:
        """Return the challenges of other units that share most with one of the pool."""
        entry = self._entries.get(challenge_id)
        if entry is None:
            return []
        return self._peers(entry.features, entry.unit.id, limit)

    def peers_of(
        self, draft: ChallengeDraft | str, language: str = "", unit_id: str = "", limit: int = 10
    ) -> list[Peer]:
        """Return the challenges that share most with a text nobody has registered."""
        asked = draft if isinstance(draft, str) else _text(draft)
        return self._peers(features(asked, language), unit_id, limit)

    def propose(self) -> Proposed:
        """Form groups, keeping the present ones as far as they hold."""
        before = dict(self._proposals)
        members, taken = self._kept(), set(self._seats)
        for ids in members.values():
            taken.update(ids)
        free = sorted(key for key in self._entries if key not in taken)
        seats = self._late(free)
        free = [key for key in free if key not in {m.challenge_id for _, m in seats}]
        self._join(free, members)
        self._grow(free, members)
        made = {key: self._worded(key, ids, before.get(key)) for key, ids in members.items()}
        self._proposals = made
        lapsed = tuple((k, p.version + 1) for k, p in sorted(before.items()) if k not in made)
        left = {key: self._why_left(key) for key in free if not self._placed(key, made)}
        return Proposed(tuple(made.values()), lapsed, left, seats)

    def _forget(self, challenge_id: str) -> None:
        for pair in [pair for pair in self._told if challenge_id in pair]:
            del self._told[pair]

    def _ordered(self) -> tuple[list[str], Shelf]:
        if self._shelf is None:
            keys = sorted(self._entries)
            kept = [self._entries[key].features for key in keys]
            self._shelf = keys, Shelf(kept, Collection(kept))
        return self._shelf

    def _peers(self, text: Features, unit_id: str, limit: int) -> list[Peer]:
        if not self._entries:
            return []
        keys, shelf = self._ordered()
        scores = shelf.scores(text)
        found: list[Peer] = []
        for place in np.argsort(-scores, kind="stable"):
            entry = self._entries[keys[int(place)]]
            if entry.unit.id == unit_id or scores[place] < self.rules.threshold * 0.75:
                continue
            told = self._shared(text, entry.features)
            fit = _fit(float(scores[place]))
            found.append(
                Peer(challenge_id=entry.card.id, unit_id=entry.unit.id, fit=fit, reasons=told)
            )
            if len(found) == limit:
                break
        return found

    def _between(self, one: str, other: str) -> tuple[Reason, ...]:
        """Why two of the pool share something; kept until either changes."""
        pair = (one, other)
        if pair not in self._told:
            first, second = self._entries[one], self._entries[other]
            self._told[pair] = self._shared(first.features, second.features)
        return self._told[pair]

    def _shared(self, one: Features, other: Features) -> tuple[Reason, ...]:
        _, shelf = self._ordered()
        told = explain(one, other, collection=shelf.collection)
        concepts = tuple(shared.concept for shared in told.shared[:3])
        return (Reason(code=told.code, concepts=concepts),)

    def _scores(self) -> tuple[dict[str, int], NDArray[np.float32]]:
        if self._alike is None:
            keys, shelf = self._ordered()
            kept = [self._entries[key].features for key in keys]
            rows = {key: place for place, key in enumerate(keys)}
            self._alike = rows, similarity(kept, shelf.collection)
        return self._alike

    def _kept(self) -> dict[str, list[str]]:
        members: dict[str, list[str]] = {}
        for key, proposal in self._proposals.items():
            ids = [
                m.challenge_id
                for m in proposal.members
                if m.challenge_id in self._entries
                and m.challenge_id not in self._seats
                and (key, m.challenge_id) not in self._kept_out
                and self._pins.get(m.challenge_id, key) == key
            ]
            members[key] = ids
        for challenge_id, key in self._pins.items():
            here = key in members and challenge_id in self._entries
            if here and challenge_id not in members[key]:
                members[key].append(challenge_id)
        return {key: ids for key, ids in members.items() if len(ids) >= self.rules.lower - 1}

    def _late(self, free: Sequence[str]) -> tuple[tuple[str, ProposedMember], ...]:
        seats: list[tuple[str, ProposedMember]] = []
        for challenge_id in free:
            best, fit = "", self.rules.threshold
            for group_id in sorted(set(self._seats.values())):
                seated = [k for k, g in self._seats.items() if g == group_id and k in self]
                if len(seated) >= self.rules.upper or (group_id, challenge_id) in self._declined:
                    continue
                score = self._mean(challenge_id, seated)
                if self._fits(challenge_id, seated) and score > fit:
                    best, fit = group_id, score
            if best:
                seated = [k for k, g in self._seats.items() if g == best and k in self]
                seats.append((best, self._member(challenge_id, seated)))
                self._seats[challenge_id] = best
        return tuple(seats)

    def _join(self, free: list[str], members: dict[str, list[str]]) -> None:
        for challenge_id in list(free):
            best, fit = "", self.rules.threshold
            for key, ids in members.items():
                if len(ids) >= self.rules.upper or (key, challenge_id) in self._kept_out:
                    continue
                score = self._mean(challenge_id, ids)
                if score > fit and self._fits(challenge_id, ids):
                    best, fit = key, score
            if best:
                members[best].append(challenge_id)
                free.remove(challenge_id)

    def _grow(self, free: list[str], members: dict[str, list[str]]) -> None:
        while True:
            best: list[str] = []
            worth = 0.0
            for challenge_id in free:
                ids, total = self._around(challenge_id, free)
                if len(ids) >= self.rules.lower and total > worth:
                    best, worth = ids, total
            if not best:
                return
            members[_name(self.seed, best)] = best
            for challenge_id in best:
                free.remove(challenge_id)

    def _around(self, challenge_id: str, free: Sequence[str]) -> tuple[list[str], float]:
        place, scores = self._scores()
        row = scores[place[challenge_id]]
        near = sorted((k for k in free if k != challenge_id), key=lambda k: -row[place[k]])
        ids, total = [challenge_id], 0.0
        for other in near[:40]:
            gain = self._mean(other, ids)
            if gain > self.rules.threshold and self._fits(other, ids):
                total += (gain - self.rules.threshold) * len(ids)
                ids.append(other)
            if len(ids) == min(self.rules.upper, 10):
                break
        return ids, total

    def _mean(self, challenge_id: str, ids: Sequence[str]) -> float:
        others = [key for key in ids if key != challenge_id]
        if not others:
            return 0.0
        place, scores = self._scores()
        return float(scores[place[challenge_id], [place[key] for key in others]].mean())

    def _fits(self, challenge_id: str, ids: Sequence[str]) -> bool:
        entry = self._entries[challenge_id]
        langs = set(_languages(entry))
        for key in ids:
            other = self._entries[key]
            if other.unit.id == entry.unit.id or frozenset((key, challenge_id)) in self._apart:
                return False
            langs &= set(_languages(other))
        return bool(langs)

    def _member(self, challenge_id: str, ids: Sequence[str]) -> ProposedMember:
        entry = self._entries[challenge_id]
        others = [key for key in ids if key != challenge_id]
        nearest = max(others, key=lambda key: self._mean(challenge_id, [key]), default=None)
        told: tuple[Reason, ...] = ()
        if nearest is not None:
            told = self._between(challenge_id, nearest)
        return ProposedMember(
            challenge_id=challenge_id,
            unit_id=entry.unit.id,
            fit=_fit(self._mean(challenge_id, ids)),
            reasons=told,
        )

    def _worded(self, key: str, ids: Sequence[str], before: GroupProposal | None) -> GroupProposal:
        members = tuple(self._member(challenge_id, ids) for challenge_id in ids)
        entries = [self._entries[challenge_id] for challenge_id in ids]
        langs = set.intersection(*(set(_languages(entry)) for entry in entries))
        made = GroupProposal(
            id=key,
            version=before.version if before else 1,
            members=members,
            cohesion=float(np.mean([member.fit for member in members])),
            concepts=self._unites(entries),
            languages=tuple(lang for lang in get_args(Language) if lang in langs),
            regions=tuple(sorted({region for e in entries for region in e.unit.regions})),
            sample=any(entry.card.sample for entry in entries),
        )
        if before is not None and made != before:
            return made.model_copy(update={"version": before.version + 1})
        return made

    def _unites(self, entries: Sequence[Entry]) -> tuple[Concept, ...]:
        counts: dict[str, list[Concept]] = {}
        for place, one in enumerate(entries):
            for other in entries[place + 1 :]:
                for reason in self._between(one.card.id, other.card.id):
                    for concept in reason.concepts:
                        counts.setdefault(concept.id, []).append(concept)
        ranked = sorted(counts.items(), key=lambda item: (-len(item[1]), item[0]))
        return tuple(found[0].model_copy(update={"words": ()}) for _, found in ranked[:5])

    def _why_left(self, challenge_id: str) -> Reason:
        entry = self._entries[challenge_id]
        if entry.features.is_empty:
            return Reason(code="text-not-understood")
        if not self.peers(challenge_id, 1):
            return Reason(code="nothing-shared")
        return Reason(code="too-few-peers")

    @staticmethod
    def _placed(challenge_id: str, made: dict[str, GroupProposal]) -> bool:
        return any(challenge_id == m.challenge_id for p in made.values() for m in p.members)


def _features(card: ChallengeCard) -> Features:
    return features(_text(card), card.language, themes=card.themes, cpv=card.cpv)


def _text(draft: ChallengeDraft) -> str:
    return ". ".join(part for part in (draft.title, draft.text, draft.seeks) if part)


def _languages(entry: Entry) -> tuple[str, ...]:
    return entry.card.working_languages or entry.unit.languages


def _fit(score: float) -> float:
    return round(min(1.0, max(0.0, score * 2.2)), 3)


def _name(seed: int, ids: Sequence[str]) -> str:
    return "pr-" + sha256(f"{seed}:{':'.join(sorted(ids))}".encode()).hexdigest()[:16]
