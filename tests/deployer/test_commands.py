"""The command line of the deployer, as a process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host
    from tests.storage.databases import PostgreSQL


class Shell:
    """Calls the deployer's commands."""

    def __init__(self, deployer: Deployer, folder: Path) -> None:
        self.deployer, self.folder = deployer, folder

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-m", "ai_deployer", *arguments],
            env={"PATH": os.environ["PATH"], "HIVE_LOG_LEVEL": "error", **self.deployer.environment},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def file(self, content: Any) -> str:
        file = self.folder / "spec.json"
        file.write_text(json.dumps(content))
        return file.name


@pytest.fixture
def shell(deployer: Deployer, tmp_path: Path) -> Shell:
    return Shell(deployer, tmp_path)


@pytest.fixture
def spec(deployer: Deployer, host: Host, tmp_path: Path) -> dict[str, Any]:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    return {
        "host": "127.0.0.1",
        "port": host.port,
        "user": host.user,
        "path": str(tmp_path / "target" / "web"),
        "source": deployer.release({"index.html": "one"}),
    }


def test_what_is_submitted_under_a_key_is_submitted_once(shell: Shell, spec: dict[str, Any]) -> None:
    submit = ("submit", "ssh", "web", "1", "--spec", shell.file(spec), "--key", "build-7")
    assert shell(*submit) == shell(*submit) == (0, "1\n", "")


def test_a_spec_that_makes_no_sense_never_gets_into_the_queue(shell: Shell) -> None:
    code, _, said = shell("submit", "ssh", "web", "1", "--spec", shell.file({"host": "web-1"}))
    assert (code, said.splitlines()[0]) == (2, "error: spec.json: spec.user: field required")
    assert shell.deployer.queue.latest() == []


def test_a_strategy_that_is_not_there_is_a_mistake_with_a_remedy(shell: Shell) -> None:
    code, _, said = shell("submit", "sssh", "web", "1", "--spec", shell.file({}))
    assert (code, said) == (2, "error: there is no strategy 'sssh'\n  help: did you mean 'ssh'?\n")


def test_a_target_without_history_cannot_be_rolled_back(shell: Shell) -> None:
    code, _, said = shell("rollback", "web")
    assert (code, said.splitlines()[0]) == (
        2,
        "error: nothing that succeeded on 'web' was there before the last release",
    )


def test_a_target_is_rolled_back_to_the_release_before(
    shell: Shell, spec: dict[str, Any], tmp_path: Path
) -> None:
    index = tmp_path / "target" / "web" / "current" / "index.html"
    shell.deployer.deploy("ssh", "1", spec)
    source = shell.deployer.release({"index.html": "two"})
    shell.deployer.deploy("ssh", "2", {**spec, "source": source})
    assert index.read_text() == "two"
    assert shell("rollback", "web") == (0, "3\n", "")
    assert shell("run", "--once", "--metrics-port", "0") == (0, "", "")
    assert index.read_text() == "one"


def test_a_deployment_is_shown_with_what_happened(shell: Shell, spec: dict[str, Any]) -> None:
    shell.deployer.deploy("ssh", "1", {**spec, "restart": ["sh", "-c", "echo no such unit; exit 3"]})
    code, shown, _ = shell("show", "1")
    assert code == 0
    assert shown.startswith("deployment 1: rolled_back, attempt 1 of 3\n'1' to 'web' by ssh\n")
    assert "error: RolloutError: sh ended with 3: no such unit" in shown
    _, found, _ = shell("show", "1", "--json")
    kinds = [event["kind"] for event in json.loads(found)["events"]]
    assert kinds == shell.deployer.kinds(1)


def test_the_queue_is_shown(shell: Shell, spec: dict[str, Any]) -> None:
    shell.deployer.submit("ssh", "1", spec)
    code, shown, _ = shell("show")
    assert (code, shown.splitlines()[1]) == (0, "     1  pending       attempt 0/3  '1' to 'web' by ssh")


def test_on_postgresql_what_cannot_be_stored_is_said_to_be_that(
    shell: Shell, spec: dict[str, Any], postgresql: PostgreSQL
) -> None:
    shell.deployer.environment["HIVE_DATABASE_URL"] = postgresql.hive()
    manifest = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web"},
        "spec": {"a": "\0"},
    }
    given = [
        ("ssh", spec, ("--key", "k" * 201), "the key has 201 characters, of which 200 can be stored"),
        ("ssh", spec, ("--priority", f"{2**31}"), f"the priority {2**31} is out of range"),
        (
            "kubernetes",
            {"manifest": manifest},
            (),
            "the database cannot hold a value: unsupported Unicode escape",
        ),
    ]
    for strategy, content, more, wanted in given:
        code, _, said = shell("submit", strategy, "web", "1", "--spec", shell.file(content), *more)
        assert (code, said.splitlines()[0][:60]) == (2, f"error: {wanted}"[:60])
    assert shell("show", f"{2**63}")[2].splitlines()[0] == f"error: there is no deployment {2**63}"
