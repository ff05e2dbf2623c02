"""One instance of matching: its lease, its rounds and looks, what it hears and answers."""

from matcher import text
from matcher.answers import Answers
from matcher.params import GroupRules
from matcher.text.encoders import Encoder
from schemas.asking import (
    PeersAnswer,
    PeersQuestion,
    PlacesAnswer,
    PlacesQuestion,
    QualityQuestion,
    RefillQuestion,
    VariantsAnswer,
    VariantsQuestion,
)
from schemas.errors import Unavailable
from schemas.groups import Quality, Refill
from schemas.reasons import Concept
from services.kit.asking import Questions, answers
from services.kit.lease import Lease
from services.kit.store import Store
from services.matching.bounds import Bounds
from services.matching.looks import Looks
from services.matching.rounds import Rounds
from services.matching.running import Running
from services.matching.subscribers import subscribers

PATIENCE_S = 0.8
"""A page waits for a second; what comes later is of no use to it."""


BOUND_S = 0.6
"""The part of it that a close bound may take; else it is for the next who asks."""


class PoolBusy(Unavailable):
    """The pool is being read; ask again in a moment."""

    code = "pool-busy"


class Matching:
    """Matching in this process: active while it holds the lease, else ready to take over."""

    def __init__(self, store: Store, rules: GroupRules, encoder: Encoder | None = None) -> None:
        self.lease = Lease(store, "matching")
        self.rounds = Rounds(store, self.lease, rules, encoder)
        self.looks = Looks(self.rounds)
        self.running = Running(self.lease, self.rounds, self.looks)
        self.subscribers = subscribers
        self.subscribers.gate = self.lease.held
        self.subscribers.after_commit = self.running.wake
        self._bounds = Bounds()
        self.questions = Questions("matching", gate=self.lease.held)
        answers(self.questions, PeersQuestion.subject, PeersQuestion)(self.peers)
        answers(self.questions, PlacesQuestion.subject, PlacesQuestion)(self.places)
        answers(self.questions, QualityQuestion.subject, QualityQuestion)(self.quality)
        answers(self.questions, RefillQuestion.subject, RefillQuestion)(self.refill)
        answers(self.questions, VariantsQuestion.subject, VariantsQuestion)(self.variants)

    def start(self) -> None:
        """Take the lease when it is free, now or later, and run rounds while it is held."""
        self.lease.keep()
        self.running.start()

    def stop(self) -> None:
        """Let another instance take over at once."""
        self.running.stop()
        self.lease.stop()

    @property
    def is_warm(self) -> bool:
        """Whether questions are answered at once."""
        return self.rounds.warm.is_read

    def peers(self, question: PeersQuestion) -> PeersAnswer:
        """
        Answer who shares a challenge, or a text that nobody has registered.

        Raises
        ------
        PoolBusy
            When the pool is being read for longer than the page waits.
        """
        return _answer(self._pool(), question)

    def places(self, question: PlacesQuestion) -> PlacesAnswer:
        """Answer where else a challenge could go; raises as ``peers`` does."""
        pool = self._pool()
        found = pool.places(question.challenge_id, question.limit)
        return PlacesAnswer(known=question.challenge_id in pool, places=found)

    def quality(self, _question: QualityQuestion) -> Quality:
        """Answer how good the proposals are together; raises as ``peers`` does."""
        pool = self._pool()
        return pool.quality(self._bounds.of(pool, BOUND_S))

    def refill(self, question: RefillQuestion) -> Refill:
        """Answer who could take a free seat of a live group; raises as ``peers`` does."""
        return self._pool().refill(question.group_id, question.limit)

    def variants(self, question: VariantsQuestion) -> VariantsAnswer:
        """Answer how else a proposed group could be made; raises as ``peers`` does."""
        return VariantsAnswer(variants=self._pool().variants(question.proposal_id, question.limit))

    def _pool(self) -> Answers:
        asked = self.rounds.warm.asked(PATIENCE_S)
        if asked is None:
            raise PoolBusy
        return asked


def _answer(pool: Answers, question: PeersQuestion) -> PeersAnswer:
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
