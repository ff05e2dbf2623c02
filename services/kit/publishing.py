"""Publish to JetStream: whole batches with one acknowledgement, else one by one."""

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from uuid import uuid4

from nats.aio.client import Client
from nats.errors import MaxPayloadError, NoRespondersError
from nats.js.errors import APIError

from services.kit.connection import API_TIMEOUT_S, Link
from services.kit.sending import Unsent

log = logging.getLogger("piiri.relay")

BATCH_MESSAGES = 500
"""A batch costs four fsyncs instead of one a message; the server takes up to 1000."""
BATCH_BYTES = 4 * 1024 * 1024
DUPLICATE_IN_BATCH = 10201
"""The batch holds an event the stream has already."""


class StreamMissing(Exception):
    """No stream listens to the subject."""


@dataclass
class Receipt:
    """What became of the rows: stream sequence by row, and rows the server refuses."""

    sent: dict[int, int] = field(default_factory=dict)
    refused: list[int] = field(default_factory=list)
    interrupted: Exception | None = None
    """Why the rest was not tried."""


class Publisher:
    """
    Publishes outbox rows; every message names the stream it expects.

    Without that a publish is a core publish: no acknowledgement, and no error.
    """

    def __init__(self, client: Client, link: Link) -> None:
        self._client, self._link = client, link

    async def publish(self, rows: list[Unsent]) -> Receipt:
        """Publish rows in order; what was acknowledged before trouble is in the receipt."""
        receipt = Receipt()
        try:
            for chunk in chunks(rows):
                await self._publish_chunk(chunk, receipt)
        except Exception as error:  # noqa: BLE001  # the caller marks what was sent, then raises
            receipt.interrupted = error
        return receipt

    async def _publish_chunk(self, rows: list[Unsent], receipt: Receipt) -> None:
        try:
            if len(rows) > 1:
                last = await self._publish_batch(rows)
                first = last - len(rows) + 1
                receipt.sent |= {row.seq: first + n for n, row in enumerate(rows)}
                return
        except (APIError, MaxPayloadError) as error:
            if not _refusal(error):
                raise
            if not _duplicate(error):
                log.warning("a batch of %s was refused, sending one by one: %s", len(rows), error)
        for row in rows:
            await self._publish_one(row, receipt)

    async def _publish_batch(self, rows: list[Unsent]) -> int:
        """Publish all or nothing; return the stream sequence of the last."""
        batch = uuid4().hex
        for number, row in enumerate(rows[:-1], start=1):
            await self._client.publish(
                row.subject, row.body.encode(), headers=_batch_headers(row, batch, number)
            )
        headers = _batch_headers(rows[-1], batch, len(rows)) | {"Nats-Batch-Commit": "1"}
        return await self._request(rows[-1], headers)

    async def _publish_one(self, row: Unsent, receipt: Receipt) -> None:
        try:
            headers = row.headers | {"Nats-Expected-Stream": row.stream}
            receipt.sent[row.seq] = await self._request(row, headers)
        except (APIError, MaxPayloadError) as error:
            if not _refusal(error):
                raise
            receipt.refused.append(row.seq)
            log.error("event %s is refused by the server: %s", row.event_id, error)  # noqa: TRY400

    async def _request(self, row: Unsent, headers: dict[str, str]) -> int:
        """Publish one message and wait for its acknowledgement."""
        try:
            answer = await self._link.unless_lost(
                self._client.request(
                    row.subject, row.body.encode(), timeout=API_TIMEOUT_S, headers=headers
                )
            )
        except NoRespondersError as error:
            raise StreamMissing(row.stream) from error
        said = json.loads(answer.data)
        if "error" in said:
            raise APIError.from_error(said["error"])
        return int(said["seq"])


def chunks(rows: list[Unsent]) -> Iterator[list[Unsent]]:
    """Split rows by stream and size, keeping their order within a stream."""
    for _, same in groupby(sorted(rows, key=lambda row: row.stream), key=lambda row: row.stream):
        chunk: list[Unsent] = []
        size = 0
        for row in same:
            size += len(row.body)
            if chunk and (size > BATCH_BYTES or len(chunk) == BATCH_MESSAGES):
                yield chunk
                chunk, size = [], len(row.body)
            chunk.append(row)
        yield chunk


def _batch_headers(row: Unsent, batch: str, number: int) -> dict[str, str]:
    return row.headers | {
        "Nats-Expected-Stream": row.stream,
        "Nats-Batch-Id": batch,
        "Nats-Batch-Sequence": str(number),
    }


def _duplicate(error: Exception) -> bool:
    return isinstance(error, APIError) and error.err_code == DUPLICATE_IN_BATCH


def _refusal(error: APIError | MaxPayloadError) -> bool:
    """Whether the server refuses this message, rather than being unable to take any."""
    if isinstance(error, MaxPayloadError):
        return True
    return error.code is not None and 400 <= error.code < 500  # as in HTTP
