"""One instance of matching: its lease, its rounds, what it hears and answers."""

from matcher import text
from matcher.params import GroupRules
from matcher.pool import Pool
from schemas.asking import PeersAnswer, PeersQuestion
from schemas.errors import Unavailable
from schemas.reasons import Concept
from services.kit.asking import Questions, answers
from services.kit.lease import Lease
from services.kit.store import Store
from services.matching.rounds import Rounds
from services.matching.subscribers import subscribers

PATIENCE_S = 0.8
"""A page waits for a second; what comes later is of no use to it."""


class PoolBusy(Unavailable):
    """The pool is being read or matched; ask again in a moment."""

    code = "pool-busy"


class Matching:
    """Matching in this process: active while it holds the lease, else ready to take over."""

    def __init__(self, store: Store, rules: GroupRules) -> None:
        self.lease = Lease(store, "matching")
        self.rounds = Rounds(store, self.lease, rules)
        self.subscribers = subscribers
        self.subscribers.gate = self.lease.held
        self.subscribers.after_commit = self.rounds.wake
        self.questions = Questions("matching", gate=self.lease.held)
        answers(self.questions, PeersQuestion.subject, PeersQuestion)(self.peers)

    def start(self) -> None:
        """Take the lease when it is free, now or later, and run rounds while it is held."""
        self.lease.keep()
        self.rounds.start()

    def stop(self) -> None:
        """Let another instance take over at once."""
        self.rounds.stop()
        self.lease.stop()

    def peers(self, question: PeersQuestion) -> PeersAnswer:
        """
        Answer who shares a challenge, or a text that nobody has registered.

        Raises
        ------
        PoolBusy
            When the pool is not free before the page has gone on.
        """
        if not self.rounds.lock.acquire(timeout=PATIENCE_S):
            raise PoolBusy
        try:
            return _answer(self.rounds.pool(), question)
        finally:
            self.rounds.lock.release()


def _answer(pool: Pool, question: PeersQuestion) -> PeersAnswer:
    if question.challenge_id is not None:
        return PeersAnswer(peers=tuple(pool.peers(question.challenge_id, question.limit)))
    asked = ". ".join(part for part in (question.title, question.text) if part)
    found = pool.peers_of(asked, question.language, question.unit_id or "", question.limit)
    read = text.analyse(asked, question.language)
    return PeersAnswer(
        peers=tuple(found),
        language=read.language,
        concepts=tuple(
            Concept(id=seen.id, label=seen.label, theme=seen.theme, words=seen.words)
            for seen in read.concepts[:8]
        ),
        themes=tuple(suggested.key for suggested in read.themes[:3]),
        cpv=tuple(suggested.key for suggested in read.cpv[:3]),
    )
