"""Real databases for tests: a file of SQLite, and PostgreSQL, each with the tables already made.

Every test run loads this module, and few need a database: what is slow to import is imported by the fixtures.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest


@dataclass(frozen=True)
class PostgreSQL:
    """A running PostgreSQL with two databases: ``hive`` has the tables, ``empty`` has none.

    Attributes:
        port: Its port on 127.0.0.1.
    """

    port: int

    def url(self, database: str, user: str = "postgres") -> str:
        """Return the address of a *database*, as the applications are given it."""
        return f"postgresql://{user}@127.0.0.1:{self.port}/{database}"

    def run(self, statement: str, database: str = "postgres") -> None:
        """Run a *statement* outside of any transaction."""
        import psycopg

        # whoever left a transaction open is to be seen, not waited for
        waits = "-c lock_timeout=20000"
        with psycopg.connect(self.url(database), autocommit=True, options=waits) as connection:
            connection.execute(statement.encode())

    def hive(self) -> str:
        """Return the address of the database with the tables, all empty: faster than a new one for each test."""
        self.run(
            "TRUNCATE planning_tasks, execution_plans, deployments, deployment_events, blocked_targets RESTART IDENTITY",
            "hive",
        )
        return self.url("hive")

    def empty(self) -> str:
        """Return the address of a database without tables."""
        self.run("DROP SCHEMA public CASCADE", "empty")
        self.run("CREATE SCHEMA public", "empty")
        return self.url("empty")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL of the test session's own."""
    from tests.conftest import free_port, missing

    from hive.storage import migrate, open_database

    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = shutil.which(
        "initdb", path=os.pathsep.join([os.environ.get("PATH", os.defpath), *map(str, installed)])
    )
    if found is None:
        missing("postgresql")
    programs = Path(found).parent
    # the server refuses to run as root, and the folders of pytest are closed to every other user
    folder = Path(tempfile.mkdtemp(prefix="hive-postgresql-"))
    other: dict[str, Any] = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        other = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    port = free_port()
    options = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "shared_buffers": "32MB",
    }

    def command(*words: object) -> None:
        done = subprocess.run(
            [str(one) for one in words], cwd="/", capture_output=True, text=True, check=False, **other
        )
        assert done.returncode == 0, done.stderr

    data, log = folder / "data", folder / "log"
    command(
        programs / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-N"
    )
    # its output goes to a file: a pipe would stay open for as long as the server runs
    with log.open("wb") as output:
        started = subprocess.run(
            [
                str(programs / "pg_ctl"), "-D", str(data), "-w", "-t", "60", "-l", str(folder / "server.log"),
                "-o", " ".join(f"-c {name}={value}" for name, value in options.items()), "start",
            ],
            cwd="/", stdout=output, stderr=output, check=False, **other,
        )  # fmt: skip
    assert started.returncode == 0, log.read_text()
    try:
        server = PostgreSQL(port)
        for name in ("hive", "empty"):
            server.run(f"CREATE DATABASE {name}")
        with open_database(server.url("hive")) as database:
            migrate(database)
        yield server
    finally:
        command(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file of SQLite with the tables."""
    from hive.storage import migrate, open_database

    file = tmp_path_factory.mktemp("sqlite") / "template.db"
    with open_database(f"sqlite:///{file}") as database:
        migrate(database)
    assert not file.with_name("template.db-wal").exists()
    return file


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a new SQLite database with the tables."""
    file = tmp_path / "hive.db"
    shutil.copy(sqlite_template, file)
    return f"sqlite:///{file}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with the tables, all empty: the test runs on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        url: str = request.getfixturevalue("sqlite_url")
        return url
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.hive()


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without any table, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgreSQL = request.getfixturevalue("postgresql")
    return server.empty()
