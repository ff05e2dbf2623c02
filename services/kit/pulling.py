"""Pull from a durable consumer without ever waiting for a full batch."""

import asyncio
import json
import time
from collections import deque
from contextlib import suppress

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.errors import Error as NatsError

HEARTBEAT_S = 0.5
"""The server speaks this often while a request is open; two silences mean it was lost."""
EXPIRES_S = 30.0


class PullTrouble(NatsError):
    """The server does not serve this consumer now."""


class Puller:
    """
    Keeps one request open on the server and hands out whatever has come.

    The library's ``fetch`` makes a request per batch, and what it holds in the middle of one
    is lost when it is interrupted. Here messages go on arriving while a batch is settled,
    and what was not handed out can be given back.

    Parameters
    ----------
    client
        The connection.
    stream, durable
        The consumer to pull from.
    ahead
        How many messages may be asked for and not have come yet.
    """

    def __init__(self, client: Client, stream: str, durable: str, *, ahead: int) -> None:
        self.came: deque[Msg] = deque()
        self._client = client
        self._consumer = f"{stream}.{durable}"
        self._ahead = ahead
        self._asked = 0
        self._heard = 0.0
        self._trouble = ""
        self._arrived = asyncio.Event()
        self._subscription: Subscription | None = None

    async def open(self) -> None:
        """Begin to receive; nothing is asked for yet."""
        if self._subscription is None:
            inbox = self._client.new_inbox()
            self._subscription = await self._client.subscribe(inbox, cb=self._on_message)

    async def close(self) -> list[Msg]:
        """Stop receiving; return what came and was not handed out."""
        if self._subscription is not None:
            with suppress(NatsError, TimeoutError):
                # Not a mere unsubscribe: that drops what is on its way to us.
                await self._subscription.drain()  # type: ignore[no-untyped-call]
                # The server clears requests nobody listens for when it is asked about them;
                # else the first message given back would fall behind the others.
                await self._client.request(f"$JS.API.CONSUMER.INFO.{self._consumer}", timeout=1.0)
        self._subscription, self._asked = None, 0
        left = list(self.came)
        self.came.clear()
        return left

    def start_over(self) -> None:
        """Forget the open request, after a reconnection."""
        self._asked = 0
        self._arrived.set()

    async def take(self, limit: int, wait_s: float) -> list[Msg]:
        """
        Take what has come, up to a limit; wait for the first.

        Raises
        ------
        PullTrouble
            When the server refuses, or does not know the consumer.
        """
        await self._ask()
        if not self.came:
            self._arrived.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait_s):
                    await self._arrived.wait()
        if self._trouble:
            trouble, self._trouble = self._trouble, ""
            raise PullTrouble(trouble)
        return [self.came.popleft() for _ in range(min(limit, len(self.came)))]

    async def _ask(self) -> None:
        """Keep a request open for as much as we are ready to hold."""
        if self._asked and time.monotonic() - self._heard > 2 * HEARTBEAT_S:
            self._asked = 0
        wanted = self._ahead - self._asked - len(self.came)
        if wanted < self._ahead / 2 or not self._subscription:
            return
        request = {
            "batch": wanted,
            "expires": int(EXPIRES_S * 1e9),
            "idle_heartbeat": int(HEARTBEAT_S * 1e9),
        }
        self._asked += wanted
        self._heard = time.monotonic()
        await self._client.publish(
            f"$JS.API.CONSUMER.MSG.NEXT.{self._consumer}",
            json.dumps(request).encode(),
            reply=self._subscription.subject,
        )

    async def _on_message(self, message: Msg) -> None:
        self._heard = time.monotonic()
        headers = message.headers or {}
        match headers.get("Status", ""):
            case "":
                self._asked = max(0, self._asked - 1)
                self.came.append(message)
            case "100":  # a heartbeat
                return
            case "404" | "408":  # the request ended by itself
                self._asked = max(0, self._asked - int(headers.get("Nats-Pending-Messages", 0)))
            case status:
                self._asked = 0
                self._trouble = f"{status} {headers.get('Description', '')}".strip()
        self._arrived.set()
