"""How every part connects to NATS."""

import asyncio
import logging
import os
import random
import signal
import socket
import ssl
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import nats
from faststream.nats.security import NatsNKey, NatsSecurity
from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.errors import StaleConnectionError, UnexpectedEOF

from services.kit.settings import Settings

log = logging.getLogger("piiri.nats")

T = TypeVar("T")

API_TIMEOUT_S = 5.0
"""An election takes seconds; the library's 0.5 s would give up in the middle of one."""


class ConnectionLost(NatsError):
    """The connection went away before the answer came."""


class Link:
    """
    The state of one connection, told to whoever needs to act on it.

    Attributes
    ----------
    connects
        How often the connection was made; a new number means that something may be lost.
    closing
        True once we close it ourselves.
    """

    def __init__(self, part: str, on_lost: Callable[[], None] | None = None) -> None:
        self.part = part
        self.connects = 0
        self.closing = False
        self._on_lost = on_lost or end_process
        self._listeners: list[Callable[[], None]] = []
        self._lost = asyncio.Event()

    @property
    def inbox_prefix(self) -> str:
        """Where answers come to; the server lets each part listen to its own only."""
        return f"_INBOX_{self.part}"

    def on_connected(self, listener: Callable[[], None]) -> None:
        """Call back, in the event loop, after each reconnection."""
        self._listeners.append(listener)

    def options(self, settings: Settings) -> dict[str, Any]:
        """
        Return the options both clients take alike.

        A dead link is noticed in two missed pings; the library's own defaults take six
        minutes, and after sixty tries it gives up for good.
        """
        return {
            "servers": settings.nats_url.split(","),
            "name": f"{self.part}@{socket.gethostname()}",
            "inbox_prefix": self.inbox_prefix,
            "max_reconnect_attempts": -1,
            # Spread, so that after a restart of the server not all come back at once.
            "reconnect_time_wait": 0.5 * random.uniform(0.7, 1.3),  # noqa: S311
            "ping_interval": 5,
            "max_outstanding_pings": 2,
            "drain_timeout": 5,
            "pending_size": 32 * 1024 * 1024,
            "error_cb": self._on_error,
            "reconnected_cb": self._on_reconnected,
            "disconnected_cb": self._on_disconnected,
            "closed_cb": self._on_closed,
        }

    def opened(self) -> None:
        """Note the first connection, which the library does not report."""
        self.connects += 1

    async def unless_lost(self, request: Coroutine[Any, Any, T]) -> T:
        """
        Wait for an answer only while the connection lasts; a lost one brings none.

        Raises
        ------
        ConnectionLost
            As soon as it is lost, rather than when the request's time is up.
        """
        answer = asyncio.ensure_future(request)
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({answer, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not answer.done():
                raise ConnectionLost("the connection was lost")
            return answer.result()
        finally:
            lost.cancel()
            answer.cancel()

    async def _on_error(self, error: Exception) -> None:
        if isinstance(error, OSError | UnexpectedEOF | StaleConnectionError):
            return  # the link is lost, or cannot be made again yet: that is told below
        # A refused publish shows up nowhere else.
        log.error("%s: %s %s", self.part, type(error).__name__, error)

    async def _on_disconnected(self) -> None:
        self._lost.set()
        if not self.closing:
            log.warning("%s: lost the connection to NATS", self.part)

    async def _on_reconnected(self) -> None:
        self.connects += 1
        self._lost.clear()
        log.warning("%s: connected to NATS again", self.part)
        for listener in self._listeners:
            listener()

    async def _on_closed(self) -> None:
        if not self.closing:
            log.critical("%s: the connection to NATS is closed for good", self.part)
            self._on_lost()


def end_process() -> None:
    """Stop this process in its ordinary way; whoever supervises it starts a new one."""
    os.kill(os.getpid(), signal.SIGTERM)


def security(settings: Settings) -> NatsSecurity | None:
    """Describe TLS and the nkey to FastStream; none for a server on this computer."""
    context = tls_context(settings)
    if settings.nats_nkey_file:
        return NatsNKey.from_file(str(settings.nats_nkey_file), ssl_context=context)
    return NatsSecurity(ssl_context=context) if context else None


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Trust the given authority only, when one is given, and show our own certificate."""
    if settings.nats_ca_file is None:
        return None
    context = ssl.create_default_context(cafile=str(settings.nats_ca_file))
    if settings.nats_cert_file:
        context.load_cert_chain(settings.nats_cert_file, settings.nats_key_file)
    return context


async def connect(settings: Settings, link: Link) -> Client:
    """Open a connection without FastStream, for parts that hear no events."""
    more: dict[str, Any] = {}
    if settings.nats_nkey_file:
        more["nkeys_seed"] = str(settings.nats_nkey_file)
    if context := tls_context(settings):
        more["tls"] = context
    client = await nats.connect(**link.options(settings), **more)
    link.opened()
    return client


async def give_up(starting: asyncio.Future[Any]) -> None:
    """End a task that may be connecting: between two tries the client ignores one cancellation."""
    while not starting.done():
        starting.cancel()
        await asyncio.wait({starting}, timeout=0.1)
    await asyncio.gather(starting, return_exceptions=True)
