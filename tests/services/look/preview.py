"""Every page with invented values, to be looked at: ``python tests/services/look/preview.py``."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response

from services.kit.dressing import dress
from services.kit.pages import show
from services.look.layout import Viewer


@dataclass(frozen=True)
class Preview:
    """A page as one role sees it."""

    path: str
    template: str
    values: dict[str, Any] = field(default_factory=dict)
    viewer: Viewer | None = None
    sample: bool = False
    status: int = 200


UNIT = Viewer("unit", "Kokkolan kaupunki", waiting=1)
FACILITATOR = Viewer("facilitator", "Fasilitoija", waiting=3)
AGENT = Viewer("agent", "Lappi ja Kainuu", waiting=2)

PREVIEWS = (
    Preview(
        "/",
        "look/front.html",
        {
            "numbers": {"units": 612, "challenges": 168, "proposals": 21, "groups": 4},
            "counts": {"01": 31, "02": 12, "06": 18, "13": 9, "16": 4, "17": 14, "19": 6, "21": 1},
            "themes": [
                {"label": "sosiaalinen vastuu", "count": 24},
                {"label": "sosiaali- ja terveyspalvelut", "count": 1},
            ],
            "recent": [
                {
                    "id": "ch-1",
                    "title": "Närproducerad mat i skolkök: delanbud och marknadsdialog",
                    "lang": "sv",
                    "region": "15",
                    "sample": True,
                },
                {
                    "id": "ch-2",
                    "title": "Työllistämisehto siivouspalveluissa",
                    "lang": "fi",
                    "region": "06",
                    "sample": True,
                },
            ],
        },
        sample=True,
    ),
    Preview(
        "/error",
        "look/error.html",
        {"number": 500, "code": "broken", "reference": "9f3a1c20", "complaints": ()},
        status=500,
    ),
)


def preview_app() -> FastAPI:
    """Return an application that shows every preview at its path."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    for preview in PREVIEWS:
        app.get(preview.path)(_shown(preview))
    dress(app, demo=True)
    return app


def _shown(preview: Preview) -> Callable[[Request], Response]:
    def page(request: Request) -> Response:
        request.state.viewer = preview.viewer
        status, values = preview.status, {"sample": preview.sample, **preview.values}
        return show(request, preview.template, status=status, **values)

    return page


if __name__ == "__main__":
    uvicorn.run(preview_app(), host="127.0.0.1", port=8123)
