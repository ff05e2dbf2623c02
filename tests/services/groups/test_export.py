"""The board as an Excel file."""

import re
from html import unescape
from io import BytesIO

import pytest
from builders import a_proposal, registered
from python_calamine import CalamineWorkbook

from schemas.reasons import Reason
from services.groups.proposals import keep_proposal
from services.matching.tables import LeftOut

FORMULA = '=HYPERLINK("http://x.invalid")'


@pytest.fixture
def board(store):
    """Two proposals, and a challenge that waits whose title looks like a formula."""
    with store.begin() as session:
        for name in "AB":
            cards = [registered(session, f"{name}{n}") for n in range(3)]
            keep_proposal(session, a_proposal(cards, f"pr-{name}"))
        loose = registered(session, "C0", FORMULA)
        left = Reason(code="nothing-shared").model_dump(mode="json")
        session.add(LeftOut(challenge_id=loose.id, reason=left))


def rows(body):
    return CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize("lang", ["fi", "sv", "en"])
def test_a_row_for_each_challenge_in_a_group_or_in_none(browse, board, lang):
    answer = browse.get(f"/{lang}/proposals/board.xlsx")
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    head, *found = rows(answer.content)
    assert len(head) == len(set(head)) == 8
    placed = [row for row in found if row[0]]
    assert {row[2] for row in placed} == {f"Yksikkö {name}{n}" for name in "AB" for n in range(3)}
    assert {(row[1], row[6]) for row in placed} == {(0.7, 0.7)}
    assert all(row[7] for row in found)
    (waiting,) = [row for row in found if not row[0]]
    assert waiting[2] == "Yksikkö C0"


def test_what_somebody_wrote_is_never_a_formula(browse, board):
    body = browse.get("/fi/proposals/board.xlsx").content
    assert FORMULA in {row[4] for row in rows(body)}


def test_the_page_leads_to_what_it_is_narrowed_to(browse, board):
    page = unescape(browse.get("/fi/proposals?search=yksikkö+a1").text)
    link = re.search(r'href="([^"]+board\.xlsx[^"]*)"', page)[1]
    assert {row[0] for row in rows(browse.get(link).content)[1:]} == {
        row[0] for row in rows(browse.get("/fi/proposals/board.xlsx").content)[1:4]
    }
    assert len(rows(browse.get(link).content)) == 4


def test_an_empty_board_is_a_file_with_headings(browse):
    assert len(rows(browse.get("/fi/proposals/board.xlsx").content)) == 1
