"""Migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from hive.storage import (
    DeploymentQueue,
    DeploymentRequest,
    DeploymentStatus,
    PlanningQueue,
    migrate,
    open_database,
)
from hive.storage.migrate import migrations, revision_of
from hive.storage.schema import REVISION, metadata
from signalproof.errors import SignalproofError

FROM_BEFORE = (
    "INSERT INTO planning_tasks (correlation_id, max_attempts, available_at, created_at, updated_at, description, context) "
    "VALUES ('c-1', 5, 0, 0, 0, 'from before', '{}') RETURNING id"
)


def test_a_migrated_database_is_what_the_code_expects(empty_url: str) -> None:
    with open_database(empty_url) as database:
        migrate(database)
        with database.read() as connection:
            assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_code_expects_the_last_migration() -> None:
    assert ScriptDirectory.from_config(migrations()).get_heads() == [REVISION]


def test_tasks_of_the_first_schema_are_there_after_the_migration_to_the_last(empty_url: str) -> None:
    with open_database(empty_url) as database:
        migrate(database, "0001")
        with database.write() as connection:
            number = connection.scalar(text(FROM_BEFORE))
        assert number is not None
        migrate(database)
        DeploymentQueue(database).submit(DeploymentRequest("ssh", "web", "1.0"))
        assert PlanningQueue(database).task(number).description == "from before"


def test_migrating_again_changes_nothing(empty_url: str) -> None:
    with open_database(empty_url) as database:
        migrate(database)
        PlanningQueue(database).submit("one")
        migrate(database)
        assert PlanningQueue(database).counts() == {"queued": 1}


def test_workers_that_start_together_on_an_empty_database_do_not_disturb_each_other(empty_url: str) -> None:
    errors: list[Exception] = []
    ready = threading.Barrier(4)

    def start() -> None:
        with open_database(empty_url) as database:
            ready.wait()
            try:
                migrate(database)
            except Exception as error:  # noqa: BLE001  # whatever it is, the test reports it
                errors.append(error)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with open_database(empty_url) as database, database.read() as connection:
        assert (errors, revision_of(connection)) == ([], REVISION)


def test_a_database_of_newer_code_is_left_alone(empty_url: str) -> None:
    with open_database(empty_url) as database:
        migrate(database)
        with database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(SignalproofError, match="newer than"):
            migrate(database)


def test_deployments_with_their_journal_are_there_after_the_migration_that_blocks_targets(
    empty_url: str,
) -> None:
    with open_database(empty_url) as database:
        migrate(database, "0002")
        queue = DeploymentQueue(database)
        with database.write() as connection:
            connection.execute(
                text(
                    "INSERT INTO deployments (correlation_id, max_attempts, available_at, created_at, updated_at, "
                    "strategy, target, release, spec, status, result) "
                    "VALUES ('c', 3, 0, 0, 0, 'ssh', 'web', '1', '{}', 'succeeded', '{}')"
                )
            )
            connection.execute(
                text(
                    "INSERT INTO deployment_events (deployment_id, attempt, kind, detail, at) "
                    "VALUES (1, 1, 'switched', '{}', 0)"
                )
            )
        migrate(database)
        last = queue.last_good("web")
        assert last is not None
        assert [event.kind for event in queue.events(last.id)] == ["switched"]


def test_a_migrated_database_takes_the_states_that_the_code_knows_and_no_others(empty_url: str) -> None:
    with open_database(empty_url) as database:
        migrate(database, "0002")
        migrate(database)
        DeploymentQueue(database).submit(DeploymentRequest("ssh", "web", "1.0"))
        change = text("UPDATE deployments SET status = :status")
        for status in DeploymentStatus:
            with database.write() as connection:
                connection.execute(change, {"status": status.value})
        with pytest.raises(IntegrityError), database.write() as connection:
            connection.execute(change, {"status": "lost"})
