"""What the facilitators' board shows: proposals with their members, and who is unplaced."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from schemas.codes import Language
from schemas.errors import PiiriError
from schemas.groups import ProposedMember, RejectReason
from schemas.people import Visitor
from schemas.reasons import Reason
from services.challenges import queries as challenges
from services.challenges.seen import Seen, names, seen
from services.challenges.themes import current, theme_names, themes
from services.directory import queries as directory
from services.groups import queries
from services.groups.figures import figures
from services.groups.naming import group_name
from services.groups.paging import paged
from services.groups.queries import ProposalView
from services.kit.forms import Form
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
    *,
    filters: Form | None = None,
    said: str = "",
    refused: PiiriError | None = None,
    focus: str = "",
    since: datetime | None = None,
) -> Values:
    """Return what ``groups/_board.html`` shows."""
    views = queries.proposals(session)
    wanted = [m.challenge_id for view in views for m in view.proposal.members]
    left = _unplaced_ids(session)
    found = seen(session, visitor, [*wanted, *left])
    pinned = queries.pinned(session)
    shown = [_proposal(view, found, pinned, since, lang) for view in views]
    reasons = matching.all_left_out(session)
    unplaced = [_unplaced(found[key], reasons.get(key), lang) for key in left if key in found]
    board: Values = {"proposals": shown, "unplaced": unplaced, "names": names(found, lang)}
    board |= {"said": said, "refused": refused, "focus": focus, "reject_reasons": RejectReason}
    board["against"] = _against(session, refused, lang)
    return narrowed(board, filters or Form())


def page_values(board: Values, lang: Language, *, filters: Form, now: datetime) -> Values:
    """Return what ``groups/proposals.html`` shows around the board."""
    seats = [seat for one in board["proposals"] for seat in one["members"]]
    counts: dict[str, int] = {}
    for seat in seats:
        for region in seat["regions"]:
            counts[region] = counts.get(region, 0) + 1
    numbers = {"challenges": len(seats) + len(board["unplaced"])}
    numbers |= {"proposals": len(board["proposals"]), "unplaced": len(board["unplaced"])}
    return {
        **paged(board, filters),
        "numbers": numbers | {"regions": len(counts)},
        "figures": figures(board["proposals"], len(board["unplaced"])),
        "themes": sorted(((k, t.name.text(lang)) for k, t in themes().items()), key=_by_name),
        "filters": filters,
        "live": True,
        "now": now,
        "since": now.timestamp(),
        "counts": counts,
        "points": [],
        "export": "",
        "sample": any(one["sample"] for one in [*board["proposals"], *board["unplaced"]]),
    }


def narrowed(board: Values, filters: Form) -> Values:
    """Keep the proposals and the unplaced that the filters ask for."""
    text = filters.text("search").strip().casefold()
    theme, region = filters.text("theme"), filters.text("region")

    def wanted(themes: Iterable[str], seats: Iterable[Values]) -> bool:
        every = list(seats)
        words = " ".join(f"{seat['unit']} {seat['title']}" for seat in every).casefold()
        here = not region or any(region in seat["regions"] for seat in every)
        return here and text in words and (not theme or theme in themes)

    kept = [one for one in board["proposals"] if wanted(one["themes"], one["members"])]
    loose = [one for one in board["unplaced"] if wanted(one["themes"], [one])]
    return {**board, "proposals": kept, "unplaced": loose}


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
    themes = {*proposal.themes, *(theme for member in members for theme in member["themes"])}
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
        "themes": set(current(themes)),
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
        "themes": one.card.themes,
        "fit": member.fit,
        "reasons": list(member.reasons),
        "pinned": pinned,
    }


def _unplaced(one: Seen, reason: Reason | None, lang: Language) -> Values:
    return {
        **one.shown(lang),
        "challenge_id": one.card.id,
        "unit": one.unit.name.text(lang),
        "regions": one.unit.regions,
        "themes": one.card.themes,
        "reason": reason,
        "fit": 0.0,
    }


def _unplaced_ids(session: Session) -> list[str]:
    placed = queries.placed(session)
    return [key for key in challenges.open_ids(session) if key not in placed]


def _by_name(choice: tuple[str, str]) -> str:
    return choice[1]
