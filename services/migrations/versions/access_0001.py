"""People, roles and sign-in."""

import sqlalchemy as sa
from alembic import op

from services.kit.columns import Moment

revision = "access_0001"
down_revision = "kit_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "access_person",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "access_role",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["access_person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "role", "unit_id", "agent_id"),
    )
    op.create_index("ix_access_role_agent_id", "access_role", ["agent_id"])
    op.create_index("ix_access_role_person_id", "access_role", ["person_id"])
    op.create_index("ix_access_role_role", "access_role", ["role"])
    op.create_index("ix_access_role_unit_id", "access_role", ["unit_id"])
    op.create_table(
        "access_sign_in_link",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("made_at", Moment, nullable=False),
        sa.Column("used_at", Moment, nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["access_person.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "access_signed_in",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["access_person.id"],
        ),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_access_signed_in_person_id", "access_signed_in", ["person_id"])
