"""Notices and letters."""

import sqlalchemy as sa
from alembic import op

from services.kit.columns import Moment

revision = "notices_0001"
down_revision = "groups_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notices_feedback",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("answer_by", Moment, nullable=False),
        sa.Column("answered_at", Moment, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "notices_notice",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("audience", sa.String(), nullable=False),
        sa.Column("audience_id", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("nearness", sa.String(), nullable=False),
        sa.Column("distance_km", sa.Float(), nullable=False),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("digest_id", sa.String(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cause", "audience", "audience_id"),
    )
    op.create_index("ix_notices_notice_audience", "notices_notice", ["audience"])
    op.create_index("ix_notices_notice_audience_id", "notices_notice", ["audience_id"])
    op.create_index("ix_notices_notice_digest_id", "notices_notice", ["digest_id"])
