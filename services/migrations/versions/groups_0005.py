"""On SQLite nobody writes over what was decided either: replacing a row fires no other trigger."""

from alembic import op

revision = "groups_0005"
down_revision = "groups_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE TRIGGER groups_edit_no_replace BEFORE INSERT ON groups_edit"
            " WHEN EXISTS (SELECT 1 FROM groups_edit WHERE id = NEW.id)"
            " BEGIN SELECT RAISE(ABORT, 'decisions are kept as they were written'); END"
        )
