"""One part of a long list, by keys: only what is shown of it is read in full."""

from typing import Any

from sqlalchemy import and_, func, or_
from sqlmodel import Session, col, select

from services.groups.errors import NotInTheList
from services.groups.outlines import SMALLEST_SHOWN
from services.groups.states import ProposalState
from services.groups.tables import Group, Invitation, Proposal, Seat


def proposal_keys(
    session: Session, state: ProposalState | None, *, unit_id: str | None, limit: int, after: str
) -> list[str]:
    """
    Return the keys of some proposals, the most coherent first; with a unit, of those it is in.

    A proposal that is decided, or that the unit has left, still says where the list goes on.
    Parameters and errors are those of ``group_keys``.
    """
    body: Any = Proposal.body
    size = select(func.count()).where(Seat.proposal_id == Proposal.id).scalar_subquery()
    wanted = select(Proposal.id).where(size >= SMALLEST_SHOWN)
    if state is not None:
        wanted = wanted.where(Proposal.state == state)
    if unit_id is not None:
        own = select(Seat.proposal_id).where(Seat.unit_id == unit_id)
        wanted = wanted.where(col(Proposal.id).in_(own))
    return _part(session, wanted, col(Proposal.id), body["cohesion"].as_float(), limit, after)


def group_keys(session: Session, *, unit_id: str | None, limit: int, after: str) -> list[str]:
    """
    Return the keys of some groups, the newest first; with a unit, of those it was invited to.

    Parameters
    ----------
    after
        Key of the one before; empty: from the beginning.

    Raises
    ------
    NotInTheList
        When there never was one with that key.
    """
    wanted = select(Group.id)
    if unit_id is not None:
        told = col(Invitation.invited_at).is_not(None)
        own = select(Invitation.group_id).where(Invitation.unit_id == unit_id, told)
        wanted = wanted.where(col(Group.id).in_(own))
    return _part(session, wanted, col(Group.id), col(Group.approved_at), limit, after)


def _part(session: Session, wanted: Any, key: Any, rank: Any, limit: int, after: str) -> list[str]:
    """The keys of a part of a list, the highest rank first, then by key."""
    if after:
        place = session.exec(select(rank).where(key == after)).first()
        if place is None:
            raise NotInTheList(after)
        wanted = wanted.where(or_(rank < place, and_(rank == place, key > after)))
    return list(session.exec(wanted.order_by(rank.desc(), key).limit(limit)).all())
