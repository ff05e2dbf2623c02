"""How many members a group may have, and who holds a seat of it."""

from typing import Annotated

from fastapi import Depends
from sqlmodel import Session, col, select
from starlette.requests import Request

from services.groups.errors import GroupFull, UnknownGroup
from services.groups.states import HELD, GroupState
from services.groups.tables import Group, Invitation
from services.kit.settings import Settings

SMALLEST_GROUP = 3
LARGEST_GROUP: int = Settings.model_fields["group_upper"].default
"""Where a deployment does not say otherwise by ``PIIRI_GROUP_UPPER``."""


def most_members(request: Request) -> int:
    """Return how many members this deployment lets a group have."""
    settings: Settings = request.app.state.settings
    return settings.group_upper


MostDep = Annotated[int, Depends(most_members)]


def held_seats(session: Session, group_id: str) -> int:
    """
    Count the seats of a group that are taken: accepted, or invited and not answered yet.

    An invitation is a promise, so it holds its seat until the unit declines. What the matcher
    merely offers holds none: the facilitator may decide between several.
    """
    states = col(Invitation.state).in_(HELD)
    rows = session.exec(select(Invitation.id).where(Invitation.group_id == group_id, states)).all()
    return len(rows)


def live_group_with_room(session: Session, group_id: str, most: int) -> Group:
    """
    Return a group that has not ended to invite one more to; nobody else does meanwhile.

    Raises
    ------
    UnknownGroup
        When there is none, or it has ended.
    GroupFull
        When all its seats are taken.
    """
    # Locked, so that of two who invite at once the second counts the first.
    group = session.get(Group, group_id, with_for_update=True, populate_existing=True)
    if group is None or group.state == GroupState.CLOSED:
        raise UnknownGroup(group_id)
    if held_seats(session, group_id) >= most:
        raise GroupFull(group_id, most)
    return group
