"""The worker: everything that happens after the answer was sent."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import suppress
from threading import Lock

from services.access.chores import forget_spent
from services.challenges.actions import expire_challenges
from services.challenges.arranging import use_themes
from services.entering.questions import entering_questions
from services.groups.subscribers import subscribers as groups
from services.kit.asking import Questions
from services.kit.backbone import Backbone
from services.kit.bus import Subscribers
from services.kit.chores import Chore, keep_doing
from services.kit.days import today
from services.kit.lease import Lease
from services.kit.mail import post_of
from services.kit.settings import Settings
from services.kit.store import Store
from services.matching.active import Matching
from services.matching.encoding import encoder_of
from services.matching.rules import rules_of
from services.matching.vocabulary import use
from services.notices.delivery import deliver_due, gather_digests
from services.notices.subscribers import subscribers as notices

log = logging.getLogger("piiri.worker")

CONTEXTS = ("matching", "groups", "notices", "challenges", "entering")
"""What ``--only`` accepts: each is heard, answered for, and done by the clock."""

HOUR_S = 3600.0


class Worker:
    """
    The parts of a worker process, for all contexts or some.

    Parameters
    ----------
    only
        Names out of ``CONTEXTS``; empty means all.

    Raises
    ------
    ValueError
        When a name is not one of them.
    """

    def __init__(self, settings: Settings, store: Store, only: Sequence[str] = ()) -> None:
        for name in only:
            if name not in CONTEXTS:
                raise ValueError(f"there is no context {name!r}; there are {', '.join(CONTEXTS)}")
        self.settings, self.store = settings, store
        self.wanted = frozenset(only or CONTEXTS)
        use_themes(settings.themes)
        count = use(settings.vocabulary)
        if count:
            log.info("the vocabulary has %d additions", count)
        wanted = "matching" in self.wanted
        self.matching = (
            Matching(store, rules_of(settings), encoder_of(settings)) if wanted else None
        )
        # A second worker stands ready; two that read the same queue would send a letter twice.
        self.letters = Lease(store, "letters") if "notices" in self.wanted else None
        asked = "entering" in self.wanted
        self.entering = entering_questions(store, settings) if asked else None
        self._sending, self._stopping = Lock(), False
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def subscribers(self) -> list[Subscribers]:
        """What the worker hears."""
        heard = [self.matching.subscribers] if self.matching else []
        heard += [groups] if "groups" in self.wanted else []
        return heard + ([notices] if "notices" in self.wanted else [])

    @property
    def questions(self) -> list[Questions]:
        """What the worker answers."""
        answered = [self.matching.questions] if self.matching else []
        return answered + ([self.entering] if self.entering else [])

    @property
    def chores(self) -> list[Chore]:
        """What the worker does by the clock."""
        done: list[Chore] = []
        if "challenges" in self.wanted:
            done.append(Chore("expire challenges", HOUR_S, self._expire))
            done.append(Chore("forget spent links", HOUR_S, lambda: forget_spent(self.store)))
        if "notices" in self.wanted:
            done.append(Chore("gather digests", 1.0, self._gather))
            done.append(Chore("deliver letters", 1.0, self._deliver))
        return done

    def start(self) -> None:
        """Begin to lead and to do chores; called in the event loop."""
        if self.matching:
            self.matching.start()
        if self.letters:
            self.letters.keep()
        self._tasks = [asyncio.create_task(keep_doing(chore)) for chore in self.chores]

    async def stop(self) -> None:
        """Stop the chores and let another lead."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.to_thread(self._stop_letters)
        if self.matching:
            await asyncio.to_thread(self.matching.stop)

    def _expire(self) -> None:
        with self.store.begin() as session:
            expire_challenges(session, today())

    def _gather(self) -> None:
        if self._sends_letters():
            gather_digests(self.store, self.settings.digest_at)

    def _deliver(self) -> None:
        with self._sending:
            if self._sends_letters():
                post, leads = post_of(self.settings), self._sends_letters
                deliver_due(self.store, post, self.settings.base_url, still_leads=leads)

    def _sends_letters(self) -> bool:
        return not self._stopping and self.letters is not None and self.letters.held()

    def _stop_letters(self) -> None:
        """Let another send letters, once the one in hand has left."""
        self._stopping = True
        with self._sending:
            if self.letters:
                self.letters.stop()


async def run_worker(
    settings: Settings, store: Store, only: Sequence[str], stop: asyncio.Event
) -> None:
    """Work until told to stop; what is in hand is finished first."""
    worker = Worker(settings, store, only)
    backbone = Backbone(
        settings, store, worker.subscribers, worker.questions, part="worker", relay=True
    )
    worker.start()
    try:
        with suppress(asyncio.CancelledError):
            if await backbone.start_unless(stop):
                await stop.wait()
    finally:
        await worker.stop()
        await backbone.stop()
