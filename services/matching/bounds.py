"""How much better the proposals could be, worked out beside the answers."""

import logging
from threading import Lock, Thread

from matcher.answers import Answers
from matcher.quality import Bound

log = logging.getLogger("piiri.matching")


class Bounds:
    """
    The close bound that was worked out last, and the next one when it is asked for.

    Working it out takes up to a second, longer than a page waits: whoever asks gets the last
    one, which holds for nearly the same challenges as well.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: Bound | None = None
        self._thread: Thread | None = None
        self._asked: Answers | None = None

    def of(self, asked: Answers, patience_s: float) -> Bound | None:
        """Return the bound of what is asked now, or the one before when it takes longer."""
        with self._lock:
            if self._asked is not asked and (self._thread is None or not self._thread.is_alive()):
                self._asked = asked
                self._thread = Thread(
                    target=self._work, args=(asked,), name="matching-bound", daemon=True
                )
                self._thread.start()
            thread = self._thread
        if thread is not None:
            thread.join(patience_s)
        return self._known

    def _work(self, asked: Answers) -> None:
        try:
            self._known = asked.bound(self._known) or self._known
        except Exception:
            log.exception("a bound was not worked out")
