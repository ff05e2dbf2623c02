"""What the facilitators' board shows: proposals with their members, and who is unplaced."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from sqlmodel import Session

from schemas.codes import Language
from schemas.errors import PiiriError
from schemas.groups import ProposedMember, RejectReason
from schemas.people import Visitor
from schemas.reasons import Reason
from services.challenges import queries as challenges
from services.challenges.seen import Seen, names, seen
from services.challenges.themes import theme_names, themes
from services.directory import queries as directory
from services.groups import queries
from services.groups.figures import figures
from services.groups.naming import group_name
from services.groups.outlines import in_figures
from services.groups.paging import narrowed, page_of
from services.groups.standing import Standing
from services.groups.views import ProposalView
from services.kit.forms import Form, Misfilled
from services.look.layout import address
from services.look.words import N_, say
from services.matching import queries as matching

Values = dict[str, Any]

SAID = {
    "approved": N_("Hyväksytty, ja kutsut lähtevät: %(about)s."),
    "rejected": N_("Hylätty: %(about)s."),
    "moved": N_("Siirretty ryhmään %(about)s."),
    "taken-out": N_("Siirretty sijoittamattomiin: %(about)s."),
    "renamed": N_("Nimetty: %(about)s."),
    "invited": N_("Kutsuttu mukaan: %(about)s."),
    "remade": N_("Ryhmä muutettu: %(about)s."),
}
"""What was done, by the code that an address may carry."""


def board_values(
    session: Session,
    visitor: Visitor,
    lang: Language,
    found: Standing,
    *,
    filters: Form,
    said: str = "",
    refused: PiiriError | None = None,
    focus: str = "",
    since: datetime | None = None,
) -> Values:
    """Return what ``groups/_board.html`` shows: one page of what stands on the board."""
    page = page_of(found, filters)
    views = queries.proposals_by_id(session, page.proposals)
    inside = [m.challenge_id for view in views for m in view.proposal.members]
    known = seen(session, visitor, [*inside, *page.unplaced])
    pinned = queries.pinned(session)
    why = matching.left_out_among(session, page.unplaced)
    return page.said | {
        "proposals": [_proposal(view, known, pinned, since, lang) for view in views],
        "unplaced": [
            _unplaced(known[key], why.get(key), lang) for key in page.unplaced if key in known
        ],
        "names": names(known, lang),
        "said": said,
        "refused": refused,
        "against": _against(session, refused, lang),
        "complaints": refused.complaints if isinstance(refused, Misfilled) else (),
        "focus": focus,
        "reject_reasons": RejectReason,
    }


def page_values(
    session: Session, found: Standing, board: Values, lang: Language, *, filters: Form
) -> Values:
    """Return what ``groups/proposals.html`` shows around the board: what is said of all pages."""
    units = directory.faces(session)
    seats = [seat for one in found.proposals for seat in one.seats]
    counts = Counter(
        region for seat in seats if seat.unit_id in units for region in units[seat.unit_id].regions
    )
    numbers = {"challenges": len(seats) + len(found.unplaced)}
    numbers |= {"proposals": len(found.proposals), "unplaced": len(found.unplaced)}
    now = datetime.now(UTC)
    return {
        **board,
        "numbers": numbers | {"regions": len(counts)},
        "figures": figures(in_figures(session, found.proposals), len(found.unplaced)),
        "themes": sorted(((k, t.name.text(lang)) for k, t in themes().items()), key=_by_name),
        "filters": filters,
        "live": True,
        "now": now,
        "since": now.timestamp(),
        "counts": counts,
        "points": [],
        "export": address(lang, f"/proposals/board.xlsx?{urlencode(narrowed(filters))}"),
        "sample": any(one.sample for one in found.proposals)
        or not challenges.open_samples(session).isdisjoint(found.unplaced),
    }


def told(session: Session, code: str, about: str, lang: Language) -> str:
    """Put into words what was just done; only what is on record is named."""
    if code not in SAID:
        return ""
    return say(lang, SAID[code], about=_named(session, about, lang))


def _against(session: Session, refused: PiiriError | None, lang: Language) -> list[str]:
    """Names of the units that a refusal is about: who stands against what was tried."""
    units = directory.units_by_id(session, refused.facts) if refused is not None else {}
    return sorted(unit.name.text(lang) for unit in units.values())


def _named(session: Session, about: str, lang: Language) -> str:
    view = queries.any_proposal(session, about)
    if view is not None:
        return group_name(view, lang)
    card = challenges.cards_by_id(session, [about]).get(about)
    return card.title if card is not None else "–"


def _proposal(
    view: ProposalView,
    found: Mapping[str, Seen],
    pinned: Mapping[str, str],
    since: datetime | None,
    lang: Language,
) -> Values:
    proposal = view.proposal
    members = [
        _seat(found[m.challenge_id], m, pinned.get(m.challenge_id) == proposal.id, lang)
        for m in proposal.members
        if m.challenge_id in found
    ]
    regions = {region for member in members for region in member["regions"]}
    return {
        "id": proposal.id,
        "version": view.version,
        "name": group_name(view, lang),
        "title": view.title,
        "status": "proposed",
        "invited": 0,
        "accepted": 0,
        "group_id": "",
        "cohesion": proposal.cohesion,
        "languages": list(proposal.languages),
        "regions": len(regions),
        "theme_names": theme_names(proposal.themes, lang),
        "reasons": list(proposal.reasons),
        "fresh": since is not None and view.changed_at > since,
        "sample": view.sample or any(member["sample"] for member in members),
        "members": members,
    }


def _seat(one: Seen, member: ProposedMember, pinned: bool, lang: Language) -> Values:
    shown = one.shown(lang)
    return {
        **shown,
        "challenge_id": member.challenge_id,
        "unit": one.unit.name.text(lang),
        "regions": one.unit.regions,
        "fit": member.fit,
        "reasons": list(member.reasons),
        "pinned": pinned,
    }


def _unplaced(one: Seen, reason: Reason | None, lang: Language) -> Values:
    return {
        **one.shown(lang),
        "challenge_id": one.card.id,
        "unit": one.unit.name.text(lang),
        "reason": reason,
        "fit": 0.0,
    }


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1]
