"""Python's collector of cycles, held back while a block of texts is read."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """
    Hold the collector back for a moment.

    Reading a block makes thousands of small tuples that die with it and are in no cycle. The
    collector cannot know, and walks the whole vocabulary again and again: a quarter of the
    time. Where it is off already, it stays so.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
