"""Every template with invented values: accessible, quiet and narrow enough, in each language."""

from collections.abc import Iterator
from importlib import import_module

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.browser
preview = import_module("preview")
PATHS = [one.path for one in preview.PREVIEWS]


@pytest.fixture(scope="module")
def address(served) -> Iterator[str]:
    with served(preview.preview_app()) as at:
        yield at


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_quiet(quiet: Page, axe, address, path, lang):
    quiet.goto(f"{address}/{lang}{path}")
    expect(quiet.locator("html")).to_have_attribute("lang", lang)
    expect(quiet.locator("h1")).to_have_count(1)
    axe(quiet)
    quiet.set_viewport_size({"width": 390, "height": 900})
    # Narrow pages differ between languages by the length of their words alone.
    assert quiet.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if lang == "fi":
        axe(quiet)


def test_the_language_switch_stays_on_the_page(quiet: Page, address):
    quiet.goto(f"{address}/fi/challenges/new")
    quiet.get_by_role("link", name="På svenska").click()
    expect(quiet).to_have_url(f"{address}/sv/challenges/new")
    expect(quiet.get_by_role("heading", level=1)).to_have_text("Anmäl en utvecklingsutmaning")


def test_the_keyboard_reaches_the_content_first(quiet: Page, address):
    quiet.goto(f"{address}/fi/")
    quiet.keyboard.press("Tab")
    expect(quiet.get_by_role("link", name="Siirry sisältöön")).to_be_focused()
    quiet.keyboard.press("Enter")
    expect(quiet.locator("main")).to_be_focused()


def test_peers_appear_while_typing_and_the_focus_stays(quiet: Page, axe, address):
    quiet.goto(f"{address}/fi/challenges/new")
    text = quiet.get_by_label("Kuvaus", exact=True)
    text.press_sequentially("Lähiruokaa kouluihin")
    expect(quiet.get_by_role("heading", name="3 alustavaa vertaista")).to_be_visible()
    expect(text).to_be_focused()
    expect(text).to_have_value("Lähiruokaa kouluihin")
    axe(quiet)


def test_peers_that_are_not_told_are_asked_for_again_by_themselves(quiet: Page, address):
    quiet.goto(f"{address}/fi/challenges/new")
    quiet.get_by_label("Haaste yhdellä lauseella").fill("Hiljaisuus")
    expect(quiet.get_by_text("Vertaisten haku ei juuri nyt vastaa.")).to_be_visible()
    expect(quiet.get_by_role("heading", name="3 alustavaa vertaista")).to_be_visible(timeout=20_000)
    asked: list[str] = []
    quiet.on("request", lambda request: asked.append(request.url))
    quiet.wait_for_timeout(6000)
    assert not [url for url in asked if url.endswith("/challenges/peers")]


def test_a_theme_chosen_while_peers_are_sought_stays_chosen(quiet: Page, address):
    quiet.goto(f"{address}/fi/challenges/new")
    quiet.get_by_label("Haaste yhdellä lauseella").fill("Lähiruoka")
    quiet.get_by_label("kiertotalous").check()
    expect(quiet.get_by_role("heading", name="3 alustavaa vertaista")).to_be_visible()
    quiet.wait_for_timeout(700)
    expect(quiet.get_by_label("kiertotalous")).to_be_checked()


def test_the_form_asks_at_most_six_answers_two_of_them_typed(quiet: Page, address):
    quiet.goto(f"{address}/fi/challenges/new")
    required = quiet.locator("#challenge-form :is(input, select, textarea)[required]")
    names = {field.get_attribute("name") for field in required.all()}
    assert len(names) <= 6
    typed = "#challenge-form :is(input[type=text], textarea)[required]"
    expect(quiet.locator(typed)).to_have_count(2)


def test_what_was_wrong_is_told_first_and_leads_to_its_field(quiet: Page, address):
    quiet.goto(f"{address}/fi/challenges/wrong")
    summary = quiet.locator("ds-error-summary")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="Kirjoita vähintään 5 merkkiä").click()
    field = quiet.get_by_label("Haaste yhdellä lauseella")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_value("Ruo")


