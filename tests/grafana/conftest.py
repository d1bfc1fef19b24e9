"""A Grafana to look at: the one of GRAFANA_URL, or one of our own over a Prometheus with synthetic data."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import free_port, stop, until
from tests.grafana.drawn import Seen, browser, look

from signalproof.cli.project import load_project
from signalproof.live.model import Model

if TYPE_CHECKING:
    from tests.conftest import Backfilled, Prometheus

MEASURED = (1600, 1366, 1920)
PICTURED = (1600, 800)
_HOURS = 6
_PROVIDED = "/var/lib/grafana/dashboards"
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
_PROGRAM = "import sys; from signalproof.cli.main import main; sys.exit(main())"


@dataclass(frozen=True)
class Grafana:
    """A running Grafana.

    Attributes:
        url: Where it listens.
        headers: What each request has to bear.
    """

    url: str
    headers: dict[str, str]

    def call(self, path: str, body: Any = None) -> tuple[int, Any]:
        """Return status and JSON of a GET, or of a POST with *body*; status 0 while nobody answers."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.headers}
        request = urllib.request.Request(self.url + path, data, headers)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")
        except (OSError, ValueError):
            return 0, None


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium."""
    if find_spec("playwright") is None:
        pytest.skip("playwright is not installed: run make grafana")
    found = next(filter(None, map(shutil.which, _CHROMIUM)), None)
    return found or pytest.skip("Chromium is not installed: on Debian, apt-get install chromium")


@pytest.fixture(scope="session")
def followed(checkout: Path, backfilled: Backfilled) -> Iterator[Callable[[], Prometheus]]:
    """Starts a Prometheus with hours of synthetic data that goes on, and the rules of the checkout with their past."""
    emitting: list[subprocess.Popen[bytes]] = []

    def start() -> Prometheus:
        project = load_project(checkout / "pyproject.toml")
        rules = checkout / project.config.out / "prometheus/rules"
        config = f"global: {{evaluation_interval: 15s}}\nrule_files: ['{rules}/*.yml']\n"
        rates = sorted(rules.glob("*-rates.yml"))
        server = backfilled(
            Model.of(project.catalogue), hours=_HOURS, config=config, recorded=rates
        ).prometheus
        # where the history ends, all processes restart
        told = ["emit", "--remote-write", f"{server.url}/api/v1/write", "--hours", "0.01", "--follow"]
        process = subprocess.Popen([sys.executable, "-c", _PROGRAM, *told], cwd=checkout)
        emitting.append(process)
        until(process, lambda: bool(_fresh(server)), "synthetic data", deadline=300)
        return server

    try:
        yield start
    finally:
        for process in emitting:
            stop(process)


def _fresh(server: Prometheus) -> Any:
    """Return a series when the history has come to the present."""
    return server.get("/api/v1/query", query="count(up)")[1]["data"]["result"]


@pytest.fixture(scope="session")
def grafana(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, chromium: str
) -> Iterator[Grafana]:
    """The Grafana to look at, with the dashboards of the checkout in it."""
    if address := os.environ.get("GRAFANA_URL"):
        auth = os.environ.get("GRAFANA_AUTH", "")
        basic = {"Authorization": f"Basic {base64.b64encode(auth.encode()).decode()}"} if auth else {}
        running = Grafana(address.rstrip("/"), basic)
        for dashboard in _dashboards(checkout):
            _bring(running, dashboard)
        yield running
        return
    program = shutil.which("grafana")
    if program is None:
        pytest.skip(
            "no Grafana: set GRAFANA_URL (and GRAFANA_AUTH=user:password), or have grafana on the PATH"
        )
    prometheus: Prometheus = request.getfixturevalue("followed")()
    folder = tmp_path_factory.mktemp("grafana")
    provisioning = folder / "provisioning"
    shutil.copytree(checkout / "provisioning/grafana/provisioning", provisioning)
    for file in (provisioning / "dashboards").glob("*.yaml"):
        ours = str(checkout / "provisioning/grafana/dashboards")
        file.write_text(file.read_text().replace(_PROVIDED, ours))
    running = Grafana(f"http://127.0.0.1:{free_port()}", {})
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [program, "server", "--homepath", str(_home(program))],
            env={**os.environ, **_settings(folder, running.url, prometheus.url)},
            stdout=log,
            stderr=log,
        )
    try:
        found = [one["uid"] for one in _dashboards(checkout)]
        until(
            process,
            lambda: all(running.call(f"/api/dashboards/uid/{uid}")[0] == 200 for uid in found),
            f"Grafana with the dashboards {found}; its log: {folder / 'log'}",
            deadline=180,
        )
        yield running
    finally:
        stop(process)


def _dashboards(checkout: Path) -> list[Any]:
    files = sorted((checkout / "provisioning/grafana/dashboards").glob("**/*.json"))
    return [json.loads(one.read_text()) for one in files]


def _bring(running: Grafana, dashboard: Any) -> None:
    """Store *dashboard* unless it is provisioned there."""
    status, found = running.call(f"/api/dashboards/uid/{dashboard['uid']}")
    if status == 200 and found["meta"].get("provisioned"):
        return
    status, answer = running.call("/api/dashboards/db", {"dashboard": dashboard, "overwrite": True})
    if status != 200:
        pytest.fail(f"{running.url} did not take the dashboard {dashboard['uid']}: {status} {answer}")


def _home(program: str) -> Path:
    """Return where Grafana's own files lie: its front end, its defaults."""
    above = Path(program).resolve().parents
    choices = [Path(os.environ.get("GF_PATHS_HOME", "/usr/share/grafana")), *above[:3]]
    return next((one for one in choices if (one / "conf" / "defaults.ini").is_file()), choices[0])


def _settings(folder: Path, url: str, prometheus: str) -> dict[str, str]:
    return {
        "GF_SERVER_HTTP_ADDR": "127.0.0.1",
        "GF_SERVER_HTTP_PORT": url.rpartition(":")[2],
        "GF_PATHS_DATA": str(folder / "data"),
        "GF_PATHS_LOGS": str(folder / "logs"),
        "GF_PATHS_PLUGINS": str(folder / "plugins"),
        "GF_PATHS_PROVISIONING": str(folder / "provisioning"),
        "GF_AUTH_ANONYMOUS_ENABLED": "true",
        "GF_AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
        "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
        "GF_ANALYTICS_REPORTING_ENABLED": "false",
        "GF_NEWS_NEWS_FEED_ENABLED": "false",
        "GF_PLUGINS_PREINSTALL_DISABLED": "true",
        "PROMETHEUS_URL": prometheus,
    }


@pytest.fixture(scope="session")
def seen(
    chromium: str, grafana: Grafana, checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[Seen]:
    """Every dashboard, as it is drawn."""
    folder = Path(os.environ.get("GRAFANA_PICTURES") or tmp_path_factory.mktemp("pictures")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    with browser(chromium) as running:
        return [
            look(
                *(running, grafana.url, one["uid"], MEASURED, PICTURED, folder),
                extra_http_headers=grafana.headers,
            )
            for one in _dashboards(checkout)
        ]
