"""
Whose turn it is: new challenges are matched when a neural encoder has read their texts.

Rows with and without a vector are no measure of each other, so a new challenge stays outside
the pool until its texts have been read. A round reads some, in the order they came, and takes
those in; the others wait for the next one, and are told so.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from matcher.text.encoders import LONGEST, Encoder
from services.matching.queries import newest_arrival, texts_of_changes, texts_of_new
from services.matching.tables import Pending

SOON = 8_000
"""Characters without vectors that a round reads before it goes on: some 1 s."""
LONG = 80 * SOON
"""
Characters of new challenges that may wait while the encoder goes on ranking: 1 to 2 minutes,
some 1,700 challenges. Where there are more, the built-in encoder places everybody at once.
"""
MOST_OF_ONE = 2 * LONGEST
"""Characters that are read of one challenge: what it is about, and what it offers."""

Taken = tuple[list[Pending], list[str]]


class Turns:
    """What one round takes in, and who waits for a later one."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._weighed: int | None = None
        """Number of the newest change when we saw that nobody new has to wait for long."""

    def take(self, session: Session, pending: Sequence[Pending]) -> Taken:
        """Choose the changes of a round, and return them with the texts that they bring."""
        texts = texts_of_changes(session, pending)
        taken: list[Pending] = []
        counted: dict[bytes, str] = {}
        for row in pending:
            new = self._encoder.missing(texts.get((row.what, row.key), ()))
            more = length(text for key, text in new.items() if key not in counted)
            # The first is always taken, however long: so every text has its turn.
            if not more or not counted or length(counted.values()) + more <= SOON:
                counted |= new
                taken.append(row)
        return taken, all_of(texts, taken)

    def outside(self, session: Session) -> frozenset[str]:
        """
        New challenges that a pool is read without, since they wait for their turn.

        None where they are so few that the pool reads them itself, and none where they would
        wait for long.
        """
        found = texts_of_new(session)
        new = {key: own for key, own in found.items() if self._encoder.missing(own)}
        few = self.unread(text for own in new.values() for text in own) <= SOON
        return frozenset() if few or self.is_long(session) else frozenset(new)

    def is_long(self, session: Session) -> bool:
        """Whether new challenges would wait for long; looked at when more have come."""
        newest, count = newest_arrival(session)
        if count * MOST_OF_ONE <= LONG or newest == self._weighed:
            return False
        if self.unread(text for own in texts_of_new(session).values() for text in own) > LONG:
            return True
        self._weighed = newest
        return False

    def unread(self, texts: Iterable[str]) -> int:
        """Characters of texts that are still to be read."""
        return length(self._encoder.missing(texts).values())


def all_of(texts: Mapping[tuple[str, str], Sequence[str]], pending: Iterable[Any]) -> list[str]:
    """Texts that changes bring."""
    return [text for row in pending for text in texts.get((row.what, row.key), ())]


def length(texts: Iterable[str]) -> int:
    """Characters of texts."""
    return sum(map(len, texts))
