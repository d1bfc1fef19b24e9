"""Bringing a database to the schema that this code knows: forward only, by one process at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from hive.storage.database import Database
from hive.storage.schema import REVISION
from signalproof.errors import SignalproofError

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x48495645
"""Number of the advisory lock that a migration holds on PostgreSQL: the letters HIVE."""


def revision_of(connection: Connection) -> str | None:
    """Return the last migration that was made there; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def migrate(database: Database, to: str = REVISION) -> None:
    """Bring *database* to revision *to*; without effect when it is there.

    Workers that start at the same time wait for the first, on SQLite by its write lock.

    Raises:
        SignalproofError: The database was made by newer code.
    """
    with database.read() as connection:
        if revision_of(connection) == to:
            return
    from alembic import command
    from alembic.script import ScriptDirectory

    config = migrations()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with database.write() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        found = revision_of(connection)
        if found is not None and found not in known:
            raise SignalproofError(
                f"{database.shown} is at revision {found}, newer than the {REVISION} that this code knows",
                "run the newer code, or give another database",
            )
        config.attributes["connection"] = connection
        command.upgrade(config, to)


def migrations() -> Config:
    """Return Alembic's configuration of the steps."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config
