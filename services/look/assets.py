"""Files for the browser: where they are, what they are called, how long they keep."""

import re
from functools import cache
from hashlib import sha256
from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

LOOK = Path(__file__).parent
STATIC = LOOK / "static"
ICONS = LOOK / "icons"
SPRITE = "icons.svg"

VENDOR = {
    "css": "vendor/designsystemet-css-1.22.0/index.css",
    "web": "vendor/designsystemet-web-1.22.0/index.js",
    "htmx": "vendor/htmx.org-4.0.1/htmx.min.js",
    "sse": "vendor/htmx.org-4.0.1/hx-sse.min.js",
    "swagger-css": "vendor/swagger-ui-dist-5.35.0/swagger-ui.css",
    "swagger": "vendor/swagger-ui-dist-5.35.0/swagger-ui-bundle.js",
}


@cache
def static(name: str) -> str:
    """Return the address of a file; it changes when the file does."""
    path = VENDOR.get(name, name)
    if path.startswith("vendor/"):
        return f"/static/{path}"
    mark = sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={mark}"


@cache
def icon(name: str) -> Markup:
    """
    Return an icon, hidden from screen readers: words stand beside it.

    It points into one file with all icons, so that a long page does not carry each drawing
    as often as it is shown.

    Raises
    ------
    LookupError
        When there is no icon of that name.
    """
    if f'id="{name}"' not in sprite():
        raise LookupError(f"there is no icon {name!r} in {ICONS.name}/")
    mark = sha256(sprite().encode()).hexdigest()[:12]
    return Markup(  # noqa: S704  # our own files
        f'<svg class="icon" aria-hidden="true"><use href="/static/{SPRITE}?v={mark}#{name}"/></svg>'
    )


@cache
def sprite() -> str:
    """Return all icons as the symbols of one SVG file."""
    drawings = [
        (path.stem, path.read_text("utf-8").strip()) for path in sorted(ICONS.glob("*.svg"))
    ]
    symbols = "\n".join(
        re.sub(
            r'<svg width="1em" height="1em"(.*?) xmlns="[^"]*">', rf'<symbol id="{name}"\1>', text
        ).replace("</svg>", "</symbol>")
        for name, text in drawings
    )
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


class Files(StaticFiles):
    """The static folder; addresses carry a mark of the content, so copies may be kept."""

    def __init__(self) -> None:
        super().__init__(directory=STATIC)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with the file and tell how long a copy is good."""
        if path == SPRITE:
            answer = Response(sprite(), media_type="image/svg+xml")
        else:
            answer = await super().get_response(path, scope)
        lasting = path.startswith("vendor/") or b"v=" in scope.get("query_string", b"")
        keep = "public, max-age=31536000, immutable" if lasting else "no-cache"
        answer.headers["Cache-Control"] = keep
        return answer
