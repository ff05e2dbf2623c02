"""
A challenge holds one seat of a group at most.

Of one that holds more, the upgrade keeps the seat that was accepted first; where none was
accepted the one invited first, else the one offered, and of equals the lowest key. The others
are cancelled and say why: no row and no answer is lost, and each is told in the log. Matching
is left with the seat that was kept.
"""

import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from services.kit.columns import Moment

revision = "groups_0002"
down_revision = "groups_0001"
branch_labels = None
depends_on = None

log = logging.getLogger("piiri.migrations")

ORDER = ("accepted", "invited", "offered")
SEATED = "state IN ('offered', 'invited', 'accepted')"
LATEST = datetime.max.replace(tzinfo=UTC)

SEATS = sa.table(
    "groups_invitation",
    *map(sa.column, ("id", "group_id", "challenge_id", "state", "decline_reason")),
    sa.column("invited_at", Moment),
    sa.column("answered_at", Moment),
)
GROUPS = sa.table("groups_group", sa.column("id"), sa.column("proposal_id"))
EDITS = sa.table(
    "groups_edit",
    *map(sa.column, ("proposal_id", "person_id", "what")),
    sa.column("at", Moment),
    sa.column("details", sa.JSON()),
)
RULINGS = sa.table("matching_ruling", *map(sa.column, ("kind", "challenge_id", "other")))


def upgrade() -> None:
    for kept, *others in _held_by_one():
        for seat in others:
            _cancel(seat, kept)
        if others:
            _tell_matching(kept)
    op.create_index(
        "ix_groups_invitation_one_seat",
        "groups_invitation",
        ["challenge_id"],
        unique=True,
        sqlite_where=sa.text(SEATED),
        postgresql_where=sa.text(SEATED),
    )


def _held_by_one() -> Iterable[list[Any]]:
    """Seats of each challenge, the one to keep first."""
    seats: dict[str, list[Any]] = {}
    for seat in op.get_bind().execute(sa.select(SEATS).where(SEATS.c.state.in_(ORDER))):
        seats.setdefault(seat.challenge_id, []).append(seat)
    return (sorted(held, key=_rank) for _, held in sorted(seats.items()))


def _rank(seat: Any) -> tuple[int, datetime, str]:
    when = seat.answered_at if seat.state == "accepted" else seat.invited_at
    return ORDER.index(seat.state), when or LATEST, seat.id


def _cancel(seat: Any, kept: Any) -> None:
    run = op.get_bind().execute
    ended = {"state": "cancelled", "decline_reason": "second-seat"}
    run(sa.update(SEATS).where(SEATS.c.id == seat.id).values(**ended))
    proposal = run(sa.select(GROUPS.c.proposal_id).where(GROUPS.c.id == seat.group_id)).scalar_one()
    details = {"challenge": seat.challenge_id, "was": seat.state, "kept": kept.group_id}
    run(
        sa.insert(EDITS).values(
            at=datetime.now(UTC),
            proposal_id=proposal,
            person_id="upgrade",
            what="second seat cancelled",
            details=details,
        )
    )
    log.warning(
        "challenge %s held two seats: kept %s in %s, cancelled %s (%s) in %s",
        *(kept.challenge_id, kept.id, kept.group_id, seat.id, seat.state, seat.group_id),
    )


def _tell_matching(kept: Any) -> None:
    run = op.get_bind().execute
    seat = {"kind": "seat", "challenge_id": kept.challenge_id}
    known = RULINGS.c.kind == "seat", RULINGS.c.challenge_id == kept.challenge_id
    run(sa.delete(RULINGS).where(*known))
    run(sa.insert(RULINGS).values(**seat, other=kept.group_id))
