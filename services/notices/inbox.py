"""What an inbox shows: own regions first, then neighbours, then what lies near."""

from collections.abc import Sequence
from datetime import time
from typing import Any

from sqlmodel import Session

from schemas.codes import Language
from schemas.notices import Nearness
from schemas.people import Role, Visitor
from services.challenges import queries as challenges
from services.challenges.seen import visitor_regions
from services.directory import queries as directory
from services.groups import queries as groups
from services.groups.states import GroupState
from services.kit.days import today
from services.look.layout import address
from services.look.words import N_, say
from services.notices import queries
from services.notices.feedback import waiting_feedback
from services.notices.letters import KINDS
from services.notices.naming import called, group_of, tags
from services.notices.tables import Audience, Notice

ORDER = (Nearness.OWN, Nearness.NEIGHBOUR, Nearness.DISTANCE, Nearness.CENTRE)
STATES = {
    GroupState.INVITING: N_("Ryhmä kutsutaan koolle"),
    GroupState.ACTIVE: N_("Ryhmä toimii"),
    GroupState.CLOSED: N_("Ryhmä on päättynyt"),
}
DAILY = N_("Kerran päivässä, klo %(hour)s")
AT_ONCE = N_("Heti, kun jotain alkaa")

Values = dict[str, Any]


def inbox_values(
    session: Session, visitor: Visitor, lang: Language, digest_at: time | None
) -> Values:
    """Return what ``notices/inbox.html`` shows: an agent's notices, or the centre's."""
    centre = visitor.role is Role.FACILITATOR
    audience = Audience.CENTRE if centre else Audience.AGENT
    notices = queries.inbox(session, audience, visitor.agent_id or "")
    shown = [_notice(session, notice, lang, centre=centre) for notice in notices]
    if centre:
        held = directory.without_agent(session, today())
    else:
        held = sorted(visitor_regions(session, visitor))
    return {
        "centre": centre,
        "regions": held,
        "sections": [
            {"nearness": near, "notices": [one for one in shown if one["nearness"] == near]}
            for near in ORDER
        ],
        "digest": {"how": _digest(digest_at, lang), "last": None, "next": None},
        "unmatched": _unmatched(session, held, centre=centre),
        "feedback": waiting_feedback(session) if centre else [],
        "sample": any(notice.sample for notice in notices),
    }


def _digest(at: time | None, lang: Language) -> str:
    return say(lang, DAILY, hour=f"{at:%H.%M}") if at is not None else say(lang, AT_ONCE)


def _notice(session: Session, notice: Notice, lang: Language, *, centre: bool) -> Values:
    group = group_of(session, notice)
    state = GroupState(group.state) if group is not None else None
    themes, concepts = tags(notice, lang)
    return {
        "id": notice.id,
        "nearness": notice.nearness,
        "group": _title(session, notice, called(notice, group, lang), lang),
        "href": address(lang, f"/groups/{notice.group_id}") if centre and state else "",
        "regions": list(notice.regions),
        "distance_km": notice.distance_km,
        "themes": themes,
        "concepts": concepts,
        "status": say(lang, STATES[state]) if state else "",
        "told_on": notice.made_at,
        "unread": not notice.answer and not centre,
        "taken": notice.answer,
        "sample": notice.sample,
    }


def _title(session: Session, notice: Notice, about: str, lang: Language) -> str:
    if notice.kind == "group-approved":
        return about
    unit = directory.find_unit(session, notice.unit_id) if notice.unit_id else None
    return say(
        lang,
        KINDS[notice.kind],
        about=about,
        unit=unit.name.text(lang) if unit is not None else "–",
    )


def _unmatched(session: Session, held: list[str], *, centre: bool) -> int:
    """How many open challenges there have no group; a unit without a region is the centre's."""

    def concerns(regions: Sequence[str]) -> bool:
        return bool(set(regions) & set(held)) if regions else centre

    units = {unit.id for unit in directory.unit_names(session) if concerns(unit.regions)}
    placed = groups.placed(session)
    return sum(1 for key in challenges.open_ids(session, units) if key not in placed)
