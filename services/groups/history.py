"""What was decided about a group, as a facilitator reads it."""

from typing import Any

from sqlmodel import Session

from schemas.codes import Language
from schemas.people import Role, Visitor
from services.access.queries import name_of
from services.access.roles import TITLES
from services.challenges.seen import Seen, seen
from services.groups.tables import Edit
from services.groups.trail import trail_of
from services.look.words import N_, say

SAID = {
    "approved": N_("Hyväksyi ryhmän"),
    "moved": N_("Siirsi toiseen ehdotukseen"),
    "moved here": N_("Siirsi tähän toisesta ehdotuksesta"),
    "taken out": N_("Siirsi sijoittamattomiin"),
    "placed": N_("Sijoitti ehdotukseen"),
    "renamed": N_("Antoi ehdotukselle nimen"),
    "invited late": N_("Kutsui mukaan myöhemmin"),
    "passed over": N_("Ei ottanut ryhmään"),
    "accepted": N_("Lähti mukaan"),
    "declined": N_("Ei lähtenyt mukaan"),
    "second seat cancelled": N_("Paikka peruttiin: haasteella oli jo paikka toisessa ryhmässä"),
}
"""By what ``services.groups.trail`` keeps."""
UNSIGNED = ("accepted", "declined", "second seat cancelled")
"""The unit is named, and who of its people answered is its own matter; or it was an upgrade."""


def history(
    session: Session, visitor: Visitor, proposal_id: str, lang: Language
) -> list[dict[str, Any]]:
    """Return what was decided, oldest first: when, what, about whom, and by whom."""
    rows = trail_of(session, proposal_id)
    found = seen(session, visitor, (_about(row) for row in rows))
    return [
        {
            "at": row.at,
            "said": say(lang, SAID[_what(row, proposal_id)]),
            "unit": _unit(found.get(_about(row)), lang),
            "who": "" if row.what in UNSIGNED else _who(session, row.person_id, lang),
        }
        for row in rows
    ]


def _about(row: Edit) -> str:
    return str(row.details.get("challenge", ""))


def _what(row: Edit, proposal_id: str) -> str:
    here = row.what == "moved" and row.details.get("to") == proposal_id
    return "moved here" if here else row.what


def _unit(one: Seen | None, lang: Language) -> str:
    return one.unit.name.text(lang) if one is not None else ""


def _who(session: Session, person_id: str, lang: Language) -> str:
    """Name who decided; a title when the person is gone, or it was another system."""
    return name_of(session, person_id) or say(lang, TITLES[Role.FACILITATOR])
