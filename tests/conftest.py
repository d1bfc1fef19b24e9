"""What many tests share: the data beside the checkout, and real servers on loopback, each ended by its process id."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn, Protocol
from urllib.parse import urlencode

import pytest
from hypothesis import settings
from tests.application.restored import logs_restored
from tests.messages_api.fixtures import claude, claude_process
from tests.storage.databases import database_url, empty_url, postgresql, sqlite_template, sqlite_url

from signalproof.live.emit import Model, scrape_times, write_openmetrics

__all__ = [
    "claude",
    "claude_process",
    "database_url",
    "empty_url",
    "logs_restored",
    "postgresql",
    "sqlite_template",
    "sqlite_url",
]

# how long an example takes says more of the machine than of the property
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

CHECKOUT = Path(__file__).resolve().parents[1]
INTERVAL = 15.0
"""Seconds between two scrapes of a backfilled history."""
_DEADLINE = 30.0
"""Seconds after which a server that has not come up never will."""
_EMPTY = "global: {}\n"


@pytest.fixture(scope="session")
def checkout() -> Path:
    """The root of the checkout."""
    return CHECKOUT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with corpora and schemas beside the checkout."""
    folder = CHECKOUT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"no {folder.name} folder beside the checkout")
    return folder


def missing(what: str, remedy: str = "sh tests/components.sh as root") -> NoReturn:
    """Skip the test, or fail it where everything has to be there."""
    reason = f"{what} is not installed: run {remedy}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def fetched(name: str) -> Path:
    """Return where a script of the tests puts what it fetches or builds once; see tests/compose.sh."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache", "signalproof", name)


@pytest.fixture
def figure(capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Print the lines of a figure, whatever pytest does with the output of tests."""

    def show(*lines: str) -> None:
        with capsys.disabled():
            sys.stdout.write("\n".join(("", *lines, "")))

    return show


@pytest.fixture(scope="session")
def component() -> Callable[[str], str]:
    """Finds the program of a real component: ``component("promtool")``; skips without it, and fails where CI=true."""

    def find(name: str) -> str:
        path = os.environ.get("PATH", os.defpath) + ":/usr/local/sbin:/usr/sbin:/sbin"
        return shutil.which(name, path=path) or missing(name)

    return find


@pytest.fixture(scope="session")
def promtool(component: Callable[[str], str]) -> str:
    """The path of promtool."""
    return component("promtool")


def free_port() -> int:
    """Return a TCP port of the loopback that nobody listens on, and that no connection is given before somebody does.

    It is below those that a system takes for the near end of connections: tests beside this one make many of them.
    """
    draw = random.SystemRandom()  # Hypothesis gives every test the same numbers of `random`
    while True:
        port = draw.randrange(10_000, 32_000)
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def until(
    process: subprocess.Popen[Any], found: Callable[[], bool], what: str, deadline: float = _DEADLINE
) -> None:
    """Return as soon as *found* holds; fail when *process* ends before, or after *deadline* seconds."""
    end = time.monotonic() + deadline
    while not found():
        try:
            process.wait(timeout=0.02)
        except subprocess.TimeoutExpired:
            if time.monotonic() < end:
                continue
            pytest.fail(f"{what} not within {deadline:g} s")
        pytest.fail(f"{what}: the process ended with {process.returncode}")


