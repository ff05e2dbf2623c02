"""The web server, which stops though pages are listening."""

import socket

import uvicorn
from fastapi import FastAPI

from services.kit.changes import Changes

GRACE_S = 5
"""How long a stop waits for answers that have begun."""


class WebServer(uvicorn.Server):
    """
    Ends the live pages first: a stop waits for open answers, and theirs never end by themselves.

    Run it with ``await server.serve()``; ``should_exit = True`` or a signal stops it.
    """

    def __init__(self, app: FastAPI, host: str, port: int) -> None:
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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop to listen, end the live pages, and let the rest finish."""
        self._changes.close()
        await super().shutdown(sockets)
