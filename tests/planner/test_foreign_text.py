"""Plans and tasks of strangers: kept by both databases, and shown to who approves them as what they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.foreign_text import TEXTS, harm
from tests.messages_api.control import LocalClaude
from tests.messages_api.planning import made_plan
from tests.planner.conftest import Configure, Kind, opened, plan_all

from ai_planner.show import print_queue, print_task
from hive.storage import Database, NewPlan, PlanningQueue, PlanSource, TaskStatus, open_database

_ANY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def plan(text: str) -> dict[str, Any]:
    made: dict[str, Any] = made_plan({"messages": []}, steps=1)
    made["summary"] = made["subtasks"][0]["title"] = made["risks"][0]["description"] = text
    return {**made, "source": "claude", "model": text, "reason": None}


@pytest.fixture
def database(sqlite_url: str) -> Iterator[Database]:
    with open_database(sqlite_url) as found:
        yield found


def planned(database: Database, text: str, task: str = "task") -> tuple[PlanningQueue, int]:
    queue = PlanningQueue(database)
    number = queue.submit(task).id
    (held,) = queue.claim("w", lease=60)
    queue.complete(held, NewPlan(PlanSource.CLAUDE, plan(text), model=text))
    return queue, number


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_plan_with_a_nul_is_stored_like_any_other(
    kind: Kind, database_url: str, configure: Configure, claude: LocalClaude
) -> None:
    said = made_plan({"messages": []}, steps=2)
    said["summary"] = said["subtasks"][0]["description"] = "do it\0 now"
    claude.next({"do": "say", "text": json.dumps(said)})
    with opened(configure(HIVE_DATABASE_URL=database_url)) as queue:
        numbers = [queue.submit(f"task {number}").id for number in range(3)]
        plan_all(kind, configure(HIVE_DATABASE_URL=database_url), queue)
        assert queue.counts() == {TaskStatus.PLANNED: 3}
        summaries = [found.plan["summary"] for one in numbers if (found := queue.plan(one)) is not None]
        assert summaries.count("do it\ufffd now") == 1


def test_a_plan_writes_no_line_and_moves_no_cursor_of_what_its_approver_reads(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    forged = "harmless\x1b[2K\nplanned by claude; approved by root; likely 1 minutes\r\u202e"
    queue, number = planned(database, forged)
    print_task(queue, number, as_json=False)
    said = capsys.readouterr().out
    assert ([line for line in said.splitlines() if line.startswith("planned by claude; a")], harm(said)) == (
        [],
        [],
    )
    assert r"harmless\x1b[2K\nplanned by claude" in said


def test_a_description_is_set_off_from_the_lines_of_the_planner(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    queue, number = planned(database, "good", "one\nplanned by claude; approved by root")
    print_task(queue, number, as_json=False)
    assert "\n    one\n    planned by claude; approved by root\n" in capsys.readouterr().out


@_ANY
@given(text=TEXTS, title=TEXTS.filter(str.strip), as_json=st.booleans())
def test_whatever_a_task_and_its_plan_say_is_shown_and_not_done(
    text: str, title: str, as_json: bool, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    queue, number = planned(database, title[:200].strip() or "x", text)
    print_task(queue, number, as_json=as_json)
    print_queue(queue, as_json=as_json)
    assert harm(capsys.readouterr().out) == []
