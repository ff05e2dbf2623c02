"""The main job in the browser, on a demonstration that really runs, in each language and width."""

from collections.abc import Iterator
from functools import partial

import pytest
from journey import PATIENCE_MS, WORDS, Demo, Visit, running_demo
from playwright.sync_api import Browser, Locator, Page, expect

from services.groups.board import SAID
from services.look.words import say

pytestmark = pytest.mark.browser
expect.set_options(timeout=PATIENCE_MS)
UNITS = {
    ("fi", 1440): "KU091",
    ("sv", 1440): "KU905",
    ("en", 1440): "KU049",
    ("fi", 390): "KU564",
    ("sv", 390): "KU499",
    ("en", 390): "KU853",
}
"""Who registers a challenge in which language at which width; a unit registers a title once."""


@pytest.fixture(scope="module")
def demo(chromium, tmp_path_factory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("journey") / "demo") as running:
        yield running


def test_a_challenge_finds_its_group_and_the_agent_hears(quiet: Page, axe, demo, lang, width):
    quiet.set_viewport_size({"width": width, "height": 1000})
    visit, told = Visit(demo, quiet, lang), partial(say, lang)

    visit.be("unit", unit=UNITS[lang, width])
    visit.go("/challenges/new")
    visit.write(WORDS[lang]["title"], WORDS[lang]["text"])
    expect(quiet.locator("#peers-list .item").first).to_be_visible()
    axe(quiet)
    quiet.locator("#challenge-form").get_by_role("button", name=told("Ilmoita haaste")).click()
    expect(quiet.get_by_role("heading", level=1)).to_have_text(WORDS[lang]["title"])
    expect(quiet.locator("#peers .item").first).to_be_visible()  # by itself
    axe(quiet)

    visit.be("facilitator")

    def approve() -> str:
        shown = demo.members(visit.first_proposal_id())
        quiet.locator("#search").fill(demo.unit(shown[0]).name.text(lang))
        quiet.get_by_role("button", name=told("Rajaa")).click()
        quiet.wait_for_url("**search=**")
        axe(quiet)
        narrowed = visit.first_proposal_id()
        proposal = quiet.locator(f"#proposal-{narrowed}")
        proposal.get_by_role("button", name=told("Hyväksy ja kutsu")).click()
        return narrowed

    said = quiet.get_by_role("status").get_by_text(said_of("approved", told))
    proposal_id = visit.decide(approve, said)
    expect(quiet.locator(f"#proposal-{proposal_id}")).to_have_count(0)
    invited = demo.members(proposal_id)

    visit.be("unit", unit=invited[0])
    quiet.get_by_role("link", name=told("Vastaa kutsuun")).first.click()
    axe(quiet)
    quiet.get_by_role("button", name=told("Lähdemme mukaan")).click()
    expect(quiet.get_by_role("heading", name=told("Olette mukana"))).to_be_visible()
    axe(quiet)

    visit.be("unit", unit=invited[1])
    quiet.get_by_role("link", name=told("Vastaa kutsuun")).first.click()
    quiet.locator("summary").filter(has_text=told("Emme lähde mukaan")).click()
    quiet.get_by_label(told("Meillä ei ole nyt aikaa")).check()
    axe(quiet)
    quiet.get_by_role("button", name=told("Lähetä vastaus")).click()
    expect(quiet.get_by_role("heading", name=told("Ette lähteneet mukaan"))).to_be_visible()

    visit.be("agent", agent=demo.agent_near(invited))
    own = quiet.locator("#near-own")
    reload_until(quiet, own)
    expect(own.get_by_text(told("Ryhmä kutsutaan koolle")).first).to_be_visible()
    axe(quiet)
    own.get_by_role("button", name=told("Tuen tätä")).first.click()
    expect(own.get_by_text(told("Tuet tätä ryhmää.")).first).to_be_visible()


