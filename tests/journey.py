"""A demonstration as anyone starts it, and what a person does in its pages."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

from playwright.sync_api import Locator, Page, expect

from schemas.challenges import ChallengeCard
from schemas.units import UnitProfile
from services.challenges import queries as challenges
from services.directory import queries as directory
from services.groups import queries as groups
from services.kit.store import Store
from services.look.refusals import REFUSALS
from services.look.words import say

PATIENCE_MS = 30_000
"""Of a shared machine; how fast it is, is measured elsewhere."""

TRIES = 5
"""Times a person looks at the board again because a round changed what was decided on."""

BY_A_ROUND = ("proposal-changed-by-a-round", "proposal-changed-by-all", "proposal-has-lapsed")
"""Why a decision is refused that was right when its board was shown."""

Found = TypeVar("Found")

WORDS = {
    "fi": {
        "title": "Lähiruoan osuuden kasvattaminen kouluissa",
        "text": "Haluamme nostaa paikallisen ruoan osuutta koulujen aterioissa, mutta erät ovat "
        "pientuottajille liian suuria ja tarjouksia tulee vähän.",
    },
    "sv": {
        "title": "Mer närproducerad mat i skolorna",
        "text": "Vi vill öka andelen närproducerad mat i skolmåltiderna, men partierna är för "
        "stora för små producenter och anbuden blir få.",
    },
    "en": {
        "title": "More local food in school kitchens",
        "text": "We want a larger share of local food in school meals, but the lots are too big "
        "for small producers and few of them send a tender.",
    },
}


class Demo(NamedTuple):
    """A demonstration that runs: its address and its store."""

    address: str
    store: Store

    def unit(self, unit_id: str) -> UnitProfile:
        with self.store.read() as session:
            return directory.unit(session, unit_id)

    def challenge(self, challenge_id: str) -> ChallengeCard:
        with self.store.read() as session:
            return challenges.card(session, challenge_id)

    def members(self, proposal_id: str) -> list[str]:
        with self.store.read() as session:
            members = groups.proposal(session, proposal_id).proposal.members
        return [member.unit_id for member in members]

    def agent_near(self, unit_ids: list[str]) -> str:
        """An agent that holds a region of one of these units."""
        held = {region for unit_id in unit_ids for region in self.unit(unit_id).regions}
        with self.store.read() as session:
            for agent in directory.agents(session):
                if held & {territory.region for territory in agent.territories}:
                    return agent.id
        raise AssertionError(f"no agent holds any of {held}")


@contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    """Start ``piiri demo`` on a free port; stop it by SIGTERM and see that it ends well."""
    command = [sys.executable, "-m", "services.cli", "demo", "--data", str(folder), "--port", "0"]
    env = {name: value for name, value in os.environ.items() if not name.startswith("PIIRI_")}
    env["PYTHONUNBUFFERED"] = "1"
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True) as process:
        said = []
        try:
            for line in process.stdout:
                said.append(line)
                if line.startswith("ready "):
                    break
            assert said, "it said nothing"
            assert said[-1].startswith("ready "), "".join(said)
            store = Store(f"sqlite:///{folder}/piiri.db")
            yield Demo(said[-1].split()[1].rstrip("/"), store)
            store.close()
        finally:
            process.terminate()
            process.stdout.read()
    assert process.returncode == 0


class Visit:
    """One person's way through the pages, in one language."""

    def __init__(self, demo: Demo, page: Page, lang: str) -> None:
        self.demo, self.page, self.lang = demo, page, lang
        page.set_default_timeout(PATIENCE_MS)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.demo.address}/{self.lang}{path}")

    def be(self, role: str, **choice: str) -> None:
        """Choose a role in the demonstration."""
        unit = choice.get("unit", "")
        search = self.demo.unit(unit).name.fi if unit else ""
        self.page.goto(f"{self.demo.address}/{self.lang}/demo/sign-in?search={search}")
        card = self.page.locator(f"#as-{role}")
        for name, value in choice.items():
            card.locator(f"select[name={name}]").select_option(value)
        card.locator("form[method=post] button").click()
        expect(self.page.locator("h1")).to_be_visible()

    def write(self, title: str, text: str) -> None:
        self.page.locator("#title").fill(title)
        self.page.locator("#text").fill(text)

    def first_proposal(self) -> Locator:
        return self.page.locator("article.proposal").first

    def first_proposal_id(self) -> str:
        return self.first_proposal().get_attribute("id").removeprefix("proposal-")

    def decide(self, act: Callable[[], Found], said: Locator) -> Found:
        """
        Decide on the board and see that it was said; return what ``act`` found on its way.

        A round may change a proposal between a look at it and a click. A person is told so,
        looks at the board as it is now and decides again; so does this.
        """
        refused = self.page.get_by_role("alert")
        for _ in range(TRIES):
            self.go("/proposals")
            found = act()
            expect(said.or_(refused)).to_be_visible()
            if said.is_visible():
                return found
            why = [say(self.lang, REFUSALS[code]) for code in BY_A_ROUND]
            assert refused.locator("p").inner_text() in why
        raise AssertionError(f"a round changed what was decided on, {TRIES} times in turn")
