"""Peers are told anew once: which of them are close was not told, and fits are on a new scale."""

from alembic import op

revision = "matching_0004"
down_revision = "matching_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What ranked by another name than now is matched for everybody at the next start.
    op.execute("UPDATE matching_ranking SET encoder = 'earlier ' || encoder")
