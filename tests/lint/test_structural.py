"""Without a catalogue nothing is said of sound dashboards and rules: kube-prometheus, as published.

The few findings that are left are real; each is proven on Prometheus' own engine.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from signalproof.catalogue.exposition import Exposition
from signalproof.lint.finding import Finding
from signalproof.lint.project import lint
from signalproof.lint.sources import read

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "kube-prometheus"
RULES = CORPUS / "rules" / "alertmanager-prometheusRule.yaml"

_TARGET = 'job="alertmanager-main",container="alertmanager",namespace="monitoring",service="s"'


def _sent(integration: str) -> dict[str, str]:
    own = f'{_TARGET},integration="{integration}",instance="1"'
    return {
        f'alertmanager_notifications_failed_total{{{own},reason="other"}}': "0+6x60",
        f"alertmanager_notifications_total{{{own}}}": "0+60x60",
    }


PROOFS: dict[str, dict[str, str]] = {
    "AlertmanagerClusterFailedToSendAlerts": _sent("webhook") | _sent("x"),
    "AlertmanagerConfigInconsistent": {
        f'alertmanager_config_hash{{{_TARGET},instance="{one}"}}': f"{one}x60" for one in (1, 2)
    },
    "AlertmanagerClusterDown": {f'up{{{_TARGET},instance="{one}"}}': "0x60" for one in (1, 2)},
    "AlertmanagerClusterCrashlooping": {
        f'{name}{{{_TARGET},instance="{one}"}}': values
        for one in (1, 2)
        for name, values in (("process_start_time_seconds", "0+60x60"), ("up", "1x60"))
    },
}
"""Alert → series under which it fires; its description then shows an empty ``job``."""

SEEN = frozenset(
    {
        # tables by workload whose links ask for a type, which only the other tables of the dashboard have
        ("D012", "Current Network Usage", "${__data.fields.Type}"),
        # a table by container in which a link hangs on the column of the namespace
        ("G005", "CPU Quota", "Namespace"),
        # the five dashboards of nodes: the others begin with the default data source
        ("D016", "datasource", "datasource"),
    }
)
"""What anybody sees who reads the file."""


@pytest.fixture(scope="module")
def findings() -> tuple[Finding, ...]:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of published dashboards is not beside the checkout")
    sources = read([CORPUS])
    assert (len(sources.dashboards), len(sources.queries)) == (33, 886)
    return lint(sources.queries, Exposition({}, complete=False), dashboards=sources.dashboards).findings


def test_nothing_is_said_but_what_is_proven(
    findings: tuple[Finding, ...], figure: Callable[..., None]
) -> None:
    listed = [f"  {one.code} {one.query.panel}: {one.message} ({one.where.line})" for one in findings]
    figure(f"kube-prometheus without a catalogue: {len(findings)} proven findings", *listed)
    assert {(one.code, one.query.panel, one.culprit) for one in findings} == {
        *(("A001", alert, "$labels.job") for alert in PROOFS),
        *SEEN,
    }


@pytest.mark.parametrize("alert", PROOFS)
def test_the_description_of_the_alert_lacks_its_job(alert: str, promtool: str, tmp_path: Path) -> None:
    if not RULES.is_file():
        pytest.skip("the corpus is not beside the checkout")
    groups = yaml.safe_load(RULES.read_text())["spec"]["groups"]
    rules = [one for group in groups for one in group["rules"] if one.get("alert") == alert]
    (tmp_path / "rules.yml").write_text(json.dumps({"groups": [{"name": "g", "rules": rules}]}))
    series = [{"series": name, "values": values} for name, values in PROOFS[alert].items()]
    asked: dict[str, Any] = {"eval_time": "50m", "alertname": alert, "exp_alerts": []}
    test = {"interval": "1m", "input_series": series, "alert_rule_test": [asked]}
    (tmp_path / "test.yml").write_text(json.dumps({"rule_files": ["rules.yml"], "tests": [test]}))
    ran = subprocess.run(
        [promtool, "test", "rules", str(tmp_path / "test.yml")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "the  cluster" in ran.stdout + ran.stderr
