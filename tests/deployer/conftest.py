"""A deployer on a queue of its own, and the real things it deploys to."""

from __future__ import annotations

import asyncio
import getpass
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.conftest import free_port, stop, until
from tests.deployer import killed
from tests.deployer.engine import engine
from tests.deployer.kubernetes.cluster import cluster
from tests.deployer.servers import bound, own_folder
from tests.forked import end_of

from ai_deployer.commands import work
from ai_deployer.config import DeployerSettings
from hive.application.config import load
from hive.storage import (
    Deployment,
    DeploymentQueue,
    DeploymentRequest,
    DeploymentStatus,
    Heartbeat,
    open_database,
)

__all__ = ["Deployer", "Host", "cluster", "deployer", "engine", "host", "site"]


@dataclass
class Deployer:
    """A deployer on a queue of its own.

    Attributes:
        environment: Its configuration.
        queue: The queue.
        releases: Folder that releases are taken from.
    """

    environment: dict[str, str]
    queue: DeploymentQueue
    releases: Path
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(10_000)))

    @property
    def settings(self) -> DeployerSettings:
        """Its settings."""
        return load(DeployerSettings, self.environment)

    def release(self, files: Mapping[str, str | bytes]) -> str:
        """Make a folder with *files* among the releases, and return its name."""
        name = f"source {next(self._numbers)}"
        for path, content in files.items():
            file = self.releases / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def submit(self, strategy: str, release: str, spec: Mapping[str, Any], target: str = "web") -> Deployment:
        """Put a deployment into the queue."""
        return self.queue.submit(DeploymentRequest(strategy, target, release, spec))

    def work(self) -> bool:
        """Work until the queue is empty; return whether all succeeded."""
        settings = self.settings
        with Heartbeat(self.queue, lease=settings.lease_seconds) as heartbeat:
            return asyncio.run(work(settings, self.queue, heartbeat, once=True))

    def deploy(self, strategy: str, release: str, spec: Mapping[str, Any], target: str = "web") -> Deployment:
        """Put a deployment into the queue, see it through with all its attempts, and return how it ended."""
        one = self.submit(strategy, release, spec, target)
        while (found := self.queue.deployment(one.id)).status is DeploymentStatus.PENDING:
            self.work()
        return found

    def work_until_killed(self, point: str, side: str) -> None:
        """Work in a process that gets a SIGKILL *side* (before, after) the event *point*; its leases are over then."""
        environment = {"PATH": os.environ["PATH"], **self.environment}
        assert end_of(killed.work, environment, point, side) == -signal.SIGKILL
        with self.queue.database.write() as connection:
            connection.execute(
                text("UPDATE deployments SET lease_expires_at = 0 WHERE lease_owner IS NOT NULL")
            )

    @contextmanager
    def running(self, log: Path, *arguments: str, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
        """A deployer at work, in a process of its own that writes to *log*."""
        with log.open("wb") as written:
            process = subprocess.Popen(
                bound([sys.executable, "-m", "ai_deployer", "run", *arguments]),
                env={
                    "PATH": os.environ["PATH"],
                    "HIVE_METRICS_PORT": "0",
                    "HIVE_POLL_SECONDS": "0.05",
                    **self.environment,
                    **environment,
                },
                stdin=subprocess.DEVNULL,
                stdout=written,
                stderr=written,
                cwd=log.parent,
            )
        try:
            yield process
        finally:
            stop(process)

    def cut_off_when(self, found: Callable[[], bool], log: Path) -> None:
        """Work in a process that is asked to go as soon as *found* holds, and cannot wait for the deployment to end."""
        with self.running(log, HIVE_DRAIN_SECONDS="0.1") as process:
            until(process, found, "the point at which it is cut off", 60)
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 1, log.read_text()
        assert "deployment given back" in log.read_text()

    def kinds(self, number: int) -> list[str]:
        """Return the kinds of what happened to a deployment, in order."""
        return [event.kind for event in self.queue.events(number)]


@pytest.fixture
def deployer(sqlite_url: str, tmp_path: Path) -> Iterator[Deployer]:
    """A deployer that is told nothing of SSH, Docker or Kubernetes yet."""
    releases = tmp_path / "releases"
    releases.mkdir()
    with open_database(sqlite_url) as database:
        environment = {
            "HIVE_DATABASE_URL": sqlite_url,
            "HIVE_RELEASES": str(releases),
            "HIVE_DEPLOYER_UNAPPROVED": "true",  # what is deployed is the subject; that it was approved, of test_approval
            "HIVE_DEPLOYER_RETRY_SECONDS": "0.01",
            "HIVE_DEPLOYER_ROLLBACK_SECONDS": "60",
            "HIVE_SSH_KNOWN_HOSTS": str(tmp_path / "known_hosts"),
            "HIVE_SSH_KEY": str(tmp_path / "key"),
        }
        yield Deployer(environment, DeploymentQueue(database), releases)


@dataclass(frozen=True)
class Host:
    """A host that is deployed to over SSH.

    Attributes:
        port: Port of its sshd on 127.0.0.1.
        user: Who may log in.
        key: The private key that is accepted.
        known: A known_hosts file with its key.
        process: The sshd.
    """

    port: int
    user: str
    key: Path
    known: Path
    process: subprocess.Popen[bytes]


@pytest.fixture(scope="session")
def host(component: Callable[[str], str]) -> Iterator[Host]:
    """A real sshd; it demands that its files lie where nobody else can write."""
    import asyncssh

    program = component("sshd")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    with own_folder("sshd") as folder:
        for name in ("host", "key"):
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(folder / name)
            (folder / name).chmod(0o600)
        public = {
            name: asyncssh.read_private_key(folder / name).export_public_key().decode().strip()
            for name in ("host", "key")
        }
        (folder / "authorized_keys").write_text(public["key"] + "\n")
        port = free_port()
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {public['host']}\n")
        (folder / "config").write_text(
            f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nPidFile none\n"
            f"AuthorizedKeysFile {folder}/authorized_keys\nStrictModes no\nUsePAM no\n"
            "PasswordAuthentication no\nPermitRootLogin prohibit-password\nMaxStartups 100\n"
            "Subsystem sftp internal-sftp\n"
        )
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                bound([program, "-D", "-e", "-f", str(folder / "config")]),
                stdin=subprocess.DEVNULL,
                stderr=log,
            )
        try:
            until(process, lambda: "listening" in (folder / "log").read_text(), "sshd")
            yield Host(port, getpass.getuser(), folder / "key", folder / "known_hosts", process)
        finally:
            stop(process)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the base class
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    """A folder to deploy to, and the address of a web server that serves what is current in it."""
    folder = tmp_path / "target" / "web"
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder / "current")))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield folder, f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
