"""What matching knows, was told to respect, and told last."""

import sqlalchemy as sa
from alembic import op

revision = "matching_0001"
down_revision = "challenges_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "matching_challenge",
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_id"),
    )
    op.create_index("ix_matching_challenge_is_open", "matching_challenge", ["is_open"])
    op.create_index("ix_matching_challenge_unit_id", "matching_challenge", ["unit_id"])
    op.create_table(
        "matching_group",
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("group_id"),
    )
    op.create_table(
        "matching_left_out",
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_id"),
    )
    op.create_table(
        "matching_peers",
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_id"),
    )
    op.create_table(
        "matching_pending",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_table(
        "matching_proposal",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("proposal_id"),
    )
    op.create_index("ix_matching_proposal_is_open", "matching_proposal", ["is_open"])
    op.create_table(
        "matching_ruling",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("other", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "challenge_id", "other"),
    )
    op.create_index("ix_matching_ruling_challenge_id", "matching_ruling", ["challenge_id"])
    op.create_table(
        "matching_unit",
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("unit_id"),
    )
