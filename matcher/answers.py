"""What can be asked of a pool: peers, substitutes, other places, other groups, how good it is."""

from collections.abc import Iterable, Sequence

from matcher.elsewhere import places
from matcher.entries import Entry, need_of
from matcher.neighbours import Neighbours
from matcher.params import GroupRules
from matcher.peers import Peers
from matcher.quality import Bound, bound_of, quality
from matcher.rounds import Members, Round
from matcher.rulings import Rulings
from matcher.seats import refill, substitutes
from matcher.text import features
from matcher.text.encoders import Encoder
from matcher.text.kept import with_dense
from matcher.told import Told
from matcher.variants import variants
from matcher.wording import word_proposal
from schemas.challenges import ChallengeDraft
from schemas.groups import GroupProposal, Peer, Place, ProposedMember, Quality, Refill, Variant
from schemas.reasons import Reason

TYPED = 600
"""Characters of a text being typed that a neural encoder reads: whoever types waits for it."""


class Answers:
    """
    The part of a pool that answers; it changes nothing but what is placed late.

    Made by itself it is a pool as it was at that moment, see ``Pool.asked``.
    """

    rules: GroupRules
    seed: int
    encoder: Encoder | None
    _entries: dict[str, Entry]
    _neighbours: Neighbours
    _rulings: Rulings
    _told: Told
    _peers: Peers
    _before: Members

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, challenge_id: str) -> bool:
        return challenge_id in self._entries

    def asked(self) -> "Answers":
        """
        What can be asked of the pool as it is now, for other threads while this one goes on.

        It takes a moment, once what waits is placed: everything that is not changed in place
        is shared.
        """
        self._settle()
        now = Answers()
        now.rules, now.seed, now.encoder = self.rules, self.seed, self.encoder
        now._entries, now._neighbours = dict(self._entries), self._neighbours.copy()
        now._rulings, now._before = self._rulings.copy(), self._before
        now._told = Told(dict(self._told.proposals))
        now._peers = Peers(now._entries, now._neighbours, self.rules.threshold)
        return now

    def peers(self, challenge_id: str, limit: int = 10) -> list[Peer]:
        """Return the challenges of other units that share most with one of the pool."""
        entry = self._entries.get(challenge_id)
        if entry is None:
            return []
        self._settle()
        return self._peers.of(entry, limit)

    def beside(self, challenge_id: str, limit: int = 10) -> set[str]:
        """Challenges that one of the pool is a peer of: whose peers change when it does."""
        self._settle()
        return self._peers.beside(challenge_id, limit) if challenge_id in self._entries else set()

    def peers_of(
        self, draft: ChallengeDraft | str, language: str = "", unit_id: str = "", limit: int = 10
    ) -> list[Peer]:
        """Return the challenges that share most with a text nobody has registered."""
        self._settle()
        if isinstance(draft, str):
            (need,) = with_dense([features(draft, language)], [draft[:TYPED]], self.encoder)
        else:
            need = need_of(draft, self.encoder)
        return self._peers.of_text(need, unit_id, limit)

    def substitutes(self, members: Iterable[str], limit: int = 5) -> list[ProposedMember]:
        """
        Who could take a free seat beside these members, best first.

        ``fit`` is the mean affinity to them. Only free challenges that sit in no proposal
        and keep every rule of the group are offered.
        """
        self._settle()
        present = [key for key in members if key in self._entries]
        return substitutes(self._round(), self._peers.between, present, self._waiting(), limit)

    def refill(self, group_id: str, limit: int = 5) -> Refill:
        """Who could take a free seat of a live group, and how close the group would be then."""
        self._settle()
        return refill(self._round(), self._peers.between, group_id, self._waiting(), limit)

    def _waiting(self) -> list[str]:
        return sorted(self._free() - self._told.members())

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
            return self._worded(proposal_id, ids, 1).reasons

        return variants(self._round(), why, proposal_id, present, limit)

    def quality(self, known: Bound | None = None) -> Quality:
        """
        How good the proposals are together, and how much the last round moved.

        With a bound that was worked out for them, or for nearly the same challenges, it says
        closely how much better they could be.
        """
        self._settle()
        return quality(self._round(), self._members(), self._before, known)

    def bound(self, known: Bound | None = None) -> Bound | None:
        """What no grouping scores more than; see ``matcher.quality.bound_of``."""
        self._settle()
        return bound_of(self._round(), known)

    def _settle(self) -> None:
        self._neighbours.settle(self._entries)

    def _round(self) -> Round:
        return Round(self._entries, self._neighbours, self.rules, self._rulings, self.seed)

    def _free(self) -> set[str]:
        return set(self._entries) - set(self._rulings.seats)

    def _members(self) -> Members:
        """Present proposals by their members who are still here and free."""
        free = self._free()
        return {
            key: [m.challenge_id for m in proposal.members if m.challenge_id in free]
            for key, proposal in sorted(self._told.proposals.items())
        }

    def _worded(self, key: str, ids: Sequence[str], version: int) -> GroupProposal:
        rarity = self._peers.rarity()
        return word_proposal(self._round(), self._peers.between, rarity, key, ids, version)
