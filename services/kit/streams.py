"""The streams there are, and which of them an event belongs to."""

from typing import Final

from schemas.registry import EVENTS

PIIRI: Final = "PIIRI"
"""Facts that the contexts tell one another."""
NOTICES: Final = "NOTICES"
"""What agents and other systems subscribe to."""
ADVISORIES: Final = "ADVISORIES"
"""What the server says of messages that were given up: a net, empty when all is well."""

NOTICES_SUBJECTS: Final = ("piiri.notices.>",)
REPLAY_PREFIX: Final = "piiri.replay."
"""``piiri.replay.<consumer>.<key>``: an event for one consumer only."""
ADVISORY_SUBJECTS: Final = (
    "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>",
    "$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.>",
)


def stream_of(subject: str) -> str:
    """Name the stream that keeps a subject."""
    return NOTICES if subject.startswith("piiri.notices.") else PIIRI


def piiri_subjects() -> tuple[str, ...]:
    """
    List the subjects of ``PIIRI``: one a context, and replays.

    They are spelt out because ``piiri.>`` would overlap ``piiri.notices.>``, which the
    server refuses.
    """
    contexts = {event.fact.split(".")[0] for event in EVENTS} - {"notices"}
    return (*(f"piiri.{context}.>" for context in sorted(contexts)), f"{REPLAY_PREFIX}>")
