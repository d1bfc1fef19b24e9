"""The Hive's rules: complete, documented, and proven by Prometheus itself."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from hive.catalogue import CATALOGUE
from hive.rules import GROUPS
from signalproof.catalogue.exposition import Role
from signalproof.catalogue.operation import Loop, Priority
from signalproof.infer.inference import infer
from signalproof.promql.parser import parse
from signalproof.render.prometheus import rule_files, unit_test_files
from signalproof.rules.alert import Alert
from signalproof.rules.check import CheckedRules, check_rules
from signalproof.rules.queries import queries

CHECKOUT = Path(__file__).resolve().parents[2]
FILES = sorted({group.file_name for group in GROUPS})
ALERTING = sorted({group.file_name for group in GROUPS if any(isinstance(one, Alert) for one in group.rules)})


@pytest.fixture(scope="module")
def rules() -> CheckedRules:
    return check_rules(GROUPS, CATALOGUE.exposition())


@pytest.fixture(scope="module")
def written(rules: CheckedRules, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("rules")
    for path, text in {**rule_files(rules, CHECKOUT), **unit_test_files(rules, CHECKOUT)}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
    return folder / "prometheus"


def _promtool(promtool: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([promtool, *arguments], cwd=folder, capture_output=True, text=True, check=False)


def test_prometheus_accepts_every_rule(promtool: str, written: Path) -> None:
    done = _promtool(promtool, written, "check", "rules", *(f"rules/{name}.yml" for name in FILES))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "duplicate" not in done.stdout


@pytest.mark.parametrize("name", ALERTING)
def test_every_alert_fires_when_it_should_and_only_then(name: str, promtool: str, written: Path) -> None:
    done = _promtool(promtool, written, "test", "rules", f"tests/{name}.yml")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("planner", r"> 900\b", "> 90000"),
        ("planner", " unless\n", " and\n"),
        ("planner", 'hive_queue_waiting_tasks{queue="planning"}', "hive_queue_waiting_tasks"),
        ("planner", "max_over_time", "min_over_time"),
        ("planner", r"> 1800\b", "> 18000"),
        ("planner", r"> 1800\b", ">= 1800"),
        ("planner", "for: 30m", "for: 3h"),
        ("planner", "for: 30m", "for: 3m"),
        ("deployer", r"> 3600\b", "> 1800"),
        ("deployer-ssh-deployment-budget", 'status="failure"', 'status="success"'),
        ("deployer-ssh-deployment-budget", r"success\|failure", "success|failure|cancelled"),
        ("deployer-ssh-deployment-budget", "for: 2m", "for: 5h"),
        ("deployer-ssh-deployment-budget", r"> 0\.72", "> 0.00072"),
        ("deployer-ssh-deployment-budget", r"> 2\.5", "> 0"),
        ("deployer-ssh-deployment-budget", "humanizePercentage", "humanize"),
        ("deployer-ssh-deployment-budget", "severity: page", "severity: ticket"),
    ],
)
def test_the_proofs_notice_a_wrong_rule(
    name: str, before: str, after: str, promtool: str, written: Path, tmp_path: Path
) -> None:
    text = (written / "rules" / f"{name}.yml").read_text()
    wrong = re.sub(before, after, text)
    assert wrong != text
    for folder, content in (("rules", wrong), ("tests", (written / "tests" / f"{name}.yml").read_text())):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.yml").write_text(content)
    done = _promtool(promtool, tmp_path, "test", "rules", f"tests/{name}.yml")
    assert done.returncode == 1, done.stdout


def test_every_p0_operation_with_an_objective_has_its_error_budget_watched() -> None:
    watched = {group.name for group in GROUPS}
    for prefix, operation in CATALOGUE.operations.items():
        if operation.priority is Priority.P0 and operation.objective is not None:
            assert f"{prefix.replace('_', '-')}-budget" in watched, prefix


def test_every_loop_is_watched() -> None:
    watched = {group.name for group in GROUPS}
    loops = [prefix for prefix, one in CATALOGUE.operations.items() if isinstance(one, Loop)]
    assert len(loops) == 3
    for prefix in loops:
        assert f"{prefix.replace('_', '-')}-turns" in watched


def test_every_section_that_an_alert_points_to_stands_in_the_runbook(rules: CheckedRules) -> None:
    for _, alert, _ in rules.alerts():
        page, _, anchor = alert.runbook.partition("#")
        headings = re.findall(r"^## (.+)$", (CHECKOUT / page).read_text(), re.MULTILINE)
        assert anchor in headings, alert.name


def test_the_runbook_has_no_section_that_no_alert_points_to(rules: CheckedRules) -> None:
    (page,) = {alert.runbook.partition("#")[0] for _, alert, _ in rules.alerts()}
    anchors = {alert.runbook.partition("#")[2] for _, alert, _ in rules.alerts()}
    assert set(re.findall(r"^## (.+)$", (CHECKOUT / page).read_text(), re.MULTILINE)) == anchors


def test_every_series_that_a_rule_reads_is_known(rules: CheckedRules) -> None:
    for query in queries(rules):
        for series in infer(parse(query.text), rules.exposition).root.sources:
            assert series.role is not Role.UNKNOWN, query.panel


def test_every_recorded_series_has_closed_labels_and_a_known_unit(rules: CheckedRules) -> None:
    recorded = [one for one in rules.exposition.series.values() if one.role is Role.RECORDED]
    assert len(recorded) > 90
    for series in recorded:
        assert not series.open, series.name
        assert series.unit is not None, series.name


def test_every_rule_points_to_its_line_in_the_definitions(rules: CheckedRules) -> None:
    for query in queries(rules):
        assert Path(query.where.file).parent == CHECKOUT / "src" / "hive" / "rules"


def test_no_two_alerts_of_one_file_are_written_with_the_same_words(rules: CheckedRules) -> None:
    for path, text in rule_files(rules, CHECKOUT).items():
        words = [
            one["annotations"]["summary"]
            for group in yaml.safe_load(text)["groups"]
            for one in group["rules"]
            if "alert" in one and one["labels"]["severity"] == "page"
        ]
        assert len(words) == len(set(words)), path
