"""Have every table read and every loop compiled, or loaded from a cache, before it is needed."""

from matcher import comparing, grouping, incremental
from matcher.text import warm as text
from matcher.text.encoders import Encoder


def warm(encoder: Encoder | None = None) -> None:
    """
    Read a text, and run the loops of comparing, of full rounds and of single registrations once.

    Called when a process starts: two minutes the first time on a machine, a few seconds
    afterwards. A page or an event must never wait for a compiler, nor a text for its encoder.
    """
    text.warm(encoder)
    comparing.warm()
    grouping.warm()
    incremental.warm()
