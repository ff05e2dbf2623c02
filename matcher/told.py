"""Proposals as they were told: their names, their versions, and what a round makes of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from matcher.rounds import Members
from schemas.groups import GroupProposal, ProposedMember
from schemas.reasons import Reason

Signature = tuple[tuple[str, int, int], ...]
"""Members with the versions of their challenges and units."""


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
    """
    Who moved: challenge, proposal it was in, proposal it is in now or ``""``.

    Why is told by the reasons of its seat there, else by ``left_out``.
    """
    left_anew: frozenset[str] = frozenset()
    """Those left out since this round, or for another reason; all, in a pool's first round."""


@dataclass
class Told:
    """Present proposals, and the names of those that are made no more."""

    proposals: dict[str, GroupProposal] = field(default_factory=dict)
    signatures: dict[str, Signature] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    """Last versions of proposals that are made no more."""

    def restore(self, proposals: dict[str, GroupProposal], used: Mapping[str, int]) -> set[str]:
        """Start from these, in place of the present ones; returns members of altered ones."""
        self.used.update(used)
        altered = {key for key, known in proposals.items() if self.proposals.get(key) != known}
        for key in altered:
            self.signatures.pop(key, None)
        self.proposals = proposals
        return {m.challenge_id for key in altered for m in proposals[key].members}

    def members(self) -> set[str]:
        """Challenges with a seat in a proposal."""
        return {m.challenge_id for p in self.proposals.values() for m in p.members}

    def snapshot(self) -> dict[str, Any]:
        """All of it as JSON holds it."""
        return {
            "proposals": [proposal.model_dump(mode="json") for proposal in self.proposals.values()],
            "signatures": {key: list(map(list, told)) for key, told in self.signatures.items()},
            "used": dict(sorted(self.used.items())),
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> "Told":
        """Go on from a snapshot."""
        made = map(GroupProposal.model_validate, kept["proposals"])
        signatures = {
            key: tuple((challenge, card, unit) for challenge, card, unit in told)
            for key, told in kept["signatures"].items()
        }
        return cls({proposal.id: proposal for proposal in made}, signatures, dict(kept["used"]))

    def close(self, proposal_id: str) -> set[str]:
        """Let a proposal go; returns its members."""
        gone = self.proposals.pop(proposal_id, None)
        if gone is None:
            return set()
        self.used[proposal_id] = gone.version
        return {m.challenge_id for m in gone.members}

    def tell(
        self,
        after: Members,
        concerned: Callable[[str], bool],
        version: Callable[[str], tuple[str, int, int]],
        word: Callable[[str, Sequence[str], int], GroupProposal],
    ) -> set[str]:
        """
        Put groups into words; one whose members are what they were stays as it was told.

        Only members who are ``concerned`` may have another ``version`` than they had. The
        proposals of groups that are no more stay until ``lapse``. Returns what is new.
        """
        told = set()
        for key, ids in sorted(after.items()):
            known, before = self.proposals.get(key), self.signatures.get(key, ())
            if before and _names(before) == sorted(ids) and not any(map(concerned, ids)):
                continue
            signature = tuple(version(one) for one in sorted(ids))
            if known is None or (before or _as_now(known, signature)) != signature:
                last = known.version if known is not None else self.used.get(key, 0)
                self.proposals[key] = word(key, ids, last + 1)
                told.add(key)
            self.signatures[key] = signature
        return told

    def lapse(self, after: Members) -> tuple[tuple[str, int], ...]:
        """Let proposals go that are in no group; their names with the version that says so."""
        gone = sorted(self.proposals.keys() - after.keys())
        lapsed = tuple((key, self.proposals[key].version + 1) for key in gone)
        self.used.update(lapsed)
        self.proposals = {key: self.proposals[key] for key in sorted(after)}
        self.signatures = {key: self.signatures[key] for key in self.proposals}
        return lapsed

    def name(self, words: str, kept: Mapping[str, object]) -> str:
        """A name made of words, that nothing has or had."""
        name, turn = _hashed(words), 1
        while name in self.used or name in self.proposals or name in kept:
            turn += 1
            name = _hashed(f"{words}:{turn}")
        return name


def _hashed(words: str) -> str:
    return "pr-" + sha256(words.encode()).hexdigest()[:16]


def _as_now(proposal: GroupProposal, signature: Signature) -> Signature:
    """A restored proposal counts as told of its members as they are now."""
    ids = sorted(member.challenge_id for member in proposal.members)
    return signature if ids == _names(signature) else ()


def _names(signature: Signature) -> list[str]:
    return [key for key, _, _ in signature]


def moves(before: Members, after: Members) -> tuple[tuple[str, str, str], ...]:
    """Who moved: challenge, proposal it was in, proposal it is in now or ``""``."""
    now = {key: at for at, ids in after.items() for key in ids}
    return tuple(
        (key, at, now.get(key, ""))
        for at, ids in sorted(before.items())
        for key in sorted(ids)
        if now.get(key) != at
    )
