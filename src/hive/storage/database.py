"""The connection to SQLite or PostgreSQL, and transactions that behave the same on both."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import sqlalchemy
from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DataError, OperationalError

from hive.storage.errors import UnstorableError
from signalproof.errors import SignalproofError

_WRITES = "hive_writes"
_BUSY_MILLISECONDS = 20_000
_STATEMENT_MILLISECONDS = 30_000
_REMEDY = "look at what was given: the database is up, and takes other values"


class Database:
    """A database of the Hive; made by `open_database`, closed by leaving its ``with`` block.

    Each process opens its own: a connection does not survive a fork.

    Attributes:
        engine: SQLAlchemy's engine.
        shown: Its address without the password, for logs and messages.
    """

    def __init__(self, engine: sqlalchemy.Engine) -> None:
        self.engine = engine
        self._closed = False
        # SQLite lets one write at a time and has the others look again after pauses; threads wait for each other here
        self._writing = threading.Lock() if engine.dialect.name == "sqlite" else None
        self.shown = engine.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads: on SQLite it waits for nobody."""
        with _explained(), self._connected() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction that writes: committed at the end of the block, undone when the block raises.

        On SQLite it is the only writer from its start (``BEGIN IMMEDIATE``), so what it read stays true until it writes.
        """
        with _explained(), self._turn(), self._connected() as connection:
            writing = connection.execution_options(**{_WRITES: True})
            with writing.begin():
                yield writing

    def close(self) -> None:
        """Give every connection back; whoever asks for one afterwards is refused."""
        self._closed = True
        self.engine.dispose()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Wait for the other threads that write, as long as SQLite would wait for other processes."""
        if self._writing is None:
            yield
            return
        if not self._writing.acquire(timeout=_BUSY_MILLISECONDS / 1000):
            raise OperationalError("BEGIN IMMEDIATE", None, sqlite3.OperationalError("database is locked"))
        try:
            yield
        finally:
            self._writing.release()

    def _connected(self) -> Connection:
        if self._closed:  # the engine would connect again, and nobody would ever close that connection
            raise RuntimeError(f"{self.shown} was closed")
        return self.engine.connect()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


@contextmanager
def _explained() -> Iterator[None]:
    """Raise what the database says of a value as an error about the value, without repeating it."""
    try:
        yield
    except DataError as error:
        raise UnstorableError(
            f"the database cannot hold a value: {_first_line(error.orig)}", _REMEDY
        ) from error
    except OverflowError as error:  # SQLite's driver, of a number
        raise UnstorableError(f"the database cannot hold a number: {error}", _REMEDY) from error
    except UnicodeEncodeError as error:
        raise UnstorableError(f"the database cannot hold a text: {error.reason}", _REMEDY) from error


def _first_line(error: BaseException | None) -> str:
    return str(error).partition("\n")[0]


def open_database(url: str, *, connections: int = 8) -> Database:
    """Return the database at *url*; nothing is connected before it is used, and nothing is migrated.

    Args:
        url: ``sqlite:///hive.db`` (a path relative to the working directory) or ``postgresql://user@host/name``.
        connections: Most connections at the same time.

    Raises:
        SignalproofError: The address is none, of another database, or of a database in memory.
    """
    address = _address(url)
    options: dict[str, Any] = {
        "hide_parameters": True,  # a message of the database must not repeat what a task says
        "pool_size": connections,
        "max_overflow": 0,
        "pool_timeout": _BUSY_MILLISECONDS / 1000,
    }
    if address.get_backend_name() == "sqlite":
        engine = sqlalchemy.create_engine(
            address, connect_args={"timeout": _BUSY_MILLISECONDS / 1000}, **options
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return Database(engine)
    engine = sqlalchemy.create_engine(
        address,
        pool_pre_ping=True,  # a connection that a restart of the server broke is replaced, not handed out
        connect_args={
            "connect_timeout": 5,
            "options": f"-c statement_timeout={_STATEMENT_MILLISECONDS} -c lock_timeout={_BUSY_MILLISECONDS}",
        },
        **options,
    )
    return Database(engine)


def _address(url: str) -> URL:
    remedy = "write sqlite:///hive.db or postgresql://user@host/name"
    try:
        address = make_url(url)
    except ArgumentError:  # its message repeats the address, and with it a password
        raise SignalproofError("the address of the database is no URL", remedy) from None
    match address.get_backend_name():
        case "sqlite":
            if address.database in {None, "", ":memory:"}:
                raise SignalproofError(
                    "a database in memory is seen by one connection only",
                    "give it a file: sqlite:///hive.db",
                )
            folder = Path(str(address.database)).absolute().parent
            if not folder.is_dir():
                raise SignalproofError(f"there is no folder {folder} for the database", "make it first")
            return address
        case "postgresql":
            return address.set(drivername="postgresql+psycopg")
        case other:
            raise SignalproofError(f"a database of the kind {other!r} is not supported", remedy)


def _prepare_sqlite(connection: Any, _: object) -> None:
    connection.isolation_level = None  # no transaction of the driver's own: _begin_sqlite says when and how
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MILLISECONDS}",
        "synchronous=FULL",  # a plan that was stored survives a power cut, not only a killed process
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    # with a write-ahead log, readers and the one writer do not wait for each other; it stays on once it is
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _switch_to_wal(cursor)
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Switch the journal, which SQLite refuses at once, whatever the timeout, while another process does the same."""
    end = time.monotonic() + _BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
