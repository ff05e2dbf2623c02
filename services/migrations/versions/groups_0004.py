"""What was decided is kept as it was written: the database lets nobody change or delete it."""

from alembic import op

revision = "groups_0004"
down_revision = "groups_0003"
branch_labels = None
depends_on = None

SAID = "decisions are kept as they were written"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER groups_edit_no_{act.lower()} BEFORE {act} ON groups_edit"
                f" BEGIN SELECT RAISE(ABORT, '{SAID}'); END"
            )
        return
    op.execute(
        "CREATE FUNCTION groups_edit_stays() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$ BEGIN RAISE EXCEPTION '{SAID}'; END $$"
    )
    op.execute(
        "CREATE TRIGGER groups_edit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON groups_edit"
        " FOR EACH STATEMENT EXECUTE FUNCTION groups_edit_stays()"
    )