def reload_until(page: Page, awaited: Locator) -> None:
    """Load the page again, as one without scripts does, until it shows what is awaited."""
    for _ in range(PATIENCE_MS // 1000):
        if awaited.is_visible():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(awaited).to_be_visible()


def said_of(code: str, told) -> str:
    return told(SAID[code]).partition(":")[0]


def test_it_all_works_without_javascript(browser: Browser, browser_context_args, demo):
    context = browser.new_context(**{**browser_context_args, "java_script_enabled": False})
    page = context.new_page()
    visit, told = Visit(demo, page, "fi"), partial(say, "fi")
    visit.be("unit", unit="KU837")
    visit.go("/challenges/new")
    visit.write("Abc", "Siivouksen työllistämisehto on meille uusi, ja pelkäämme tarjousten katoa.")
    button = page.locator("#challenge-form").get_by_role("button", name="Ilmoita haaste")
    button.click()
    expect(page.get_by_text("Kirjoita vähintään 5 merkkiä").first).to_be_visible()
    page.locator("#title").fill("Työllistämisehto siivouksessa")
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Työllistämisehto siivouksessa")
    reload_until(page, page.locator("#peers .item").first)  # proposals change until it is matched

    visit.be("facilitator")

    def rename() -> str:
        proposal_id = visit.first_proposal_id()
        proposal = page.locator(f"#proposal-{proposal_id}")
        proposal.locator("summary").filter(has_text="Nimeä").click()
        proposal.get_by_label("Ryhmän nimi").fill("Ilman skriptejä")
        proposal.get_by_role("button", name="Tallenna nimi").click()
        return proposal_id

    def approve() -> None:
        proposal = page.locator(f"#proposal-{proposal_id}")
        proposal.get_by_role("button", name="Hyväksy ja kutsu").click()

    proposal_id = visit.decide(rename, page.get_by_text("Nimetty: Ilman skriptejä"))
    visit.decide(approve, page.get_by_text(said_of("approved", told)))
    invited = demo.members(proposal_id)

    visit.be("unit", unit=invited[0])
    page.get_by_role("link", name="Vastaa kutsuun").first.click()
    page.get_by_role("button", name="Lähdemme mukaan").click()
    expect(page.get_by_role("heading", name="Olette mukana")).to_be_visible()
    page.get_by_role("button", name="Kirjaudu ulos").click()
    expect(page.get_by_role("link", name="Kirjaudu sisään").first).to_be_visible()
    context.close()


def test_a_member_is_moved_by_the_keyboard_and_the_focus_stays_with_it(quiet: Page, axe, demo):
    visit, told = Visit(demo, quiet, "fi"), partial(say, "fi")
    visit.be("facilitator")

    def take_out() -> str:
        menu = visit.first_proposal().locator("details.menu summary").first
        seat = menu.get_attribute("id").removeprefix("menu-")
        visit.go(f"/proposals?search={demo.challenge(seat).title}")
        quiet.locator(f"#menu-{seat}").focus()
        quiet.keyboard.press("Enter")
        form = quiet.locator(f"#seat-{seat} form")
        form.locator("select").select_option("")
        form.get_by_role("button", name="Siirrä").focus()
        quiet.keyboard.press("Enter")
        return seat

    said = quiet.get_by_role("status").get_by_text(said_of("taken-out", told))
    seat = visit.decide(take_out, said)
    expect(quiet.locator(f".unplaced #seat-{seat}")).to_be_visible()
    expect(quiet.locator(f"#menu-{seat}")).to_be_focused()
    axe(quiet)


def test_what_was_decided_is_told_in_sight_and_the_next_proposal_has_the_focus(quiet: Page, demo):
    visit, told = Visit(demo, quiet, "fi"), partial(say, "fi")
    visit.be("facilitator")

    def reject() -> tuple[str, str]:
        proposals = quiet.locator(".board > .proposal")
        at = proposals.count() - 2  # far down
        chosen, after = (proposals.nth(at + by).get_attribute("id") for by in (0, 1))
        form = quiet.locator(f"#{chosen} details", has_text=told("Hylkää"))
        form.locator("summary").click()
        form.locator("select").select_option(index=1)
        form.get_by_role("button", name=told("Hylkää ehdotus")).click()
        return chosen, after

    said = quiet.get_by_role("status").get_by_text(said_of("rejected", told))
    chosen, after = visit.decide(reject, said)
    expect(said).to_be_in_viewport()
    expect(quiet.locator(f"#{chosen}")).to_have_count(0)
    expect(quiet.locator(f"#{after}")).to_be_focused()
    quiet.get_by_role("button", name=told("Sulje viesti")).click()
    expect(said).to_have_count(0)
    expect(quiet.locator("#board")).to_be_focused()


def test_letters_are_read_where_nothing_leaves_the_computer(quiet: Page, axe, demo):
    visit = Visit(demo, quiet, "fi")
    visit.go("/demo/letters")
    reload_until(quiet, quiet.locator("details.letter").first)
    quiet.locator("details.letter summary").first.click()
    axe(quiet)
    assert "example.invalid" not in quiet.content()
