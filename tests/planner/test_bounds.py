"""An answer of Claude's is bounded while it is read: bytes, events, errors, time, and where the task goes."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from functools import partial
from itertools import chain, repeat
from pathlib import Path

import pytest
from tests.forked import end_of
from tests.messages_api.control import LocalClaude
from tests.planner.conftest import KEY, Configure, Metrics, opened, plan_all
from tests.planner.hostile import MEGABYTE, START, Answer, bomb, delta, event, for_ever, hostile

from ai_planner.answer import MOST_CHARACTERS
from ai_planner.bounds import MOST_BYTES, MOST_ERROR_BYTES
from ai_planner.commands import app
from ai_planner.plan import Draft
from hive.application.command_line import run
from hive.storage import PlanningTask

PACKED = {"content-encoding": "gzip"}
THINKING = event("content_block_start", index=0, content_block={"type": "thinking", "thinking": "", "signature": ""})  # fmt: skip
ANSWERS = {
    "text without end": Answer(partial(for_ever, delta("text_delta", "text", "x" * 400))),
    "thoughts without end": Answer(
        partial(for_ever, delta("thinking_delta", "thinking", "x" * 400), START + THINKING)
    ),
    "pings without end": Answer(partial(for_ever, event("ping"))),
    "events that nobody knows without end": Answer(partial(for_ever, event("whatever", x="y" * 1000))),
    "one line without end": Answer(partial(for_ever, b"x", START + b"data: ")),
    "one event of long lines without end": Answer(partial(for_ever, b"data: " + b"x" * 1000 + b"\n")),
    "one event of short lines without end": Answer(partial(for_ever, b"a\n")),
    "one event whose line ends are mixed without end": Answer(partial(for_ever, b"a\n\r\n")),
    "JSON without end": Answer(partial(for_ever, b"[", b""), headers={"content-type": "application/json"}),
    "packed": Answer(bomb, headers=PACKED),
}
ERRORS = {
    (500, "InternalServerError"): "planned",
    (529, "OverloadedError"): "planned",
    (429, "RateLimitError"): "planned",
    (401, "AuthenticationError"): "failed",
}


def planned(
    answer: Answer, configure: Configure, metrics: Metrics, **environment: object
) -> tuple[PlanningTask, dict[str, float], int]:
    """Plan a task once; return it, the failures of Claude by type, and how many bytes were taken."""
    with hostile(answer) as server:
        settings = configure(ANTHROPIC_BASE_URL=server.url, HIVE_PLANNER_RETRIES=0, **environment)
        with opened(settings) as queue:
            number = queue.submit("one", max_attempts=1).id
            plan_all("sync", settings, queue)
            task = queue.task(number)
        return task, metrics.outcome("adapter_claude_planning")[1], server.sent


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_is_longer_than_any_plan_is_left(
    name: str, configure: Configure, metrics: Metrics
) -> None:
    task, counted, taken = planned(ANSWERS[name], configure, metrics)
    assert (task.status, task.error_type, counted) == (
        "failed",
        "OversizedAnswerError",
        {"InvalidPlanError": 1.0},
    )
    assert task.error is not None
    assert ("was left" in task.error or "is compressed" in task.error) is True
    assert taken < MOST_BYTES + 16 * MEGABYTE  # what the system's buffers hold is not read


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(("status", "kind"), ERRORS)
def test_the_body_of_an_error_is_left_when_it_is_longer_than_any_and_the_status_counts(
    status: int, kind: str, packed: bool, configure: Configure, metrics: Metrics
) -> None:
    body, headers = (bomb, PACKED) if packed else (partial(for_ever, b"x", b""), {})
    task, counted, taken = planned(Answer(body, status, dict(headers)), configure, metrics)
    assert (task.status, counted) == (ERRORS[status, kind], {kind: 1.0})
    assert taken < 16 * MEGABYTE


def test_what_is_said_of_such_an_error_is_short_and_clear(configure: Configure, metrics: Metrics) -> None:
    task, _, _ = planned(Answer(partial(for_ever, b"x", b""), 401), configure, metrics)
    assert task.error == (
        f"Error code: 401 - {{'error': {{'message': 'the body of this error is longer than {MOST_ERROR_BYTES} bytes and "
        "was left'}}"
    )


def test_the_body_of_an_error_that_is_no_longer_than_others_is_told(
    configure: Configure, metrics: Metrics
) -> None:
    body = b'{"type": "error", "error": {"type": "authentication_error", "message": "no such key"}}'
    task, _, _ = planned(Answer(lambda: iter([body]), 401), configure, metrics)
    assert "no such key" in (task.error or "")


def test_an_answer_that_trickles_for_ever_ends_with_the_deadline(
    configure: Configure, metrics: Metrics
) -> None:
    gone = threading.Event()

    def trickle() -> Iterator[bytes]:
        for piece in chain([START], repeat(event("ping"))):
            yield piece
            gone.wait(0.02)

    task, counted, _ = planned(Answer(trickle), configure, metrics, HIVE_PLANNER_PLAN_SECONDS=0.5)
    assert (task.status, counted) == ("planned", {"TimeoutError": 1.0})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed_and_the_task_goes_nowhere_else(
    status: int, configure: Configure, metrics: Metrics
) -> None:
    with hostile(Answer(lambda: iter([b""]))) as elsewhere:
        headers = {"location": f"{elsewhere.url}/v1/messages"}
        task, counted, _ = planned(Answer(lambda: iter([b""]), status, headers), configure, metrics)
        assert (elsewhere.calls, counted) == ([], {"APIConnectionError": 1.0})
    assert task.status == "planned"


def test_a_redirect_is_an_error_that_says_where_to(configure: Configure, metrics: Metrics) -> None:
    answer = Answer(partial(for_ever, b"x", b""), 307, {"location": "http://other.invalid/\x1b[2J"})
    task, _, _ = planned(answer, configure, metrics, HIVE_PLANNER_FALLBACK="false")
    assert (task.error_type, task.error) == (
        "RedirectedError",
        '127.0.0.1 redirects to "http://other.invalid/\\u001b[2J", where no request is sent: set ANTHROPIC_BASE_URL',
    )


def test_a_plan_that_is_as_long_as_one_can_be_is_taken(
    claude: LocalClaude, configure: Configure, metrics: Metrics
) -> None:
    text = longest_plan()
    claude.next({"do": "say", "text": text})
    settings = configure(HIVE_PLANNER_RETRIES=0)
    with opened(settings) as queue:
        number = queue.submit("one", max_attempts=1).id
        plan_all("sync", settings, queue)
        assert (queue.task(number).status, queue.task(number).error) == ("planned", None)
    assert MOST_CHARACTERS / 3 < len(text) < MOST_CHARACTERS / 2


def longest_plan() -> str:
    """Return the text of a plan all of whose texts are as long as they may be, and that asks for no more steps."""
    ids = [f"{number:064d}" for number in range(100)]
    minutes = {"shortest": 1, "likely": 2, "longest": 3}
    return Draft.model_validate(
        {
            "summary": "s" * 4000,
            "subtasks": [
                {"id": one, "title": "t" * 200, "description": "d" * 4000, "depends_on": ids[:number][:5], "estimate": minutes}
                for number, one in enumerate(ids)
            ],
            "risks": [
                {"description": "r" * 4000, "likelihood": "low", "impact": "low", "mitigation": "m" * 4000}
                for _ in range(50)
            ],
        }
    ).model_dump_json()  # fmt: skip


def measured(status: Path) -> None:
    """Plan what there is, and leave what the system says of this process in a file."""
    try:
        run(app, ["run", "--once"])
    finally:
        status.write_text(Path("/proc/self/status").read_text())


def peak_megabytes(url: str, base: str, folder: Path) -> float:
    """Return the most memory that a planner of its own ever held, which plans one task with the Claude at *base*."""
    environment = {
        **os.environ,
        "HIVE_DATABASE_URL": url,
        "HIVE_METRICS_PORT": "0",
        "HIVE_PLANNER_RETRIES": "0",
        "HIVE_PLANNER_PLAN_SECONDS": "8",
        "ANTHROPIC_API_KEY": KEY,
        "ANTHROPIC_BASE_URL": base,
    }
    assert end_of(measured, environment, folder / "status") == 0
    peak = re.search(r"^VmHWM:\s*(\d+) kB$", (folder / "status").read_text(), re.MULTILINE)
    assert peak is not None
    return int(peak[1]) / 1024


@pytest.fixture(scope="module")
def usual(claude_process: LocalClaude, sqlite_template: os.PathLike[str], tmp_path_factory: pytest.TempPathFactory) -> float:  # fmt: skip
    """The most memory that a planner holds whose Claude answers with a plan, in megabytes."""
    folder = tmp_path_factory.mktemp("usual")
    url = submitted(f"sqlite:///{folder / 'hive.db'}")
    claude_process.forget()
    return peak_megabytes(url, claude_process.url, folder)


def submitted(url: str) -> str:
    from hive.storage import PlanningQueue, migrate, open_database

    with open_database(url) as database:
        migrate(database)
        PlanningQueue(database).submit("one", max_attempts=1)
    return url


@pytest.mark.parametrize(
    "name",
    ["text without end", "thoughts without end", "one line without end", "one event of short lines without end",
     "JSON without end", "packed", "an error without end", "a packed error"],
)  # fmt: skip
def test_what_never_ends_takes_no_more_memory_than_it_is_given(
    name: str, usual: float, sqlite_url: str, tmp_path: Path
) -> None:
    error = Answer(bomb, 500, PACKED) if "packed" in name else Answer(partial(for_ever, b"x", b""), 500)
    with hostile(ANSWERS.get(name, error)) as server:
        peak = peak_megabytes(submitted(sqlite_url), server.url, tmp_path)
    sys.stdout.write(f"\n{name}: {peak:.0f} MB at most, {usual:.0f} MB with an answer that is a plan\n")
    assert peak < usual + 32
