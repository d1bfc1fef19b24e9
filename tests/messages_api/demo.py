"""Both planners and the deployer at work without a key: with the local Messages API, SQLite, and Prometheus if it is there.

    python -m tests.messages_api.demo

It starts the services that pyproject.toml names, as it names them, in a temporary folder and on the loopback, gives
the planners a task every so often, and now and then lets Claude go wrong, so that every panel about planning has
something to show. A ``prometheus`` on the PATH scrapes them under the rules of ``provisioning/``. Ctrl-C ends it all.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import yaml
from tests.messages_api.control import LocalClaude, local_claude

from hive.storage import PlanningQueue, migrate, open_database
from signalproof.config import Config, load_config

Process = subprocess.Popen[bytes]

_CHECKOUT = Path(__file__).resolve().parents[2]
_LONGEST_QUEUE = 40
_DRAIN_SECONDS = 10
_SCRAPE_SECONDS = 5
_START_SECONDS = 120.0
_SERVED = re.compile(r'"event": "metrics are served".*"url": "([^"]+)"')

_TASKS = (
    "Bring the shop to the new cluster",
    "Renew the certificates of every host that ends this month",
    "Split the orders table by year without a pause",
    "Give the search service a cache and measure what it brings",
    "Replace the message broker by its next major version",
)
_NO_RETRY = {"x-should-retry": "false"}
_MISHAPS: tuple[dict[str, Any], ...] = (
    {"do": "error", "status": 529},
    {"do": "break"},
    {"plan": {"wrong": "cycle"}},
    {"do": "error", "status": 429, "headers": {"retry-after": "1"}},
    {"do": "error", "status": 529, "headers": _NO_RETRY},
    {"tokens": 40},
    {"do": "refuse"},
)
"""What Claude does to one call in ten: passing errors, answers that are no plans, one that leaves it to the fallback."""


def say(text: str = "") -> None:
    """Print a line at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def start(name: str, command: Sequence[str], folder: Path, **environment: str) -> Process:
    """Start a program in a *folder*, its output in a log there.

    It is in a session of its own: Ctrl-C reaches this program only, which ends the others in order. What the user has
    set for the applications is not for this one.
    """
    rest = {name: text for name, text in os.environ.items() if not name.startswith(("HIVE_", "ANTHROPIC_"))}
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            env={**rest, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def end(processes: Iterable[Process]) -> None:
    """Ask the *processes* to end, all together, and make those end that do not."""
    asked = [process for process in processes if process.poll() is None]
    for process in asked:
        process.terminate()
    for process in asked:
        try:
            process.wait(timeout=2 * _DRAIN_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def check(name: str, process: Process, folder: Path) -> None:
    """Return if a *process* still runs.

    Raises:
        SystemExit: It has ended.
    """
    if process.poll() is not None:
        last = (folder / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()[-5:]
        raise SystemExit("\n".join([f"error: {name} ended with {process.returncode}; it said:", *last]))


def served(name: str, process: Process, folder: Path) -> str:
    """Return the address under which a service that was started says that its metrics are."""
    log, last = folder / f"{name}.log", time.monotonic() + _START_SECONDS
    while (found := _SERVED.search(log.read_text(encoding="utf-8"))) is None:
        check(name, process, folder)
        if time.monotonic() > last:
            raise SystemExit(f"error: {name} serves no metrics after {_START_SECONDS:g} s")
        time.sleep(0.05)
    return found[1]


def scraping(config: Config, addresses: Mapping[str, str]) -> str:
    """Return the provisioned configuration of Prometheus, with the *addresses* that the services have here."""
    folder = config.root / config.out / "prometheus"
    found: dict[str, Any] = yaml.safe_load((folder / "prometheus.yml").read_text(encoding="utf-8"))
    here = {
        f"{name}:{service.port}": addresses[name].removeprefix("http://").removesuffix("/metrics")
        for name, service in config.services.items()
    }
    for scrape in found["scrape_configs"]:
        for targets in scrape["static_configs"]:
            targets["targets"] = [here[one] for one in targets["targets"]]
    found["rule_files"] = [str(folder / one) for one in found["rule_files"]]
    seconds = f"{_SCRAPE_SECONDS}s"
    found["global"] |= {"scrape_interval": seconds, "evaluation_interval": seconds}
    return yaml.safe_dump(found)


def start_prometheus(
    config: Config, addresses: Mapping[str, str], folder: Path
) -> tuple[Process, str] | None:
    """Start the ``prometheus`` on the PATH and return it with its address; None when there is none."""
    program = shutil.which("prometheus")
    if program is None:
        return None
    (folder / "prometheus.yml").write_text(scraping(config, addresses), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = [
        program,
        "--config.file=prometheus.yml",
        "--storage.tsdb.path=prometheus",
        f"--web.listen-address={address}",
    ]
    return start("prometheus", command, folder), f"http://{address}"


def feed(queue: PlanningQueue, claude: LocalClaude, every: float, seconds: float) -> Iterator[None]:
    """Submit a task *every* so many seconds for so many *seconds*, and yield after each."""
    last = time.monotonic() + seconds
    tasks, mishaps = itertools.cycle(_TASKS), itertools.cycle(_MISHAPS)
    for number in itertools.count():
        if queue.counts().get("queued", 0) < _LONGEST_QUEUE:
            queue.submit(next(tasks), context={"region": f"eu-{number % 3}"}, max_attempts=3)
        if number % 10 == 9:
            claude.next(next(mishaps))
        yield
        left = last - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(every, left))


def show(seconds: float, every: float, answer: float, folder: Path) -> None:
    """Run the demo for so many *seconds*, with everything it writes in a *folder*."""
    config = load_config(_CHECKOUT / "pyproject.toml")
    url = f"sqlite:///{folder / 'hive.db'}"
    services: dict[str, Process] = {}
    others: dict[str, Process] = {}
    with local_claude(folder) as claude, open_database(url) as database:
        claude.told(seconds=answer)
        migrate(database)
        try:
            for name, service in config.services.items():
                services[name] = start(
                    name,
                    [sys.executable if word == "python" else word for word in service.command],
                    folder,
                    HIVE_DATABASE_URL=url,
                    HIVE_METRICS_PORT="0",
                    HIVE_DRAIN_SECONDS=str(_DRAIN_SECONDS),
                    ANTHROPIC_API_KEY="none-is-needed",
                    ANTHROPIC_BASE_URL=claude.url,
                )
            addresses = {name: served(name, process, folder) for name, process in services.items()}
            prometheus = start_prometheus(config, addresses, folder)
            found = "not on the PATH"
            if prometheus is not None:
                others["prometheus"], found = prometheus
            rows = {
                **addresses,
                "prometheus": found,
                "claude": claude.url,
                "queue": f"HIVE_DATABASE_URL={url} {sys.executable} -m ai_planner show",
                "logs": str(folder),
            }
            for name, text in rows.items():
                say(f"{name:<14} {text}")
            say("Ctrl-C ends it.")
            for _ in feed(PlanningQueue(database), claude, every, seconds):
                for name, process in (services | others).items():
                    check(name, process, folder)
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):  # what ends in order is not hurried
                signal.signal(number, signal.SIG_IGN)
            end(services.values())
            end(others.values())


def _interrupt(number: int, frame: object) -> NoReturn:
    raise KeyboardInterrupt


def main() -> None:
    """Run until Ctrl-C, or for the time that was given."""
    parser = argparse.ArgumentParser(description="Both planners and the deployer at work, without a key.")
    parser.add_argument("--seconds", type=float, default=math.inf, help="end by itself after so long")
    parser.add_argument("--every", type=float, default=0.5, help="seconds between two tasks")
    parser.add_argument("--answer", type=float, default=1.5, help="seconds that Claude takes for a plan")
    parser.add_argument(
        "--folder", type=Path, help="where database and logs are kept; a temporary one otherwise"
    )
    told = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    with tempfile.TemporaryDirectory(prefix="hive-demo-") as temporary:
        folder = Path(temporary) if told.folder is None else told.folder.absolute()
        folder.mkdir(parents=True, exist_ok=True)
        with suppress(KeyboardInterrupt):
            show(told.seconds, told.every, told.answer, folder)


if __name__ == "__main__":
    main()
