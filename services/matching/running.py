"""The thread of matching: rounds while we lead, and looks beside them when they are due."""

import logging
import time
from threading import Event, Thread

from matcher.warm import warm as warm_matcher
from schemas.errors import Unavailable
from services.kit.lease import Lease
from services.matching.looks import Looks
from services.matching.rounds import Rounds

log = logging.getLogger("piiri.matching")

IDLE_S = 5.0
"""
A round is looked for this often even when nobody wakes it; after so long without a change
everybody is looked at once more, as long as that finds better groups.
"""
PAUSE_S = 1.0


class Running:
    """The thread that runs rounds when something is pending and we lead."""

    def __init__(self, lease: Lease, rounds: Rounds, looks: Looks) -> None:
        self._lease, self._rounds, self._looks = lease, rounds, looks
        self._awake, self._stopping = Event(), Event()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Begin to run rounds."""
        self._thread = Thread(target=self._run, name="matching", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the round in hand, and stop; a look that is searched is abandoned."""
        self._stopping.set()
        self._awake.set()
        self._looks.stop()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Say that something is pending."""
        self._awake.set()

    def _run(self) -> None:
        ready = quiet = False
        while not self._stopping.is_set():
            try:
                lead = self._lease.held()
                if lead and self._looks.is_due(quiet=quiet):
                    self._looks.begin()
                quiet = False
                idle = not lead or (self._keep_up() == 0 and not self._rounds.encoding.step())
                if idle and not ready:  # no event shall wait for the compiler, later on
                    warm_matcher(self._rounds.warm.encoder)
                    ready, idle = True, False
            except Unavailable as error:
                log.warning("a round is put off: %s", error)
                self._failed()
            except Exception:
                log.exception("a round failed")
                self._failed()
            else:
                quiet = idle and not self._awake.wait(IDLE_S if lead else PAUSE_S)
                if idle and not quiet:
                    self._awake.clear()

    def _keep_up(self) -> int:
        with self._rounds.warm.working:
            self._rounds.warm.pool()  # read before the first question comes
            return self._rounds.run_once()

    def _failed(self) -> None:
        self._rounds.warm.cool()
        time.sleep(PAUSE_S)
