"""Have every loop compiled, or loaded from the compiler's cache, before it is needed."""

from matcher import grouping, incremental
from matcher.text import e5, encoders


def warm() -> None:
    """
    Run the loops of full rounds, of single registrations and of the encoder once.

    Called when a process starts: two minutes the first time on a machine, a few seconds
    afterwards. A page or an event must never wait for a compiler.
    """
    grouping.warm()
    incremental.warm()
    if encoders.neural_is_installed():
        e5.warm()
