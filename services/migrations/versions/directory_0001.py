"""Units, business ids, agents and territories."""

import sqlalchemy as sa
from alembic import op

revision = "directory_0001"
down_revision = "access_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "directory_agent",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("host_fi", sa.String(), nullable=False),
        sa.Column("host_sv", sa.String(), nullable=False),
        sa.Column("host_en", sa.String(), nullable=False),
        sa.Column("sample", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "directory_unit",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name_fi", sa.String(), nullable=False),
        sa.Column("name_sv", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=True),
        sa.Column("regions", sa.JSON(), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("size_class", sa.String(), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_directory_unit_name_fi", "directory_unit", ["name_fi"])
    op.create_table(
        "directory_business_id",
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("y_tunnus", sa.String(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"],
            ["directory_unit.id"],
        ),
        sa.PrimaryKeyConstraint("unit_id", "y_tunnus"),
    )
    op.create_index("ix_directory_business_id_y_tunnus", "directory_business_id", ["y_tunnus"])
    op.create_table(
        "directory_territory",
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"],
            ["directory_agent.id"],
        ),
        sa.PrimaryKeyConstraint("agent_id", "region", "starts"),
    )
    op.create_index("ix_directory_territory_region", "directory_territory", ["region"])
