"""Groups are known by the seats in ``matching_ruling``; a table of their own was never written."""

import sqlalchemy as sa
from alembic import op

from services.migrations.refused import RowsInTheWay

revision = "matching_0003"
down_revision = "matching_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    held = op.get_bind().execute(sa.text("SELECT count(*) FROM matching_group")).scalar_one()
    if held:  # no version wrote there, so it is somebody's own
        raise RowsInTheWay(
            "matching_group",
            f"{held} rows that no version of the product wrote would be lost",
            "copy them elsewhere, empty the table, then upgrade",
        )
    op.drop_table("matching_group")
