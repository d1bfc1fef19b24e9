"""What a prometheus.yml and the provisioning of Grafana's data sources say to the lint."""

from __future__ import annotations

import json
import subprocess
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from signalproof.cli.main import main
from signalproof.lint.sources import read

Lint: TypeAlias = Callable[..., list[dict[str, Any]]]

PROMETHEUS = """
global:
  scrape_interval: 1m
rule_files: [/etc/prometheus/*.rules.yml]
scrape_configs:
- job_name: web
- job_name: fast
  scrape_interval: 10s
- job_name: gateway
  honor_labels: true
"""
GRAFANA = """
apiVersion: 1
datasources:
- name: Loki
  type: loki
- name: Metrics
  type: prometheus
  jsonData:
    timeInterval: %s
"""
RULES = """
groups:
- name: g
  rules:
  - alert: Down
    expr: %s
    for: 90s
    labels: {owner: me}
"""


@pytest.fixture
def lint(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Lint:
    """Writes files into a folder and lints it: the findings of the codes asked for."""
    monkeypatch.chdir(tmp_path)

    def run(files: dict[str, str], *options: str) -> list[dict[str, Any]]:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        with pytest.raises(SystemExit):
            main(["lint", ".", "--format", "json", *options])
        found: list[dict[str, Any]] = json.loads(capsys.readouterr().out or "[]")
        return found

    return run


def _codes(found: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(one["code"], one["severity"]) for one in found]


def test_windows_of_a_foreign_project_are_checked_against_its_own_scrape_interval(lint: Lint) -> None:
    rules = RULES % "rate(x_total[1m]) > 1"
    assert lint({"a.rules.yml": rules}, "--select", "R001") == []
    found = lint({"a.rules.yml": rules, "prometheus.yml": PROMETHEUS}, "--select", "R001")
    assert found == []  # the job may be the fast one
    slow = PROMETHEUS.replace("10s", "2m")
    found = lint({"a.rules.yml": rules, "prometheus.yml": slow}, "--select", "R001")
    assert _codes(found) == [("R001", "error")]


def test_for_is_checked_against_the_evaluation_interval_of_the_configuration(lint: Lint) -> None:
    files = {"a.rules.yml": RULES % "up == 0", "prometheus.yml": PROMETHEUS}
    assert _codes(lint(files, "--select", "R004")) == [("R004", "warning")]


def test_rule_files_that_the_configuration_does_not_load_are_left_alone(lint: Lint) -> None:
    files = {"other.yml": RULES % "up == 0", "prometheus.yml": PROMETHEUS}
    assert lint(files, "--select", "R004") == []


def test_the_interval_of_the_group_is_believed_before_that_of_the_configuration(lint: Lint) -> None:
    rules = (RULES % "up == 0").replace("name: g", "name: g\n  interval: 15s")
    assert lint({"a.rules.yml": rules, "prometheus.yml": PROMETHEUS}, "--select", "R004") == []


def test_a_data_source_is_compared_with_the_scrapes_at_its_line(lint: Lint) -> None:
    files = {
        "prometheus.yml": PROMETHEUS.replace("10s", "1m"),
        "datasources/prometheus.yaml": GRAFANA % "15s",
    }
    found = lint(files, "--select", "K001")
    assert _codes(found) == [("K001", "warning")]
    assert (found[0]["file"], found[0]["line"]) == ("datasources/prometheus.yaml", 9)


def test_two_configurations_say_nothing_of_one_data_source(lint: Lint) -> None:
    slow = PROMETHEUS.replace("10s", "1m")
    files = {"a/prometheus.yml": slow, "b/prometheus.yml": slow, "datasource.yaml": GRAFANA % "15s"}
    assert lint(files, "--select", "K001") == []


def test_both_are_read_from_config_maps_and_resources(tmp_path: Path) -> None:
    inside = textwrap.indent(PROMETHEUS, "    ")
    (tmp_path / "map.yaml").write_text(f"kind: ConfigMap\ndata:\n  prometheus.yml: |{inside}")
    (tmp_path / "source.yaml").write_text(
        "kind: GrafanaDatasource\nspec:\n  datasource:\n    name: M\n    type: prometheus\n    jsonData: {timeInterval: 30s}\n"
    )
    setup = read([tmp_path]).setup
    assert setup.intervals == {"web": 60.0, "fast": 10.0, "gateway": 60.0}
    assert [(one.name, one.interval) for one in setup.data_sources] == [("M", 30.0)]


def test_a_configuration_without_intervals_has_those_of_prometheus(tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text("scrape_configs:\n- job_name: web\n")
    assert read([tmp_path]).setup.intervals == {"web": 60.0}


def test_a_named_configuration_is_no_mistake(tmp_path: Path) -> None:
    file = tmp_path / "prometheus.yml"
    file.write_text(PROMETHEUS)
    assert read([file]).files == 1


DUMP = '# TYPE batch_failed gauge\nbatch_failed{instance="a"} 1\n'
ASKED = RULES % 'batch_failed{instance="a"} > 0'


def test_a_label_that_some_job_honors_is_not_said_to_be_displaced(lint: Lint) -> None:
    options = ("--select", "L006", "--catalogue", "batch.prom")
    files = {"a.rules.yml": ASKED, "batch.prom": DUMP}
    assert _codes(lint(files, *options)) == [("L006", "warning")]
    assert lint({**files, "prometheus.yml": PROMETHEUS}, *options) == []


ENVIRONMENT = RULES % 'node_load1{environment="live"} + on (instance) node_load5{shop="a"} > 0'


def test_a_preset_says_which_labels_targets_may_have_and_that_they_have_no_others(lint: Lint) -> None:
    files = {"a.rules.yml": ENVIRONMENT.replace("shop", "pod")}
    assert lint(files, "--select", "L001") == []
    found = lint(files, "--select", "L001", "--target-labels", "kubernetes")
    assert [one["culprit"] for one in found] == ["environment"]
    assert lint(files, "--select", "L001", "--target-labels", "kubernetes,environment") == []


def test_a_preset_stands_in_the_configuration_as_a_word_or_in_the_list(lint: Lint) -> None:
    files = {"a.rules.yml": ENVIRONMENT.replace("shop", "pod")}
    for said in ('"kubernetes"', '["kubernetes", "environment"]'):
        files["pyproject.toml"] = f"[tool.signalproof]\ntarget_labels = {said}\n"
        found = lint(files, "--select", "L001")
        assert [one["culprit"] for one in found] == ["environment"] * ("[" not in said)


def test_a_label_that_several_queries_ask_for_is_offered_as_one_of_the_target(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    alerts = "".join(f"  - {{alert: A{one}, expr: 'node_load1{{shop=\"a\"}} > {one}'}}\n" for one in range(5))
    Path("r.yml").write_text(f"groups:\n- name: g\n  rules:\n{alerts}")
    with pytest.raises(SystemExit):
        main(["lint", "r.yml"])
    assert "--target-labels shop" in capsys.readouterr().err


def test_alerts_of_two_files_are_the_same_only_where_a_configuration_loads_both(lint: Lint) -> None:
    files = {"a.rules.yml": RULES % "up == 0", "b.rules.yml": RULES % "(up) == 0"}
    assert lint(files, "--select", "A010") == []
    found = lint({**files, "prometheus.yml": PROMETHEUS}, "--select", "A010")
    assert [(one["file"], one["code"]) for one in found] == [("b.rules.yml", "A010")]
    assert "a.rules.yml:6" in found[0]["message"]


def test_a_data_source_is_compared_with_the_scrape_interval_that_is_configured(lint: Lint) -> None:
    own = '[tool.signalproof]\nscrape_interval = "1m"\n'
    assert _codes(lint({"pyproject.toml": own, "d.yaml": GRAFANA % "15s"}, "--select", "K001")) == [
        ("K001", "warning")
    ]


@pytest.mark.parametrize("odd", ["5", "null", '"x"', "{}", "[5, null]", "[[]]", "true"])
def test_a_configuration_of_odd_types_says_nothing(tmp_path: Path, odd: str) -> None:
    (tmp_path / "prometheus.json").write_text(
        f'{{"global": {{"scrape_interval": {odd}, "evaluation_interval": "1m"}}, "scrape_configs": {odd}, "rule_files": {odd}}}'
    )
    (tmp_path / "datasource.json").write_text(f'{{"apiVersion": 1, "datasources": {odd}}}')
    assert read([tmp_path]).setup.intervals == {}


@pytest.mark.parametrize("text", ["15 seconds", "1.5m", "15", "1m30s", "500ms", "1h"])
def test_promtool_refuses_the_durations_that_are_found_and_takes_the_others(
    text: str, lint: Lint, promtool: str, tmp_path: Path
) -> None:
    config = f"global: {{scrape_interval: '{text}', scrape_timeout: 100ms}}\nscrape_configs: []\n"
    found = _codes(lint({"prometheus.yml": config}))
    done = subprocess.run(
        [promtool, "check", "config", "prometheus.yml"], cwd=tmp_path, capture_output=True, check=False
    )
    assert (found == [("K002", "error")]) == (done.returncode != 0)
