"""Proposals, seats, groups, invitations and edits."""

import sqlalchemy as sa
from alembic import op

from services.kit.columns import Moment

revision = "groups_0001"
down_revision = "matching_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "groups_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_groups_edit_proposal_id", "groups_edit", ["proposal_id"])
    op.create_table(
        "groups_kept_out",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("proposal_id", "challenge_id"),
    )
    op.create_table(
        "groups_placement",
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("challenge_id"),
    )
    op.create_table(
        "groups_proposal",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("changed_at", Moment, nullable=False),
        sa.Column("decided_at", Moment, nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("reject_reason", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_groups_proposal_state", "groups_proposal", ["state"])
    op.create_table(
        "groups_group",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("approved_at", Moment, nullable=False),
        sa.Column("approved_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["groups_proposal.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proposal_id"),
    )
    op.create_index("ix_groups_group_state", "groups_group", ["state"])
    op.create_table(
        "groups_seat",
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("fit", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"],
            ["groups_proposal.id"],
        ),
        sa.PrimaryKeyConstraint("proposal_id", "challenge_id"),
    )
    op.create_index("ix_groups_seat_challenge_id", "groups_seat", ["challenge_id"])
    op.create_table(
        "groups_invitation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("group_id", sa.String(), nullable=False),
        sa.Column("challenge_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("fit", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("invited_at", Moment, nullable=True),
        sa.Column("answered_at", Moment, nullable=True),
        sa.Column("answered_by", sa.String(), nullable=True),
        sa.Column("decline_reason", sa.String(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["groups_group.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("group_id", "challenge_id"),
    )
    op.create_index("ix_groups_invitation_challenge_id", "groups_invitation", ["challenge_id"])
    op.create_index("ix_groups_invitation_group_id", "groups_invitation", ["group_id"])
    op.create_index("ix_groups_invitation_state", "groups_invitation", ["state"])
    op.create_index("ix_groups_invitation_unit_id", "groups_invitation", ["unit_id"])
