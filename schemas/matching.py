"""What the matcher tells of one challenge."""

from schemas.base import Event
from schemas.groups import Peer
from schemas.ids import ChallengeId, UnitId
from schemas.reasons import Reason


class PeersFound(Event):
    """The challenges that share most with one challenge, strongest first."""

    fact = "matching.peers_found"
    challenge_id: ChallengeId
    unit_id: UnitId
    peers: tuple[Peer, ...]

    @property
    def key(self) -> str:
        """The unit of the challenge."""
        return self.unit_id


class ChallengeLeftOut(Event):
    """No group was found for a challenge for now, and why; it is tried again."""

    fact = "matching.left_out"
    challenge_id: ChallengeId
    unit_id: UnitId
    reason: Reason

    @property
    def key(self) -> str:
        """The unit of the challenge."""
        return self.unit_id
