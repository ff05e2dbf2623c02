"""The language in the address: ``/fi/challenges/new`` is ``/challenges/new`` in Finnish."""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.look.languages import COOKIE, as_language, wanted
from services.look.layout import address

WITHOUT = ("/api", "/static", "/live", "/ready", "/schemas", "/favicon.ico", "/robots.txt")
"""Paths that speak to programs: they have no language."""


class LanguagePrefix:
    """
    Take the language off the path for routing, and send other readers to theirs.

    The language becomes the ``root_path``, so ``url_for`` keeps it by itself.
    """

    def __init__(self, app: ASGIApp, without: tuple[str, ...] = WITHOUT) -> None:
        self.app = app
        self.without = without

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or answer it with the address in the reader's language."""
        if scope["type"] != "http" or self._speaks_to_programs(scope["path"]):
            await self.app(scope, receive, send)
        elif lang := as_language(scope["path"].split("/")[1]):
            inner = {**scope, "root_path": f"{scope.get('root_path', '')}/{lang}"}
            if inner["path"] == f"/{lang}":
                inner["path"] = f"/{lang}/"
            await self.app(inner, receive, self._remembering(Request(scope), lang, send))
        else:
            await self._to_own_language(scope)(scope, receive, send)

    def _speaks_to_programs(self, path: str) -> bool:
        return any(path == one or path.startswith(f"{one}/") for one in self.without)

    def _to_own_language(self, scope: Scope) -> RedirectResponse:
        request = Request(scope)
        lang = wanted(request.headers.get("accept-language", ""), request.cookies.get(COOKIE))
        query = f"?{request.url.query}" if request.url.query else ""
        there = address(lang, "/" + scope["path"].lstrip("/")) + query
        vary = {"Vary": "Accept-Language, Cookie", "Cache-Control": "no-store"}
        return RedirectResponse(there, status_code=307, headers=vary)

    @staticmethod
    def _remembering(request: Request, lang: str, send: Send) -> Send:
        """Keep the language of the last page for addresses without one, such as in mail."""
        if request.cookies.get(COOKIE) == lang:
            return send
        secure = "; Secure" if request.url.scheme == "https" else ""
        cookie = f"{COOKIE}={lang}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{secure}"

        async def remember(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("Set-Cookie", cookie)
            await send(message)

        return remember
