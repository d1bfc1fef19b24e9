"""A deployer as a process: ending well, losing a claim, logs and secrets."""

from __future__ import annotations

import json
import re
import signal
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import asyncssh
import pytest
from sqlalchemy import text
from tests.conftest import until

from hive.storage import DeploymentQueue, DeploymentRequest, DeploymentStatus, open_database

if TYPE_CHECKING:
    from tests.deployer.conftest import Deployer, Host
    from tests.storage.databases import PostgreSQL

PASSPHRASE = "correct horse battery staple"


class Site:
    """A target whose restart waits for a file."""

    def __init__(self, deployer: Deployer, host: Host, folder: Path) -> None:
        self.deployer, self.host, self.folder = deployer, host, folder
        self.log = folder / "log"

    def spec(self, target: str, restart: list[str]) -> dict[str, Any]:
        return {
            "host": "127.0.0.1",
            "port": self.host.port,
            "user": self.host.user,
            "path": str(self.folder / "target" / target),
            "source": self.deployer.release({"index.html": "x"}),
            "restart": restart,
        }

    def until_there(self, name: str) -> list[str]:
        """Return a command that ends as soon as there is a file of that *name*."""
        return ["sh", "-c", f"until [ -e {self.folder}/{name} ]; do sleep 0.02; done"]

    def submit(self, target: str, restart: list[str]) -> int:
        return self.deployer.submit("ssh", "1", self.spec(target, restart), target).id

    def running(self, *arguments: str, **environment: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """A deployer at work."""
        return self.deployer.running(self.log, *arguments, **environment)

    def until_noted(self, process: subprocess.Popen[bytes], number: int, kind: str) -> None:
        until(process, lambda: kind in self.deployer.kinds(number), f"{kind} of deployment {number}")

    def status(self, number: int) -> DeploymentStatus:
        return self.deployer.queue.deployment(number).status

    def looks(self, process: subprocess.Popen[bytes]) -> float:
        """How often the queue was looked into."""
        until(process, lambda: '"url"' in self.log.read_text(), "the address of /metrics")
        (url,) = [line["url"] for line in self.logged() if "url" in line]
        with urlopen(url, timeout=10) as answer:
            page: str = answer.read().decode()
        (found,) = re.findall(
            r'^adapter_database_deployment_queue_poll_calls_total\{status="success"\} (\S+)',
            page,
            re.MULTILINE,
        )
        return float(found)

    def logged(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]


@pytest.fixture
def web(deployer: Deployer, host: Host, tmp_path: Path) -> Site:
    deployer.environment |= {"HIVE_SSH_KNOWN_HOSTS": str(host.known), "HIVE_SSH_KEY": str(host.key)}
    return Site(deployer, host, tmp_path)


def test_sigterm_lets_what_is_in_progress_end_and_takes_nothing_new(web: Site) -> None:
    first = web.submit("one", web.until_there("go"))
    with web.running() as process:
        web.until_noted(process, first, "switched")
        process.send_signal(signal.SIGTERM)
        second = web.submit("two", [])
        (web.folder / "go").touch()
        assert process.wait(timeout=30) == 0
    assert (web.status(first), web.status(second)) == (DeploymentStatus.SUCCEEDED, DeploymentStatus.PENDING)


def test_what_is_cut_off_by_the_deadline_is_given_back_and_done_by_the_next(web: Site) -> None:
    number = web.submit("one", web.until_there("go"))
    with web.running(HIVE_DRAIN_SECONDS="0.2") as process:
        web.until_noted(process, number, "switched")
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 1
    assert web.status(number) is DeploymentStatus.PENDING
    (web.folder / "go").touch()
    web.deployer.work()
    assert web.status(number) is DeploymentStatus.SUCCEEDED


def test_a_deployer_whose_claim_was_taken_lets_go_of_the_deployment(web: Site) -> None:
    number = web.submit("one", web.until_there("go"))
    with web.running(HIVE_LEASE_SECONDS="0.3") as process:
        web.until_noted(process, number, "switched")
        with web.deployer.queue.database.write() as connection:
            connection.execute(
                text("UPDATE deployments SET attempt = 7, lease_owner = 'other', lease_expires_at = 9e12")
            )
        until(process, lambda: "another worker took" in web.log.read_text(), "the loss of the claim")
        other = web.submit("two", [])
        until(process, lambda: web.status(other) is DeploymentStatus.SUCCEEDED, "the next deployment")
    assert web.status(number) is DeploymentStatus.DEPLOYING


def test_on_postgresql_a_deployment_goes_from_one_deployer_to_the_next(
    web: Site, postgresql: PostgreSQL
) -> None:
    web.deployer.environment["HIVE_DATABASE_URL"] = url = postgresql.hive()
    with open_database(url) as database:
        web.deployer.queue = DeploymentQueue(database)
        number = web.submit("one", [])
        web.deployer.work_until_killed("switching", "after")
        web.deployer.work()
        done = web.deployer.queue.deployment(number)
    assert (done.status, done.attempt) == (DeploymentStatus.SUCCEEDED, 2)


def test_deployments_to_several_targets_run_at_the_same_time(web: Site) -> None:
    wait = "touch {0}/{1}; until [ -e {0}/{2} ]; do sleep 0.02; done"
    numbers = [
        web.submit(target, ["sh", "-c", wait.format(web.folder, target, other)])
        for target, other in (("one", "two"), ("two", "one"))
    ]
    assert web.deployer.work()
    assert {web.status(number) for number in numbers} == {DeploymentStatus.SUCCEEDED}


def test_every_line_about_a_deployment_has_the_correlation_id_of_the_planner(web: Site) -> None:
    request = DeploymentRequest("ssh", "one", "1", web.spec("one", ["false"]))
    web.deployer.queue.submit(request, correlation_id="task-42")
    with web.running("--once") as process:
        assert process.wait(timeout=60) == 1
    about = [line for line in web.logged() if "deployment" in line]
    assert {line["correlation_id"] for line in about} == {"task-42"}
    assert [line["event"] for line in about] == [
        "deployment taken up",
        "deployment failed",
        "rolled back",
        "deployment ended",
    ]


def test_a_secret_is_seen_neither_in_the_log_nor_in_the_queue(web: Site, tmp_path: Path) -> None:
    key = asyncssh.read_private_key(web.host.key)
    (tmp_path / "encrypted").write_bytes(key.export_private_key("pkcs8-pem", passphrase=PASSPHRASE))
    (tmp_path / "encrypted").chmod(0o600)
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    number = web.submit("one", ["sh", "-c", f"echo it is {PASSPHRASE}; exit 1"])
    with web.running(
        "--once",
        HIVE_SSH_KEY=str(tmp_path / "encrypted"),
        HIVE_SSH_PASSPHRASE_FILE=str(tmp_path / "passphrase"),
        HIVE_LOG_LEVEL="debug",
    ) as process:
        assert process.wait(timeout=60) == 1
    done = web.deployer.queue.deployment(number)
    assert "it is [secret]" in str(done.error)
    assert PASSPHRASE not in web.log.read_text()
    assert PASSPHRASE not in str(web.deployer.queue.events(number))


def test_a_slow_deployment_holds_up_nothing_but_its_own_place(web: Site) -> None:
    slow = web.submit("slow", web.until_there("go"))
    quick = [web.submit(f"quick-{number}", []) for number in range(4)]
    with web.running(HIVE_DEPLOYER_CONCURRENCY="2") as process:
        succeeded = {DeploymentStatus.SUCCEEDED}
        until(process, lambda: {web.status(one) for one in quick} == succeeded, "the quick ones", 30)
        assert web.status(slow) is DeploymentStatus.DEPLOYING
        late = web.submit("late", [])
        until(process, lambda: web.status(late) is DeploymentStatus.SUCCEEDED, "the late one", 30)
        (web.folder / "go").touch()
        until(process, lambda: web.status(slow) is DeploymentStatus.SUCCEEDED, "the slow one", 30)


def test_while_every_place_is_taken_the_queue_is_looked_into_and_nothing_is_taken(web: Site) -> None:
    slow = web.submit("slow", web.until_there("go"))
    with web.running(HIVE_DEPLOYER_CONCURRENCY="1") as process:
        web.until_noted(process, slow, "switched")
        waiting = web.submit("waiting", [])
        looks = web.looks(process)
        until(process, lambda: web.looks(process) > looks + 2, "further looks", 30)
        assert web.status(waiting) is DeploymentStatus.PENDING
        (web.folder / "go").touch()
        until(process, lambda: web.status(waiting) is DeploymentStatus.SUCCEEDED, "the waiting one", 30)
