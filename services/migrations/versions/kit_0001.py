"""The backbone: outbox, streams, inbox, parked events, leases."""

import sqlalchemy as sa
from alembic import op

from services.kit.columns import Counter, Moment

revision = "kit_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kit_outbox",
        sa.Column("seq", Counter, sa.Identity(), primary_key=True),
        sa.Column("event_id", sa.String(64), nullable=False, unique=True),
        sa.Column("stream", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("type", sa.String(100), nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("stream_seq", Counter, nullable=True),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "kit_outbox_unsent",
        "kit_outbox",
        ["seq"],
        sqlite_where=sa.text("stream_seq IS NULL"),
        postgresql_where=sa.text("stream_seq IS NULL"),
    )
    op.create_index("kit_outbox_sent", "kit_outbox", ["stream", "stream_seq"])
    op.create_index("kit_outbox_created", "kit_outbox", ["created_at"])
    op.create_table(
        "kit_stream",
        sa.Column("name", sa.String(32), primary_key=True),
        sa.Column("created", sa.String(40), nullable=False),
    )
    op.create_table(
        "kit_inbox",
        sa.Column("consumer", sa.String(64), primary_key=True),
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("heard_at", Moment, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("kit_inbox_heard", "kit_inbox", ["heard_at"])
    op.create_table(
        "kit_parked",
        sa.Column("consumer", sa.String(64), primary_key=True),
        sa.Column("event_id", sa.String(64), primary_key=True),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("headers", sa.JSON, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("deliveries", sa.Integer, nullable=False),
        sa.Column("parked_at", Moment, nullable=False),
        sa.Column("replayed_at", Moment, nullable=True),
    )
    op.create_table(
        "kit_lease",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("holder", sa.String(128), nullable=False),
        sa.Column("epoch", Counter, nullable=False),
        sa.Column("expires_at", Moment, nullable=False),
    )
