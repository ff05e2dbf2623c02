"""The brake and the bar of a search."""

import time
from collections.abc import Callable

Progress = Callable[[float], None]


class Watch:
    """The brake and the bar: looked at between slices of proposals."""

    def __init__(self, brake: float | None, of_steps: int, progress: Progress | None) -> None:
        self.brake, self.of_steps, self.progress = brake, max(1, of_steps), progress
        self.pulled = False
        self.done = 0

    def stop(self, steps: int) -> bool:
        """Count steps done; whether the time is over."""
        self.done += steps
        if self.progress is not None:
            self.progress(min(1.0, self.done / self.of_steps))
        if self.brake is not None and time.monotonic() >= self.brake:
            self.pulled = True
        return self.pulled