def test_live_news_come_to_the_challenge_and_to_the_board(quiet: Page, address):
    quiet.goto(f"{address}/fi/challenges/ch-1")
    expect(quiet.get_by_role("heading", name="1 vertainen")).to_be_visible()
    quiet.goto(f"{address}/fi/proposals")
    expect(quiet.get_by_role("link", name="2 uutta ehdotusta – näytä")).to_be_visible()


def test_news_come_though_their_script_comes_late(quiet: Page, address):
    def late(route):
        quiet.wait_for_timeout(1500)
        route.continue_()

    quiet.route("**/hx-sse*", late)
    quiet.goto(f"{address}/fi/challenges/ch-1", wait_until="commit")
    expect(quiet.get_by_role("heading", name="1 vertainen")).to_be_visible()


def test_after_a_move_the_focus_returns_to_the_moved_member(quiet: Page, axe, address):
    quiet.goto(f"{address}/fi/proposals")
    menu = quiet.locator("#menu-ch-4")
    menu.click()
    quiet.locator("#seat-ch-4").get_by_role("button", name="Siirrä").click()
    expect(quiet.get_by_text("Siirretty ryhmään.")).to_be_visible()
    expect(quiet.locator("#menu-ch-4")).to_be_focused()
    axe(quiet)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (None, "Palvelu ei vastaa."),
        (503, "Palvelu ei vastaa."),
        (401, "Istunto on päättynyt."),
        (404, "Tätä ei voitu tehdä."),
    ],
)
def test_a_move_that_could_not_be_made_says_so_until_one_can(page: Page, address, status, said):
    def refuse(route):
        return route.abort() if status is None else route.fulfill(status=status, body="")

    page.goto(f"{address}/fi/proposals")
    page.route("**/proposals/move", refuse)
    page.locator("#menu-ch-4").click()
    page.locator("#seat-ch-4").get_by_role("button", name="Siirrä").click()
    told = page.get_by_role("alert").filter(has_text=said)
    expect(told).to_be_in_viewport()
    page.unroute("**/proposals/move")
    page.locator("#seat-ch-4").get_by_role("button", name="Siirrä").click()
    expect(page.get_by_text("Siirretty ryhmään.")).to_be_visible()
    expect(told).to_have_count(0)


def test_a_page_whose_news_have_stopped_says_so(page: Page, address):
    page.route("**/proposals/live*", lambda route: route.abort())
    page.goto(f"{address}/fi/proposals")
    expect(page.get_by_role("alert").filter(has_text="eikä sivu juuri nyt päivity")).to_be_visible()
    page.get_by_role("button", name="Sulje viesti").click()
    expect(page.get_by_text("eikä sivu juuri nyt päivity")).to_have_count(0)


def test_escape_closes_a_menu_and_keeps_the_place(quiet: Page, address):
    quiet.goto(f"{address}/fi/proposals")
    menu = quiet.locator("#menu-ch-1")
    menu.press("Enter")
    expect(quiet.locator("#to-ch-1")).to_be_visible()
    quiet.keyboard.press("Tab")
    quiet.keyboard.press("Escape")
    expect(quiet.locator("#to-ch-1")).to_be_hidden()
    expect(menu).to_be_focused()


def test_the_interface_page_draws_without_any_other_host(quiet: Page, axe, address):
    hosts: set[str] = set()
    quiet.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    quiet.goto(f"{address}/fi/interfaces/http")
    expect(quiet.locator("#interface .opblock").first).to_be_visible()
    assert hosts == {address.removeprefix("http://")}
    axe(quiet, practice=False)


def test_without_javascript_the_form_is_whole(browser: Browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{address}/fi/challenges/wrong")
    expect(page.locator("ds-error-summary")).to_contain_text("Korjaa ennen lähettämistä")
    expect(page.get_by_role("button", name="Ilmoita haaste")).to_be_enabled()
    page.goto(f"{address}/fi/proposals")
    page.locator("#menu-ch-1").click()
    expect(page.locator("#seat-ch-1").get_by_role("button", name="Siirrä")).to_be_visible()
    context.close()


def test_an_unknown_inline_script_or_style_would_be_refused(page: Page, address):
    page.goto(f"{address}/fi/")
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">x</p>');"
        "const s = document.createElement('script'); s.textContent = 'window.odd = 1';"
        "document.body.append(s)"
    )
    assert page.evaluate("window.odd") is None
    assert any("Content Security Policy" in text for text in said)
