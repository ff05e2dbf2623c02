"""An application is dressed once: languages in its addresses, guards, headers, answers."""

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware

from services.kit.guard import Guard
from services.kit.headers import Headers
from services.kit.prefix import LanguagePrefix
from services.kit.refusing import Shield, refuse_well
from services.look.assets import Files


def dress(app: FastAPI, *, base_url: str = "", demo: bool = False) -> None:
    """
    Give an application the language prefix, guards, headers, files and error answers.

    Parameters
    ----------
    base_url
        Where people reach the service; its host may send forms besides the host asked.
    demo
        Shows the demo's sign and links on every page.
    """
    app.state.demo = demo
    refuse_well(app)
    app.mount("/static", Files(), name="static")
    # The last one added is the first to see a request.
    app.add_middleware(Shield)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(Guard, base_url=base_url)
    app.add_middleware(LanguagePrefix)
    app.add_middleware(Headers)
