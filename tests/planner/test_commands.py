"""The command line of the planner."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from tests.messages_api.control import LocalClaude

from ai_planner.commands import app
from ai_planner.config import PlannerSettings
from hive.application.command_line import run
from hive.application.config import variables
from hive.application.identity import identity
from hive.storage import DeploymentQueue, DeploymentRequest, PlanningQueue, open_database
from hive.storage.schema import planning_tasks

pytestmark = pytest.mark.usefixtures("logs_restored")

WEB: dict[str, Any] = {"strategy": "ssh", "target": "web", "release": "1.0", "spec": {"host": "web-1"}}


@pytest.fixture(autouse=True)
def _environment(sqlite_url: str, claude: LocalClaude, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "HIVE_DATABASE_URL": sqlite_url,
        "HIVE_METRICS_PORT": "0",
        "HIVE_LOG_LEVEL": "error",
        "HIVE_PLANNER_RETRIES": "0",
        "ANTHROPIC_API_KEY": "sk-test",
        "ANTHROPIC_BASE_URL": claude.url,
    }.items():
        monkeypatch.setenv(name, text)


def command(*arguments: str) -> object:
    with pytest.raises(SystemExit) as end:
        run(app, arguments)
    return end.value.code


def output(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a command prints that has to succeed."""
    capsys.readouterr()
    assert command(*arguments) == 0, capsys.readouterr().err
    return capsys.readouterr().out.strip()


