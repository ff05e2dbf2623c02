"""
Vectors of the neural encoder for the pool's texts: kept in the store, made in idle moments.

The pool ranks by the encoder only when every text in it has its vector. Until then the built-in
encoder does alone, and the missing vectors are made a few at a time whenever no round waits.
"""

import logging
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import bindparam
from sqlmodel import Session, col, delete, select

from matcher.text.encoders import Encoder, encodable, encoder_named
from matcher.text.scale import learn
from services.kit.settings import Settings, SettingsRefused
from services.kit.store import Store
from services.matching.queries import BUILTIN, ranked_by, texts_of_changes, wanted_texts
from services.matching.tables import Pending, Ranking, TextVector
from services.matching.turns import SOON, Taken, Turns, all_of

log = logging.getLogger("piiri.matching")

STEP, STEP_CHARACTERS = 4, 1_500
"""Texts that are encoded before the job looks whether a round waits: less than a second."""
FEW = 500
"""Keys that a query names one by one; databases take a thousand or so."""
HALF = "<f2"
"""How a vector is kept: half-precision numbers, the same on every machine."""


class Encoding:
    """
    The encoder of one instance's pool, and the job that gives every text its vector.

    Parameters
    ----------
    encoder
        None: the built-in encoder alone, and there is nothing to do.
    manner
        What else decides who is alike (``services.matching.rules.manner_of``).
    """

    def __init__(self, store: Store, encoder: Encoder | None, manner: str = "") -> None:
        self._store, self._manner = store, manner
        self._encoder = encoder.apart() if encoder is not None else None
        self._queue: list[str] = []
        self._total = 0
        self._is_complete = self._is_tidy = False
        """Whether nothing is missing, as far as we know; whether nothing else is kept."""
        self._is_loaded = self._is_ready = False
        """Whether the store's vectors are here; whether the job found or left nothing missing."""
        self._turns = Turns(self._encoder) if self._encoder is not None else None

    def for_pool(self, session: Session) -> tuple[Encoder | None, frozenset[str]]:
        """
        Return the encoder when it has, or will soon have, a vector for every text known.

        With it the new challenges to read the pool without, which rounds take in by and by.
        """
        if self._encoder is None or self._turns is None:
            return None, frozenset()
        self._load(session, self._encoder)
        self._is_complete = self._is_ready = False
        outside = self._turns.outside(session)
        if self._turns.unread(wanted_texts(session, self._encoder, outside)) > SOON:
            return None, frozenset()
        learn(self._encoder)
        return self._encoder, outside

    def must_change(self, session: Session, present: Encoder | None) -> bool:
        """Whether the pool is to be read anew: it can have the encoder now, or must do without."""
        if self._turns is None:
            return False
        return self._is_ready if present is None else self._turns.is_long(session)

    def take(self, session: Session, present: Encoder | None, pending: Sequence[Pending]) -> Taken:
        """Choose the changes that a round takes in, and return them with their texts."""
        if self._turns is not None and present is not None:
            return self._turns.take(session, pending)
        texts = {} if self._turns is None else texts_of_changes(session, pending)
        return list(pending), all_of(texts, pending)

    def is_new(self, session: Session, present: Encoder | None) -> bool:
        """Whether the wanted encoder ranks now, and another one did when peers were told last."""
        name = name_of(present)
        # Before this was noted the built-in encoder ranked.
        wanted = name_of(self._encoder)
        return name == wanted and name + self._manner != (ranked_by(session) or BUILTIN)

    def prepare(self, texts: list[str]) -> None:
        """Encode what a round is going to need, before it holds the pool."""
        if self._encoder is not None:
            missing = list(self._encoder.missing(texts).values())
            while missing:
                some, missing = _first(missing)
                self._encoder(some)

    def save(self, session: Session, present: Encoder | None, texts: list[str]) -> None:
        """Keep who ranked in a round, and the vectors of the texts that it brought."""
        session.merge(Ranking(encoder=name_of(present) + self._manner))
        if self._encoder is not None:
            keep_vectors(session, self._encoder, texts)
            self._is_complete = self._is_complete and not self._encoder.missing(texts)

    def step(self) -> bool:
        """Encode a few texts and keep their vectors; False when none is missing."""
        if self._encoder is None or not self._is_loaded or self._is_complete:
            return False
        if not self._queue and not self._fill(self._encoder):
            return False
        some, self._queue = _first(self._queue)
        self._encoder(some)
        with self._store.begin("matching") as session:
            keep_vectors(session, self._encoder, some)
        self._is_ready = not self._queue
        self._tell(self._encoder.name, len(some))
        return True

    def _fill(self, encoder: Encoder) -> bool:
        """Look what is missing; where nothing is, keep once what is needed, and nothing else."""
        with self._store.read() as session:
            self._queue = list(encoder.missing(wanted_texts(session, encoder)).values())
        self._total = len(self._queue)
        self._is_complete = self._is_ready = not self._queue
        if self._is_complete and not self._is_tidy:
            with self._store.begin("matching") as session:
                keep_vectors(session, encoder, wanted_texts(session, encoder))
                forget_unused(session, encoder)
            self._is_tidy = True
        if self._total:
            log.info("%d texts wait for a vector of %s", self._total, encoder.name)
        return bool(self._queue)

    def _load(self, session: Session, encoder: Encoder) -> None:
        wanted = select(TextVector.text_hash, TextVector.vector)
        rows = session.exec(wanted.where(TextVector.encoder == encoder.name)).all()
        halves = {bytes.fromhex(text_hash): np.frombuffer(body, HALF) for text_hash, body in rows}
        encoder.remember({key: half.astype(np.float32) for key, half in halves.items()})
        self._is_loaded = True

    def _tell(self, name: str, more: int) -> None:
        """Log the progress: every tenth, and the end."""
        done, tenth = self._total - len(self._queue), max(1, self._total // 10)
        if done // tenth > (done - more) // tenth or not self._queue:
            log.info("%d of %d texts have their vector of %s", done, self._total, name)


def name_of(encoder: Encoder | None) -> str:
    """Name of what ranks."""
    return BUILTIN if encoder is None else encoder.name


def _first(texts: list[str]) -> tuple[list[str], list[str]]:
    """Divide texts: a few to encode together, at least one, and the others."""
    ends = np.cumsum([len(text) for text in texts[:STEP]])
    count = max(1, int(np.searchsorted(ends, STEP_CHARACTERS, "right")))
    return texts[:count], texts[count:]


def encoder_of(settings: Settings) -> Encoder | None:
    """
    Find the encoder that a deployment wants.

    Raises
    ------
    SettingsRefused
        When it is not installed, or there is no such folder.
    """
    try:
        return encoder_named(settings.encoder)
    except ValueError as error:
        raise SettingsRefused(f"PIIRI_ENCODER: {error}") from None


def keep_vectors(session: Session, encoder: Encoder, texts: Iterable[str]) -> None:
    """Keep the vectors of texts that the encoder has encoded, in the store and in its memory."""
    vectors = encoder.remembered(texts)
    encoder.remember(vectors)
    plant_vectors(session, encoder.name, vectors)


def plant_vectors(
    session: Session, encoder: str, vectors: Mapping[bytes, NDArray[np.float32]]
) -> None:
    """Keep vectors by the keys of their texts; known ones are left as they are."""
    held = select(TextVector.text_hash).where(TextVector.encoder == encoder)
    if len(vectors) < FEW:
        held = held.where(col(TextVector.text_hash).in_([key.hex() for key in vectors]))
    known = set(session.exec(held).all())
    for key, vector in vectors.items():
        if key.hex() not in known:
            body = vector.astype(HALF).tobytes()
            session.add(TextVector(encoder=encoder, text_hash=key.hex(), vector=body))


def forget_unused(session: Session, encoder: Encoder) -> None:
    """Forget vectors of texts that no open challenge has any more, and of other encoders."""
    session.exec(delete(TextVector).where(col(TextVector.encoder) != encoder.name))
    used = {key.hex() for key in encodable(wanted_texts(session, encoder))}
    ours = col(TextVector.encoder) == encoder.name
    gone = set(session.exec(select(TextVector.text_hash).where(ours)).all()) - used
    if gone:  # one statement with a list of values: named in it there could be too many
        unused = delete(TextVector).where(ours, col(TextVector.text_hash) == bindparam("gone"))
        session.connection().execute(unused, [{"gone": text_hash} for text_hash in sorted(gone)])
