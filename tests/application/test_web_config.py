"""The applications serve their metrics as a web configuration says."""

from __future__ import annotations

import ssl
import urllib.request
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import free_port
from tests.instrument.certificates import self_signed

from ai_deployer import commands as deployer
from ai_deployer.config import DeployerSettings
from ai_planner import commands as planner
from ai_planner.config import PlannerSettings
from hive.application.command_line import run
from hive.application.config import load
from signalproof.instrument.installation import latest

pytestmark = pytest.mark.usefixtures("logs_restored")

Served = Callable[[Any], AbstractContextManager[None]]


@pytest.mark.parametrize(
    ("settings", "served"),
    [(PlannerSettings, planner._served), (DeployerSettings, deployer._served)],
    ids=["planner", "deployer"],
)
def test_an_application_serves_its_metrics_over_tls(settings: Any, served: Served, tmp_path: Path) -> None:
    self_signed(tmp_path, "server")
    file = tmp_path / "web.yml"
    file.write_text("tls_server_config: {cert_file: server.pem, key_file: server.key}\n")
    port = free_port()
    given = load(settings, {"HIVE_METRICS_PORT": str(port), "HIVE_METRICS_WEB_CONFIG": str(file)})
    context = ssl.create_default_context(cafile=tmp_path / "server.pem")
    with served(given):
        try:
            url = f"https://127.0.0.1:{port}/metrics"
            assert urllib.request.urlopen(url, timeout=20, context=context).read()
        finally:
            installation = latest()
            assert installation is not None
            installation.uninstall()


@pytest.mark.parametrize("app", [planner.app, deployer.APPLICATION], ids=["planner", "deployer"])
def test_a_web_configuration_that_is_wrong_ends_an_application_with_three_lines(
    app: Any,
    tmp_path: Path,
    sqlite_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "web.yml"
    file.write_text("tls_server_confg: {}\n")
    for name, text in {"HIVE_DATABASE_URL": sqlite_url, "HIVE_METRICS_WEB_CONFIG": str(file)}.items():
        monkeypatch.setenv(name, text)
    try:
        with pytest.raises(SystemExit) as end:
            run(app, ["run", "--once"])
    finally:
        installation = latest()
        if installation is not None:
            installation.uninstall()
    assert end.value.code == 2
    assert "unknown key 'tls_server_confg'" in capsys.readouterr().err