def mistake(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """Return what a command says that has to be refused."""
    capsys.readouterr()
    assert command(*arguments) == 2
    return capsys.readouterr().err


@pytest.fixture
def request_file(tmp_path: Path) -> Path:
    file = tmp_path / "web.json"
    file.write_text(json.dumps(WEB))
    return file


@pytest.mark.parametrize("kind", ["run", "run-async"])
def test_a_submitted_task_is_planned_and_shown(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    number = output(capsys, "submit", "Bring it to the new cluster", "--fact", "region=eu", "--priority", "2")
    assert command(kind, "--once") == 0
    shown = output(capsys, "show", number)
    assert "planned by claude-sonnet-5-5; not approved" in shown


def test_what_was_given_reaches_claude(capsys: pytest.CaptureFixture[str], claude: LocalClaude) -> None:
    output(capsys, "submit", "Bring it to the new cluster", "--fact", "region=eu-1")
    command("run", "--once")
    (call,) = claude.calls
    (message,) = call["body"]["messages"]
    assert all(text in message["content"] for text in ("Bring it to the new cluster", '"region": "eu-1"'))


def test_the_queue_is_shown_as_text_and_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    output(capsys, "submit", "Bring it to the new cluster")
    text, values = output(capsys, "show"), json.loads(output(capsys, "show", "--json"))
    assert text.splitlines()[0] == "1 queued, 0 planning, 0 planned, 0 failed"
    assert (values["counts"], values["tasks"][0]["description"]) == (
        {"queued": 1},
        "Bring it to the new cluster",
    )


def test_a_task_is_shown_as_json_with_its_plan(capsys: pytest.CaptureFixture[str]) -> None:
    number = output(capsys, "submit", "one")
    command("run", "--once")
    found = json.loads(output(capsys, "show", number, "--json"))
    assert (found["task"]["status"], found["plan"]["source"]) == ("planned", "claude")


def test_a_fallback_plan_is_shown_as_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    number = output(capsys, "submit", "one")
    command("run", "--once")
    assert "planned WITHOUT CLAUDE (MissingKeyError)" in output(capsys, "show", number)


def test_a_description_is_read_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("two\nlines\n"))
    number = output(capsys, "submit", "-")
    assert "\n    two\n    lines" in output(capsys, "show", number)


def test_an_approved_plan_becomes_a_deployment(
    capsys: pytest.CaptureFixture[str], request_file: Path, sqlite_url: str
) -> None:
    number = output(capsys, "submit", "one", "--deploy", str(request_file), "--correlation-id", "c-7")
    command("run", "--once")
    assert output(capsys, "approve", number).splitlines()[-1] == "approved: deployment 1"
    with open_database(sqlite_url) as database:
        deployment = DeploymentQueue(database).deployment(1)
    assert (deployment.request.as_json(), deployment.correlation_id) == (WEB, "c-7")


def test_approve_prints_what_will_run_and_nothing_of_the_plan(
    capsys: pytest.CaptureFixture[str], request_file: Path, claude: LocalClaude
) -> None:
    number = output(capsys, "submit", "one", "--deploy", str(request_file))
    command("run", "--once")
    shown = output(capsys, "show", number)
    digest = DeploymentRequest(**WEB).digest
    said = [
        "what is deployed, by its own words and not by the plan's:",
        '  strategy = "ssh"',
        '  target = "web"',
        '  release = "1.0"',
        '  spec.host = "web-1"',
        f"digest: {digest}",
    ]
    assert shown.splitlines()[-len(said) :] == said
    assert output(capsys, "approve", number, "--digest", digest).splitlines() == [
        *said,
        "approved: deployment 1",
    ]
    assert output(capsys, "show", number).splitlines()[-1] == f"approved by {identity()}: {digest}"


def test_a_digest_of_something_else_approves_nothing(
    capsys: pytest.CaptureFixture[str], request_file: Path, sqlite_url: str
) -> None:
    number = output(capsys, "submit", "one", "--deploy", str(request_file))
    command("run", "--once")
    assert "is not what was reviewed" in mistake(capsys, "approve", number, "--digest", "0" * 64)
    with open_database(sqlite_url) as database:
        assert DeploymentQueue(database).counts() == {}


def test_who_approves_is_no_argument(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no such option: --by" in mistake(capsys, "approve", "1", "--by", "mallory")


def test_an_approval_in_advance_is_by_the_user_whatever_the_environment_says(
    capsys: pytest.CaptureFixture[str], request_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "mallory")
    number = output(capsys, "submit", "one", "--deploy", str(request_file), "--approve")
    assert f"approved by {identity()} in advance: " in output(capsys, "show", number)


def test_what_is_changed_after_its_approval_is_shown_as_such(
    capsys: pytest.CaptureFixture[str], request_file: Path, sqlite_url: str
) -> None:
    number = output(capsys, "submit", "one", "--deploy", str(request_file), "--approve")
    with open_database(sqlite_url) as database, database.write() as connection:
        connection.execute(update(planning_tasks).values(deployment=WEB | {"release": "2.0"}))
    assert "CHANGED SINCE it was approved: the deployer refuses it" in output(capsys, "show", number)


def test_what_is_deployed_is_shown_as_json_with_its_digest(
    capsys: pytest.CaptureFixture[str], request_file: Path
) -> None:
    number = output(capsys, "submit", "one", "--deploy", str(request_file))
    found = json.loads(output(capsys, "show", number, "--json"))
    assert (found["task"]["deployment"], found["digest"]) == (WEB, DeploymentRequest(**WEB).digest)


def test_a_plan_approved_in_advance_becomes_a_deployment_by_itself(
    capsys: pytest.CaptureFixture[str], request_file: Path, sqlite_url: str
) -> None:
    output(capsys, "submit", "one", "--deploy", str(request_file), "--approve")
    command("run-async", "--once")
    with open_database(sqlite_url) as database:
        assert DeploymentQueue(database).counts() == {"pending": 1}


def test_a_failed_task_is_put_back(
    capsys: pytest.CaptureFixture[str], claude: LocalClaude, sqlite_url: str
) -> None:
    claude.next({"do": "refuse"})
    number = output(capsys, "submit", "one")
    command("run", "--once")
    assert "last error: RefusedError: Claude declined to plan this" in output(capsys, "show", number)
    output(capsys, "retry", number)
    command("run", "--once")
    with open_database(sqlite_url) as database:
        assert PlanningQueue(database).counts() == {"planned": 1}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("submit", "  "), "the description is empty"),
        (("submit", "one", "--fact", "region"), "'region' is no fact"),
        (("submit", "one", "--approve"), "--approve without --deploy"),
        (("submit", "one", "--deploy", "none.json"), "cannot read none.json"),
        (("show", "99"), "there is no task 99"),
        (("approve", "99"), "there is no task 99"),
        (("retry", "99"), "there is no task 99"),
        (("show", "x"), "invalid value"),
        (("plan",), "no such command 'plan'"),
    ],
)
def test_a_mistake_is_answered_in_three_lines(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in mistake(capsys, *arguments)


def test_a_task_that_did_not_fail_is_not_put_back(capsys: pytest.CaptureFixture[str]) -> None:
    number = output(capsys, "submit", "one")
    assert "is queued, not failed" in mistake(capsys, "retry", number)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"strategy": "docke"}, "did you mean 'docker'?"),
        ({"target": None}, "no target"),
        ({"spec": []}, "spec is no JSON object"),
        ({"relase": "1.0"}, "did you mean 'release'?"),
        ({"release": " "}, "the release of a deployment has no name"),
    ],
)
def test_a_mistake_in_what_to_deploy_is_found_when_it_is_submitted(
    change: dict[str, object], said: str, request_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    request_file.write_text(json.dumps(WEB | change))
    found = mistake(capsys, "submit", "one", "--deploy", str(request_file))
    assert (said in found, f"--> {request_file}" in found) == (True, True)


def test_a_port_that_is_taken_is_a_clear_error(
    capsys: pytest.CaptureFixture[str], claude: LocalClaude
) -> None:
    taken = claude.url.rpartition(":")[2]
    assert "cannot serve on 127.0.0.1" in mistake(capsys, "run", "--once", "--metrics-port", taken)


def test_an_old_database_is_brought_up_to_date(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HIVE_DATABASE_URL", f"sqlite:///{tmp_path / 'new.db'}")
    assert output(capsys, "submit", "one") == "1"


def test_the_readme_names_every_variable_with_its_default() -> None:
    readme = (Path(__file__).parents[2] / "src" / "ai_planner" / "README.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \|([^|]*)\|", readme, re.MULTILINE))
    assert sorted(rows) == sorted(variables(PlannerSettings))
    for name, field in variables(PlannerSettings).items():
        default = PlannerSettings.model_fields[field].get_default()
        if isinstance(default, float | int) and not isinstance(default, bool):
            assert float(rows[name]) == default, name
