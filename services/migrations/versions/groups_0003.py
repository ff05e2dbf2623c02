"""A proposal knows which version of it the last round, the desk and a unit made."""

import sqlalchemy as sa
from alembic import op

revision = "groups_0003"
down_revision = "groups_0002"
branch_labels = None
depends_on = None

MADE_BY = ("round_made", "desk_made", "unit_made")


def upgrade() -> None:
    for name in MADE_BY:
        column = sa.Column(name, sa.Integer(), nullable=False, server_default="0")
        op.add_column("groups_proposal", column)