def stop(process: subprocess.Popen[Any]) -> None:
    """End *process*, by force if it does not go."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass(frozen=True)
class Prometheus:
    """A running Prometheus.

    Attributes:
        port: Its port on 127.0.0.1.
        process: Its process.
        data: Its storage.
    """

    port: int
    process: subprocess.Popen[bytes]
    data: Path

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"

    def get(self, path: str, **parameters: str) -> tuple[int, Any]:
        """Return status and JSON of a GET; status 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("GET", f"{path}?{urlencode(parameters)}")
            response = connection.getresponse()
            text = response.read()
        except OSError:
            return 0, None
        finally:
            connection.close()
        return response.status, json.loads(text) if text.startswith(b"{") else None

    def ask(self, expr: str, at: float) -> list[tuple[dict[str, str], float]]:
        """Return the labels and the value of each series of *expr* at Unix time *at*."""
        status, answer = self.get("/api/v1/query", query=expr, time=f"{at:.3f}")
        assert status == 200, answer
        return [(one["metric"], float(one["value"][1])) for one in answer["data"]["result"]]

    def number(self, expr: str, at: float) -> float:
        """Return the one value of *expr* at Unix time *at*."""
        ((_, value),) = self.ask(expr, at)
        return value

    def until(self, expr: str) -> None:
        """Return as soon as *expr* returns a series now; fail after half a minute."""
        until(self.process, lambda: bool(self.ask(expr, time.time())), f"a result of {expr}")

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule as Prometheus describes it."""
        _, answer = self.get("/api/v1/rules")
        return [rule for group in answer["data"]["groups"] for rule in group["rules"]]

    def rule_errors(self) -> list[str]:
        """Return what Prometheus says of each rule that it could not evaluate."""
        return [f"{one['name']}: {one.get('lastError')}" for one in self.rules() if one["health"] != "ok"]

    def until_rules_are_evaluated(self) -> None:
        """Return as soon as each rule has been evaluated, twice where it may depend on another one."""
        start = time.time()
        until(
            self.process,
            lambda: all(_unix(one["lastEvaluation"]) > start + 1 for one in self.rules()),
            "every rule evaluated",
        )


def _unix(moment: str) -> float:
    """Return the Unix time of an RFC 3339 *moment*, whose nanoseconds Python does not read."""
    return datetime.fromisoformat(re.sub(r"\.\d+", "", moment)).timestamp()


class StartPrometheus(Protocol):
    """Starts a Prometheus; see the fixture of that name."""

    def __call__(self, config: str = _EMPTY, data: Path | None = None) -> Prometheus: ...


@pytest.fixture(scope="session")
def start_prometheus(
    component: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[StartPrometheus]:
    """Starts a Prometheus with a configuration and a storage, both empty unless given; it runs until the session ends."""
    program = component("prometheus")
    running: list[subprocess.Popen[bytes]] = []

    def start(config: str = _EMPTY, data: Path | None = None) -> Prometheus:
        folder = tmp_path_factory.mktemp("prometheus")
        (folder / "prometheus.yml").write_text(config)
        port, storage = free_port(), data or folder / "data"
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    program,
                    f"--config.file={folder / 'prometheus.yml'}",
                    f"--storage.tsdb.path={storage}",
                    "--storage.tsdb.retention.time=30d",
                    f"--web.listen-address=127.0.0.1:{port}",
                    "--web.enable-remote-write-receiver",
                    "--log.level=warn",
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=folder,
            )
        running.append(process)
        server = Prometheus(port, process, storage)
        until(
            process, lambda: server.get("/-/ready")[0] == 200, f"Prometheus ready; its log: {folder / 'log'}"
        )
        return server

    try:
        yield start
    finally:
        for process in running:
            stop(process)


@dataclass(frozen=True)
class History:
    """A Prometheus that holds the synthetic history of a catalogue.

    Attributes:
        prometheus: The server.
        model: What the history was drawn from.
        start: Unix time when every process started.
        end: Unix time of the last scrape.
    """

    prometheus: Prometheus
    model: Model
    start: float
    end: float

    @property
    def window(self) -> str:
        """The whole history as a PromQL duration."""
        return f"{self.end - self.start:.0f}s"


class Backfilled(Protocol):
    """Makes a history; see the fixture of that name."""

    def __call__(
        self, model: Model, *, hours: float = 1.0, config: str = _EMPTY, recorded: Sequence[Path] = ()
    ) -> History: ...


@pytest.fixture(scope="session")
def backfilled(
    start_prometheus: StartPrometheus, promtool: str, tmp_path_factory: pytest.TempPathFactory
) -> Backfilled:
    """Writes the history of a model, ending now, into a new storage, and starts a Prometheus on it.

    With files of recording rules, what they record is in the storage, too.
    """

    def promtool_in(folder: Path, *arguments: str) -> None:
        command = [promtool, "tsdb", "create-blocks-from", *arguments]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    def fill(
        model: Model, *, hours: float = 1.0, config: str = _EMPTY, recorded: Sequence[Path] = ()
    ) -> History:
        folder = tmp_path_factory.mktemp("history")
        end = time.time() // INTERVAL * INTERVAL
        times = scrape_times(end - hours * 3600, end, INTERVAL)
        write_openmetrics(model, folder / "history.om", times)
        promtool_in(folder, "openmetrics", "history.om", "data")
        (folder / "history.om").unlink()
        if recorded:
            server = start_prometheus(data=folder / "data")
            span = (f"--start={times[0]:.0f}", f"--end={times[-1]:.0f}", f"--url={server.url}")
            promtool_in(folder, "rules", *span, "--output-dir=data", *map(str, recorded))
            stop(server.process)
        return History(start_prometheus(config, folder / "data"), model, times[0], times[-1])

    return fill


@pytest.fixture(scope="session")
def node_exporter(component: Callable[[str], str]) -> Iterator[str]:
    """The address of ``/metrics`` of a node_exporter that runs for the session."""
    port = free_port()
    command = [component("prometheus-node-exporter"), f"--web.listen-address=127.0.0.1:{port}"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def answers() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
        except OSError:
            return False

    try:
        until(process, answers, "an answer of node_exporter")
        yield f"http://127.0.0.1:{port}/metrics"
    finally:
        stop(process)
