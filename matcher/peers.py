"""Who shares a challenge, and why: what a pool answers about two of its challenges."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcher.entries import Entry
from matcher.neighbours import Neighbours, nearest
from matcher.reasons import MEETS, Rarity, difference, offer_reason, pair_reasons
from matcher.text import Features
from matcher.wording import fit_of
from schemas.groups import Peer
from schemas.reasons import Reason

SHOWN = 0.6
"""Share of the threshold from which a challenge is shown as a peer; a close one has all of it."""


@dataclass
class Peers:
    """
    Peers of challenges and texts, best first; why two of the pool are peers is kept.

    ``entries`` and ``neighbours`` are the pool's own, ``threshold`` that of its rules.
    """

    entries: Mapping[str, Entry]
    neighbours: Neighbours
    threshold: float
    _pairs: dict[tuple[str, str], tuple[Reason, ...]] = field(default_factory=dict)
    _with: dict[str, set[str]] = field(default_factory=dict)
    """With whom each one is in a pair that is kept."""

    def of(self, entry: Entry, limit: int) -> list[Peer]:
        """Return the challenges of other units that share most with one of the pool."""
        best = self._best(entry, limit)
        theirs, mine = self.neighbours.given(entry.key, [key for key, _ in best])
        return [
            self._peer(key, fit, self._why(entry, self.entries[key], got, given))
            for (key, fit), got, given in zip(best, theirs.tolist(), mine.tolist(), strict=True)
        ]

    def beside(self, key: str, limit: int) -> set[str]:
        """Challenges that one of the pool is a peer of."""
        return {
            other
            for other in self.neighbours.near[key]
            if any(near == key for near, _ in self._best(self.entries[other], limit))
        }

    def of_text(self, need: Features, unit_id: str, limit: int) -> list[Peer]:
        """Return the challenges that share most with a text that is none of them."""
        keys, scores = self.neighbours.likeness.scores(need)
        full = self.neighbours.weights.full_likeness
        near = {keys[at]: min(1.0, float(scores[at]) / full) for at in nearest(keys, scores)}
        others = {k: v for k, v in near.items() if self.entries[k].unit.id != unit_id}
        best = sorted(others.items(), key=lambda item: (-item[1], item[0]))[:limit]
        best = [(key, fit) for key, fit in best if fit >= SHOWN * self.threshold]
        given = self.neighbours.given_to(need, [key for key, _ in best])
        return [
            self._peer(key, fit, self._why_text(need, self.entries[key], fit, met))
            for (key, fit), met in zip(best, given.tolist(), strict=True)
        ]

    def between(self, one: str, other: str) -> tuple[Reason, ...]:
        """Why two of the pool share something; kept until either changes."""
        pair = (one, other)
        if pair not in self._pairs:
            first, second = self.entries[one], self.entries[other]
            fit = self.neighbours.between(one, other)
            self._pairs[pair] = pair_reasons(
                first.need, second, self.rarity(), fit, close=self._close(fit)
            )
            self._with.setdefault(one, set()).add(other)
            self._with.setdefault(other, set()).add(one)
        return self._pairs[pair]

    def forget(self, key: str) -> None:
        """Let go of what was kept about a challenge."""
        for other in self._with.pop(key, ()):
            self._pairs.pop((key, other), None)
            self._pairs.pop((other, key), None)

    def forget_all(self) -> None:
        """Let go of all that was kept."""
        self._pairs, self._with = {}, {}

    def rarity(self) -> Rarity:
        """Weight of every concept with the present statistics."""
        return self.neighbours.rarity()

    def _best(self, entry: Entry, limit: int) -> list[tuple[str, float]]:
        near = self.neighbours.near[entry.key]
        return sorted(
            (
                (key, fit)
                for key, fit in near.items()
                if fit >= SHOWN * self.threshold and self.entries[key].unit.id != entry.unit.id
            ),
            key=lambda item: (-item[1], item[0]),
        )[:limit]

    def _why(self, one: Entry, other: Entry, got: float, given: float) -> tuple[Reason, ...]:
        """Why a challenge is a peer: what both share, give and get, and what differs."""
        return (
            self.between(one.key, other.key)
            + self._offered("offers-you", other.offer, one.need, got)
            + self._offered("you-offer", one.offer, other.need, given)
            + difference(one.need, other.need, self.rarity())
        )

    def _why_text(self, need: Features, other: Entry, fit: float, met: float) -> tuple[Reason, ...]:
        return (
            pair_reasons(need, other, self.rarity(), fit, close=self._close(fit))
            + self._offered("offers-you", other.offer, need, met)
            + difference(need, other.need, self.rarity())
        )

    def _offered(
        self, code: str, offer: Features | None, need: Features, met: float
    ) -> tuple[Reason, ...]:
        """That an offer meets a need, where it does: by the likeness that the affinity has."""
        if offer is None or met < MEETS:
            return ()
        return (offer_reason(code, offer, need, self.rarity(), met),)

    def _peer(self, key: str, fit: float, reasons: tuple[Reason, ...]) -> Peer:
        unit, close = self.entries[key].unit.id, self._close(fit)
        return Peer(challenge_id=key, unit_id=unit, fit=fit_of(fit), reasons=reasons, close=close)

    def _close(self, fit: float) -> bool:
        return fit >= self.threshold
