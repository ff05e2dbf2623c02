"""Take the picture of the README from a fresh demonstration: ``make screenshot``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "proposals.png"
CHROMIUM = "/usr/bin/chromium"


def main() -> None:
    """Start a demonstration, look at the proposals as a facilitator, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        command = [str(Path(sys.executable).parent / "piiri"), "demo", "--data", folder]
        demo = subprocess.Popen([*command, "--port", "0"], stdout=subprocess.PIPE, text=True)
        try:
            take(address_of(demo))
        finally:
            demo.terminate()
            demo.wait()


def address_of(demo: "subprocess.Popen[str]") -> str:
    """Read what the demonstration says until it names its address."""
    assert demo.stdout is not None
    for line in demo.stdout:
        if line.startswith("ready "):
            return line.removeprefix("ready ").strip().rstrip("/")
    sys.exit("the demonstration ended before it was ready")


def take(address: str) -> None:
    """Sign in as a facilitator and take the picture."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 860}, locale="fi-FI")
        page.goto(f"{address}/fi/demo/sign-in")
        page.get_by_role("button", name="Jatka roolissa: Fasilitoija").click()
        page.wait_for_url("**/proposals")
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main()
