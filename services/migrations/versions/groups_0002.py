"""A challenge holds one seat of a group at most."""

import sqlalchemy as sa
from alembic import op

from services.migrations.refused import RowsInTheWay

revision = "groups_0002"
down_revision = "groups_0001"
branch_labels = None
depends_on = None

SEATED = "state IN ('offered', 'invited', 'accepted')"


def upgrade() -> None:
    _refuse_second_seats()
    op.create_index(
        "ix_groups_invitation_one_seat",
        "groups_invitation",
        ["challenge_id"],
        unique=True,
        sqlite_where=sa.text(SEATED),
        postgresql_where=sa.text(SEATED),
    )


def _refuse_second_seats() -> None:
    wanted = sa.text(
        f"SELECT challenge_id, group_id FROM groups_invitation WHERE {SEATED}"  # noqa: S608  # ours
        " ORDER BY challenge_id, group_id"
    )
    groups: dict[str, list[str]] = {}
    for challenge_id, group_id in op.get_bind().execute(wanted):
        groups.setdefault(challenge_id, []).append(group_id)
    several = [f"{key} in {' and '.join(held)}" for key, held in groups.items() if len(held) > 1]
    if several:
        raise RowsInTheWay(
            "groups_invitation",
            "a challenge holds one seat at most, these hold more",
            *several,
            "decline or pass over all but one of each with the version before this, then upgrade",
        )
