"""The web server, which stops though pages are listening."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import uvicorn
from fastapi import FastAPI

from services.kit.changes import Changes

GRACE_S = 2
"""How long a stop waits for answers that have begun."""


class WebServer(uvicorn.Server):
    """
    Ends the live pages first: a stop waits for open answers, and theirs never end by themselves.

    Run it with ``run()``, or ``await serve()`` in a loop; a signal or ``should_exit`` stops it.

    Parameters
    ----------
    own_signals
        Whether it hears Ctrl-C and SIGTERM itself; False where something else stops it in turn.
    """

    def __init__(self, app: FastAPI, host: str, port: int, *, own_signals: bool = True) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                # The address of a sign-in link is a secret while it lasts.
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=GRACE_S,
            )
        )
        self._changes: Changes = app.state.changes
        self._own_signals = own_signals

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Hear signals, or leave them to whoever runs the server."""
        with super().capture_signals() if self._own_signals else nullcontext():
            yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop to listen, end the live pages, and let the rest finish."""
        self._changes.close()
        await super().shutdown(sockets)
