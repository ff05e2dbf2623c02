"""What was loaded from files."""

import sqlalchemy as sa
from alembic import op

from services.kit.columns import Moment

revision = "loading_0001"
down_revision = "kit_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "loading_line",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("loaded_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
