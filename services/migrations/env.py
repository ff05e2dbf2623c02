"""Read by Alembic; the connection comes from ``upgrade``."""

from alembic import context

from services.migrations.models import all_tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    # SQLite changes a column by copying the table.
    render_as_batch=True,
)
context.run_migrations()
