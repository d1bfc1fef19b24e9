"""A PostgreSQL that wants a password, as compose.yaml starts it."""

from __future__ import annotations

import secrets
from pathlib import Path

import psycopg
import pytest
from tests.storage.databases import PostgreSQL

from hive.application.config import Settings, load
from hive.storage import migrate, open_database


@pytest.fixture
def password(postgresql: PostgreSQL) -> str:
    """The password of the user ``locked``, whom the server lets in with it alone."""
    found = secrets.token_hex(16)
    postgresql.empty()  # in which the one of another test may own tables
    postgresql.run("DROP ROLE IF EXISTS locked")
    postgresql.run(f"CREATE ROLE locked LOGIN SUPERUSER PASSWORD '{found}'")
    with psycopg.connect(postgresql.url("postgres")) as connection:
        row = connection.execute("SHOW hba_file").fetchone()
    assert row is not None
    rules = Path(row[0])
    wanted = "host all locked 127.0.0.1/32 scram-sha-256\n"
    if wanted not in rules.read_text():
        rules.write_text(wanted + rules.read_text())
    postgresql.run("SELECT pg_reload_conf()")
    return found


def _settings(postgresql: PostgreSQL, file: Path, password: str) -> Settings:
    file.write_text(password + "\n")
    url = postgresql.url("empty", "locked")
    return load(Settings, {"HIVE_DATABASE_URL": url, "HIVE_DATABASE_PASSWORD_FILE": str(file)})


def test_the_applications_get_in_with_the_password_of_the_file(
    postgresql: PostgreSQL, password: str, tmp_path: Path
) -> None:
    with open_database(_settings(postgresql, tmp_path / "password", password).database()) as database:
        migrate(database)


def test_and_with_no_other(postgresql: PostgreSQL, password: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="password authentication failed"):
        migrate_with(_settings(postgresql, tmp_path / "password", password + "x").database())


def migrate_with(url: str) -> None:
    with open_database(url) as database:
        migrate(database)
