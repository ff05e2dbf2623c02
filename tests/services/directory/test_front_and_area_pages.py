"""The public front page, and regions at a glance."""

import pytest
from browsing import browser
from builders import (
    a_contact,
    a_draft,
    a_facilitator,
    a_proposal,
    an_agent,
    joined,
    registered,
)

from services.challenges.actions import register_challenge
from services.groups.proposals import keep_proposal


def test_the_front_page_counts_and_names_only_what_is_public(web, store):
    with store.begin() as session:
        registered(session, "A0", "Julkinen haaste", visibility="public", themes=("food",))
        registered(session, "A1", "Suljettu haaste", themes=("food",))
        joined(session, "Z0", region="01")
    page = browser(web).get("/fi/").text
    assert "Julkinen haaste" in page
    assert "Suljettu haaste" not in page
    assert "Yksikkö A0" not in page
    assert "2 haastetta" in page


def test_sample_data_is_marked_as_such(web, store):
    with store.begin() as session:
        joined(session, "A0")
        draft = a_draft(visibility="public")
        register_challenge(session, a_contact(session, "A0"), draft, sample=True)
    assert "Esimerkkiaineisto" in browser(web).get("/fi/").text


def test_an_agent_sees_its_regions_and_who_is_left_out(web, store):
    with store.begin() as session:
        agent = an_agent(session, "06")
        cards = [registered(session, f"A{n}") for n in range(3)]
        keep_proposal(session, a_proposal(cards))
        registered(session, "P0", "Julkinen", visibility="public")
        registered(session, "S0", "Suljettu", visibility="all_units")
        joined(session, "U0", region="01")
        register_challenge(session, a_contact(session, "U0"), a_draft(title="Uudellamaalla"))
    page = browser(web, agent).get("/fi/area").text
    assert "Oma alue" in page
    assert "Pirkanmaa" in page
    assert "Yksikkö P0" in page
    assert "Yksikkö S0" not in page
    assert "Yksi organisaatio" in page
    assert "Yksikkö A0" not in page
    assert "Yksikkö U0" not in page


def test_facilitators_see_every_region_and_where_no_agent_is(web, store):
    with store.begin() as session:
        an_agent(session, "06")
        facilitator = a_facilitator(session)
    page = browser(web, facilitator).get("/fi/area").text
    assert page.count('scope="row"') == 19
    assert "Isäntä ag-1" in page
    assert "ei agenttia: keskus vastaa" in page


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_the_front_page_speaks_the_three_languages(web, lang):
    assert f'<html lang="{lang}"' in browser(web).get(f"/{lang}/").text
