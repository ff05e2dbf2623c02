"""Have every loop compiled, or loaded from the compiler's cache, before it is needed."""

from matcher import comparing, grouping, incremental


def warm() -> None:
    """
    Run the loops of comparing texts, of full rounds and of single registrations once.

    Called when a process starts: two minutes the first time on a machine, a few seconds
    afterwards. A page or an event must never wait for a compiler.
    """
    comparing.warm()
    grouping.warm()
    incremental.warm()
