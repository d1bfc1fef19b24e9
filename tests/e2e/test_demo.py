"""The demo: what it starts is at work and scraped, and Ctrl-C leaves nothing of it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from tests.conftest import CHECKOUT
from tests.e2e.planners import until

AT_WORK = {
    "planner": r"planning_process_task_calls_total\{.*success.*\}",
    "planner-async": r"async_plan_generation_calls_total\{.*success.*\}",
    "deployer": r"deployer_agent_loop_running\{.*\}",
}


@dataclass(frozen=True)
class Shown:
    """What the demo showed from its start to Ctrl-C.

    Attributes:
        rows: What it printed: name → address.
        scraped: The jobs that Prometheus reached.
        rules: What Prometheus says of each provisioned rule: empty, or its error.
        code: With what it ended.
        said: What it printed to stderr.
        answering: What still listened then.
        left: What it left in its temporary folder.
    """

    rows: dict[str, str]
    scraped: list[str]
    rules: list[str]
    code: int
    said: str
    answering: list[str]
    left: list[Path]


@pytest.fixture(scope="module")
def shown(component: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """The demo with a quick Claude, ended by Ctrl-C as soon as every service is at work and scraped."""
    component("prometheus")
    folder = tmp_path_factory.mktemp("demo")
    # what a person has set for the applications does not reach those of the demo
    own = {"TMPDIR": str(folder), "HIVE_LOG_FORMAT": "text", "ANTHROPIC_API_KEY": "mine"}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.messages_api.demo", "--every", "0.1", "--answer", "0.1"],
        cwd=CHECKOUT,
        env={**os.environ, **own},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            rows = printed(process)
            for service, series in AT_WORK.items():
                until(partial(above_zero, rows[service], series), series)
            prometheus = rows["prometheus"]
            until(lambda: len(asked(prometheus, "query", query="up == 1")["result"]) == 3, "all are scraped")
            scraped = [one["metric"]["job"] for one in asked(prometheus, "query", query="up == 1")["result"]]
            rules = [
                one.get("lastError", "")
                for group in asked(prometheus, "rules")["groups"]
                for one in group["rules"]
            ]
        finally:
            process.send_signal(signal.SIGINT)
            said = process.communicate(timeout=60)[1]
    answering = [name for name, text in rows.items() if text.startswith("http") and answers(text)]
    return Shown(rows, sorted(scraped), rules, process.returncode, said, answering, list(folder.iterdir()))


def printed(process: subprocess.Popen[str]) -> dict[str, str]:
    """Return what the demo prints until it is up: name → address."""
    assert process.stdout is not None
    rows = {}
    for line in process.stdout:
        if line.startswith("Ctrl-C"):
            break
        name, _, text = line.strip().partition(" ")
        rows[name] = text.strip()
    return rows


def above_zero(url: str, series: str) -> bool:
    """Return whether the metrics at *url* have a *series*, a regular expression, above 0."""
    with urllib.request.urlopen(url, timeout=30) as answer:
        return re.search(rf"^{series} (?!0\.0$)", answer.read().decode(), re.MULTILINE) is not None


def asked(prometheus: str, path: str, **parameters: str) -> Any:
    """Return what Prometheus answers."""
    with urllib.request.urlopen(f"{prometheus}/api/v1/{path}?{urlencode(parameters)}", timeout=30) as answer:
        return json.load(answer)["data"]


def answers(url: str) -> bool:
    """Return whether somebody listens there."""
    parts = urlsplit(url)
    with socket.socket() as one:
        return one.connect_ex((str(parts.hostname), int(parts.port or 0))) == 0


def test_it_says_where_everything_is(shown: Shown) -> None:
    assert list(shown.rows) == [*AT_WORK, "prometheus", "claude", "queue", "logs"]


def test_prometheus_scrapes_every_service(shown: Shown) -> None:
    assert shown.scraped == ["ai_deployer", "ai_planner", "ai_planner"]


def test_prometheus_takes_the_provisioned_rules(shown: Shown) -> None:
    assert (len(shown.rules) > 100, set(shown.rules)) == (True, {""})


def test_ctrl_c_ends_it_without_a_complaint(shown: Shown) -> None:
    assert (shown.code, shown.said) == (0, "")


def test_it_leaves_nothing_that_runs_and_no_file(shown: Shown) -> None:
    assert (shown.answering, shown.left) == ([], [])
