"""What people decided about the challenges and proposals of a pool."""

from collections.abc import Iterable, Mapping

from matcher.entries import Entry
from matcher.forming import Forming
from matcher.rounds import Members
from matcher.rulings import Rulings
from matcher.told import Told
from schemas.groups import GroupProposal


class Decisions:
    """The part of a pool that takes decisions over; each changes what a round looks at."""

    _entries: dict[str, Entry]
    _rulings: Rulings
    _told: Told
    _forming: Forming
    _before: Members

    def pin(self, challenge_id: str, proposal_id: str) -> None:
        """Keep a challenge in a proposal."""
        self._rulings.pin(challenge_id, proposal_id)
        self._forming.changed.add(challenge_id)

    def keep_out(self, challenge_id: str, proposal_id: str) -> None:
        """Keep a challenge out of a proposal."""
        self._rulings.keep_out(challenge_id, proposal_id)
        self._forming.changed.add(challenge_id)

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
        self._forming.changed |= before.differs(self._rulings)

    def keep_apart(self, one: str, other: str) -> None:
        """Never propose two challenges together."""
        self._rulings.apart.add(frozenset((one, other)))
        self._forming.changed |= {one, other}

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
        self._forming.changed.add(challenge_id)

    def free(self, challenge_id: str, group_id: str) -> None:
        """Note that a challenge declined a group: free again, but not for this group."""
        self._rulings.free(challenge_id, group_id)
        self._forming.changed.add(challenge_id)

    def restore(
        self, proposals: Iterable[GroupProposal], used: Mapping[str, int] | None = None
    ) -> None:
        """
        Start from these proposals, in place of the present ones.

        Those that are what they were here change nothing. ``used`` are the last versions
        of proposals that are made no more; none is made under their ids again.
        """
        known = {proposal.id: proposal for proposal in proposals}
        for key in sorted(self._told.proposals.keys() - known.keys()):
            self._close(key)
        self._forming.touch(self._told.restore(known, used or {}))
        groups = ({m.challenge_id for m in p.members} for p in known.values())
        self._forming.settle(groups, self._entries)
        self._before = {}

    def _close(self, proposal_id: str) -> None:
        self._forming.drop(proposal_id, self._told.close(proposal_id))
