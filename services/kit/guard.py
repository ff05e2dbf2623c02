"""Requests that change something must come from our own pages, and be of human size."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from services.kit.refusing import answer

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN = frozenset({"same-origin", "none"})
"""``none``: the person started it, as by loading a page again."""
LARGEST = 2 * 1024 * 1024


class Guard:
    """
    Refuse unsafe requests of other sites, and bodies over two mebibytes.

    Browsers tell where a request comes from (Fetch Metadata, RFC 6454's Origin). Programs
    tell nothing and bring their own keys, never a cookie, so they pass.
    """

    def __init__(self, app: ASGIApp, base_url: str = "", largest: int = LARGEST) -> None:
        self.app = app
        self.own_host = urlsplit(base_url).netloc
        self.largest = largest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on or answer 403 or 413."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not self._own(headers):
            no = answer(Request(scope), 403, "other-site", detail="The request is another site's")
            await no(scope, receive, send)
        elif self._too_large(headers):
            limit = f"At most {self.largest} bytes are accepted"
            await answer(Request(scope), 413, "too-large", detail=limit)(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _own(self, headers: Headers) -> bool:
        if (site := headers.get("sec-fetch-site")) is not None:
            return site in OWN
        if (origin := headers.get("origin")) is not None:
            return urlsplit(origin).netloc in {headers.get("host"), self.own_host} - {"", None}
        return True

    def _too_large(self, headers: Headers) -> bool:
        told = headers.get("content-length", "0")
        return not told.isdecimal() or int(told) > self.largest
