"""How many members a group may have, and who holds a seat of it."""

from typing import Annotated

from fastapi import Depends
from sqlmodel import Session, col, select
from starlette.requests import Request

from services.challenges.queries import open_among
from services.groups.errors import GroupFull, UnitInGroupAlready, UnknownGroup
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


def held_seats(session: Session, group_id: str) -> dict[str, str]:
    """
    Return the seats of a group that are taken: the unit of each challenge.

    Taken is one that was accepted, or invited to and not answered yet: an invitation is a
    promise, so it holds its seat until the unit declines. What the matcher merely offers holds
    none: the facilitator may decide between several. A challenge that was withdrawn or whose
    time ran out holds none either, as the matcher has it.
    """
    rows = session.exec(
        select(Invitation.challenge_id, Invitation.unit_id).where(
            Invitation.group_id == group_id, col(Invitation.state).in_(HELD)
        )
    ).all()
    living = open_among(session, [challenge_id for challenge_id, _ in rows])
    return {challenge_id: unit_id for challenge_id, unit_id in rows if challenge_id in living}


def live_group_with_room(session: Session, group_id: str, unit_id: str, most: int) -> Group:
    """
    Return a group that has not ended to invite one more unit to; nobody else does meanwhile.

    Raises
    ------
    UnknownGroup
        When there is none, or it has ended.
    GroupFull
        When all its seats are taken.
    UnitInGroupAlready
        When the unit has one of them.
    """
    # Locked, so that of two who invite at once the second counts the first.
    group = session.get(Group, group_id, with_for_update=True, populate_existing=True)
    if group is None or group.state == GroupState.CLOSED:
        raise UnknownGroup(group_id)
    held = held_seats(session, group_id)
    if unit_id in held.values():
        raise UnitInGroupAlready(unit_id)
    if len(held) >= most:
        raise GroupFull(group_id, most)
    return group
