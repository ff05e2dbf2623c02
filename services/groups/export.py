"""The facilitators' board as an Excel file: a row for each challenge, in a group or in none."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import xlsxwriter
from sqlmodel import Session

from schemas.codes import Language
from schemas.people import Visitor
from schemas.reasons import Reason
from services.challenges.seen import Seen, names, seen
from services.groups import queries
from services.groups.naming import group_name
from services.groups.standing import Standing
from services.look.geography import region_name
from services.look.reasons import reason_text
from services.look.words import N_, say
from services.matching import queries as matching

HEADS = (
    (N_("Ryhmä"), 36),
    (N_("Yhteensopivuus"), 15),
    (N_("Organisaatio"), 34),
    (N_("Maakunta"), 20),
    (N_("Haaste"), 60),
    (N_("Kieli"), 8),
    (N_("Sopivuus"), 10),
    (N_("Perustelut"), 80),
)
"""Heading and width in characters of each column."""
SHARES = (1, 6)
"""Columns that hold a share."""
# A text that begins with = or http stays a text, whoever wrote it.
PLAIN = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}

Row = tuple[Any, ...]


def board_workbook(session: Session, visitor: Visitor, lang: Language, found: Standing) -> bytes:
    """Write what stands on the board, or what it is narrowed to, best group first."""
    file = BytesIO()
    with xlsxwriter.Workbook(file, PLAIN) as book:
        sheet = book.add_worksheet(say(lang, N_("Ryhmäehdotukset"))[:31])
        bold, share = book.add_format({"bold": True}), book.add_format({"num_format": "0 %"})
        for at, (head, width) in enumerate(HEADS):
            sheet.set_column(at, at, width, share if at in SHARES else None)
            sheet.write_string(0, at, say(lang, head), bold)
        last = 0
        for last, row in enumerate(_rows(session, visitor, lang, found), 1):
            for at, value in enumerate(row):
                sheet.write(last, at, value)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, last, len(HEADS) - 1)
    return file.getvalue()


def _rows(session: Session, visitor: Visitor, lang: Language, found: Standing) -> Iterator[Row]:
    views = queries.proposals_by_id(session, [one.id for one in found.proposals])
    inside = [member.challenge_id for view in views for member in view.proposal.members]
    known = seen(session, visitor, [*inside, *found.unplaced])
    named, why = names(known, lang), matching.left_out_among(session, found.unplaced)

    def said(*reasons: Reason) -> str:
        return " · ".join(reason_text(reason, named, lang=lang) for reason in reasons)

    for view in views:
        group = (group_name(view, lang), view.proposal.cohesion)
        for one in view.proposal.members:
            if one.challenge_id in known:
                row = _challenge(known[one.challenge_id], lang)
                yield (*group, *row, one.fit, said(*one.reasons))
    for key in found.unplaced:
        if key in known:
            reasons = (why[key],) if key in why else ()
            yield ("", None, *_challenge(known[key], lang), None, said(*reasons))


def _challenge(one: Seen, lang: Language) -> Row:
    shown = one.shown(lang)
    regions = ", ".join(region_name(code, lang) for code in one.unit.regions)
    return one.unit.name.text(lang), regions, shown["title"], shown["lang"]
