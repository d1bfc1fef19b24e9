"""Addresses of databases, and transactions."""

from __future__ import annotations

from contextlib import suppress

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hive.application.command_line import one_line
from hive.storage import PlanningQueue, open_database
from signalproof.errors import SignalproofError


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("hunter2@somewhere", "is no URL"),
        ("mysql://ann:hunter2@db/hive", "'mysql' is not supported"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("sqlite:////no/such/folder/hive.db", "there is no folder"),
    ],
)
def test_an_address_that_cannot_be_used_is_a_clear_error_without_the_password(url: str, said: str) -> None:
    with pytest.raises(SignalproofError, match=said) as refused:
        open_database(url)
    assert "hunter2" not in f"{refused.value}{refused.value.help}"


def test_the_address_is_shown_without_the_password() -> None:
    with open_database("postgresql://ann:hunter2@127.0.0.1:1/hive") as database:
        assert (database.shown.count("hunter2"), "ann" in database.shown) == (0, True)


def test_a_server_that_is_away_is_an_error_without_the_password() -> None:
    with (
        open_database("postgresql://ann:hunter2@127.0.0.1:1/hive") as database,
        pytest.raises(SQLAlchemyError) as away,
    ):
        PlanningQueue(database).counts()
    assert "hunter2" not in str(away.value)


def test_a_database_that_was_closed_is_not_opened_again_by_whoever_still_uses_it(database_url: str) -> None:
    with open_database(database_url) as database:
        queue = PlanningQueue(database)
        queue.submit("one")
    with pytest.raises(RuntimeError, match="was closed"):
        queue.counts()
    with pytest.raises(RuntimeError, match="was closed"):
        queue.submit("two")


def test_a_transaction_that_raises_changes_nothing(database_url: str) -> None:
    with open_database(database_url) as database:
        queue = PlanningQueue(database)
        queue.submit("one")
        with suppress(ZeroDivisionError), database.write() as connection:
            connection.execute(text("DELETE FROM planning_tasks"))
            _ = 1 / 0
        assert queue.counts() == {"queued": 1}


def test_what_is_reported_of_an_error_of_the_database_does_not_repeat_what_a_task_says(
    database_url: str,
) -> None:
    with open_database(database_url) as database, pytest.raises(SQLAlchemyError) as error:
        PlanningQueue(database).submit("my diary", max_attempts=None)  # type: ignore[arg-type]  # the database refuses it
    assert "my diary" not in one_line(error.value)


def test_sqlite_writes_ahead_and_waits_for_other_writers(sqlite_url: str) -> None:
    with open_database(sqlite_url) as database, database.read() as connection:
        found = [
            connection.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "busy_timeout")
        ]
    assert found == ["wal", 20_000]
