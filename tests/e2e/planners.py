"""Both planners as a person runs them, each a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.conftest import free_port
from tests.messages_api.control import LocalClaude

Process = subprocess.Popen[bytes]

MINUTE = 60.0


def until(found: Callable[[], object], what: str, deadline: float = MINUTE) -> None:
    """Wait until *found* returns something true."""
    end = time.monotonic() + deadline
    while not found():
        assert time.monotonic() < end, f"{what}: not within {deadline:g} s"
        time.sleep(0.05)


@contextmanager
def both_planners(
    folder: Path, url: str, claude: LocalClaude, **more: str
) -> Iterator[tuple[dict[str, Process], dict[str, int]]]:
    """Start both planners as a person does; give the processes and the ports of their metrics."""
    processes: dict[str, Process] = {}
    ports = {"run": free_port(), "run-async": free_port()}
    environment = {
        "HIVE_DATABASE_URL": url,
        "HIVE_DRAIN_SECONDS": "15",
        "HIVE_PLANNER_BREAKER_SECONDS": "1",
        "ANTHROPIC_API_KEY": "sk-test",
        "ANTHROPIC_BASE_URL": claude.url,
        **more,
    }
    try:
        for command, port in ports.items():
            with (folder / f"{command}.log").open("wb") as log:
                processes[command] = subprocess.Popen(
                    [sys.executable, "-m", "ai_planner", command, "--metrics-port", str(port)],
                    cwd=folder,
                    env={**os.environ, **environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
        yield processes, ports
    finally:
        for process in processes.values():
            process.kill()
            process.wait()
