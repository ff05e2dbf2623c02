"""
Real pages in Debian's Chromium: what every browser test starts from.

``page`` collects what went wrong in the browser; ``quiet`` fails a test on it. ``axe`` judges
WCAG 2.2 AA. ``lang`` and ``width`` run a test in each language and at both widths.
"""

import os
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from missing import missing
from playwright.sync_api import Page, expect

from services.look.languages import LANGUAGES

sys.path.insert(0, str(Path(__file__).parent.parent / "services" / "look"))

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1440, 390)
# Patience on a busy machine; what is measured in seconds is measured elsewhere.
expect.set_options(timeout=20_000)
Served = Callable[[FastAPI], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium is; without it the tests are left out, except where all must run."""
    found = os.environ.get("PIIRI_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), "")
    if not found:
        missing("Chromium", "chromium")
    return found


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict, chromium: str) -> dict:
    args = ["--no-sandbox", "--disable-dev-shm-usage", "--font-render-hinting=none"]
    args += ["--force-color-profile=srgb"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": args}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict) -> dict:
    return {
        **browser_context_args,
        "locale": "fi-FI",
        "timezone_id": "Europe/Helsinki",
        "viewport": {"width": 1440, "height": 1000},
        "reduced_motion": "reduce",
    }


@pytest.fixture(params=LANGUAGES)
def lang(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=WIDTHS)
def width(request: pytest.FixtureRequest) -> int:
    return request.param


@pytest.fixture
def quiet(page: Page) -> Iterator[Page]:
    """A page whose test fails when the browser complained: errors, refusals of the policy."""
    problems: list[str] = []
    page.on("console", lambda m: problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    yield page
    assert problems == []


@pytest.fixture
def axe() -> Callable[..., None]:
    """
    Judge a page by WCAG 2.2 AA and good practice, and see that it does not scroll sideways.

    Good practice is left out with ``axe(page, practice=False)``, where a page is not ours.
    """

    def judge(page: Page, *, practice: bool = True) -> None:
        rules = RULES if practice else RULES[:-1]
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": rules}})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0

    return judge


@pytest.fixture(scope="session")
def served() -> Served:
    """Serve an application on a free port: ``with served(app) as address``."""
    return _served


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="warning", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.02)
    assert thread.is_alive(), "the application did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)
