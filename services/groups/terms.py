"""What coming along means: who runs the group, in which languages, how and how often."""

from collections.abc import Iterable
from typing import Any

from sqlmodel import Session

from schemas.codes import Language, MeetingMode
from schemas.people import Role
from services.access.queries import name_of
from services.access.roles import TITLES
from services.challenges.seen import Seen
from services.groups.views import GroupView
from services.look.words import N_, say

HOURS = N_("noin yksi tapaaminen kahdessa kuukaudessa")
"""What is usual in comparable networks; the group itself decides otherwise if it wants."""


def terms(
    group: GroupView, facilitator: str, members: Iterable[Seen], lang: Language
) -> dict[str, Any]:
    """Return the terms that the invitation shows."""
    modes = {one.card.meeting_mode for one in members} - {MeetingMode.EITHER}
    return {
        "facilitator": facilitator,
        "languages": list(group.proposal.languages),
        "mode": modes.pop() if len(modes) == 1 else MeetingMode.EITHER,
        "hours": say(lang, HOURS),
    }


def facilitator_name(session: Session, group: GroupView, lang: Language) -> str:
    """Name who approved the group and runs it; a title when the person is gone."""
    return name_of(session, group.approved_by) or say(lang, TITLES[Role.FACILITATOR])
