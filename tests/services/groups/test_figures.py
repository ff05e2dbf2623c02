"""The proposals on the board in figures, as the facilitator reads them."""

import pytest
from browsing import browser
from builders import a_facilitator, a_proposal, registered

from schemas.reasons import Reason
from services.groups.figures import figures
from services.groups.proposals import keep_proposal

GIVER = Reason(code="giver", values={"maturity": 4})


def a_view(fits, cohesion, languages=("fi",), reasons=()):
    members = [{"fit": fit} for fit in fits]
    return {
        "members": members, "cohesion": cohesion, "languages": languages, "reasons": list(reasons)
    }  # fmt: skip


def places(km):
    return Reason(code="places", values={"distance_km": km})


def test_they_weigh_groups_by_their_pairs_and_name_the_weakest():
    shown = figures(
        [
            a_view([0.6, 0.5, 0.4], 0.5, reasons=[places(100), GIVER]),
            a_view([0.9, 0.2], 0.9, languages=(), reasons=[places(300)]),
        ],
        unplaced=5,
    )
    assert shown["coverage"] == 0.5
    assert shown["cohesion"] == pytest.approx((0.5 * 3 + 0.9) / 4)
    assert (shown["worst_group"], shown["worst_member"]) == (0.5, 0.2)
    assert (shown["least"], shown["most"], shown["members"]) == (2, 3, 2.5)
    assert shown["distance_km"] == 200
    assert (shown["language"], shown["mixed"], shown["groups"]) == (1, 1, 2)


def test_without_proposals_or_places_nothing_is_made_up():
    assert figures([], 3) == {}
    assert figures([a_view([0.5, 0.5], 0.5)], 0)["distance_km"] is None


def test_the_facilitators_page_shows_them(web, store):
    with store.begin() as session:
        keep_proposal(session, a_proposal([registered(session, f"A{n}") for n in range(4)], "pr-1"))
        registered(session, "C0")
        facilitator = a_facilitator(session)
    page = browser(web, facilitator).get("/en/proposals").text
    assert "The proposals in figures" in page
    assert "80% of the challenges" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_a_board_without_proposals_shows_no_figures(web, store):
    with store.begin() as session:
        facilitator = a_facilitator(session)
    assert "The proposals in figures" not in browser(web, facilitator).get("/en/proposals").text
