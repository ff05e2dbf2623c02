"""Bring a database's tables to this version of the product."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, text

from services.migrations.models import all_tables

LOCK = 7_301_985
"""A number of our own for PostgreSQL's advisory lock: two starts upgrade one after the other."""


def alembic_config(connection: Connection) -> Config:
    """Describe these migrations to Alembic without a file, so that a wheel will do."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> None:
    """Run what has not been run, in one transaction."""
    with engine.connect() as connection:
        sqlite = engine.dialect.name == "sqlite"
        if sqlite:
            _foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                if not sqlite:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK})
                command.upgrade(alembic_config(connection), "heads")
        finally:
            if sqlite:
                _foreign_keys(connection, "ON")


def drift(engine: Engine) -> list[Any]:
    """List the differences between the models and the tables; none when all is well."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, all_tables()))


def _foreign_keys(connection: Connection, state: str) -> None:
    """Switch SQLite's checks; it does so only outside a transaction, hence past SQLAlchemy."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA foreign_keys = {state}")
