"""A search of everybody that a test holds up for as long as it likes."""

from threading import Event, Thread

from matcher.looking import Look


class HeldLook:
    """Every search waits until it is let go; one that begins says so."""

    def __init__(self, monkeypatch):
        self.began, self._goes_on, self.search = Event(), Event(), Look.search
        monkeypatch.setattr(Look, "search", lambda look: self._wait(look))

    def _wait(self, look):
        self.began.set()
        assert self._goes_on.wait(120), "nobody let the search go on"
        return self.search(look)

    def let_go(self):
        self._goes_on.set()


def done_soon(work):
    """Do something in a thread of its own; whether it came to an end."""
    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(60)
    return not thread.is_alive()
