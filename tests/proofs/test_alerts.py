"""What the rules about alerts claim of Prometheus, shown by Prometheus: which alerts fire, and what it refuses to evaluate."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import pytest
import yaml
from tests.conftest import StartPrometheus

Ran: TypeAlias = Callable[..., str]
Rule: TypeAlias = Mapping[str, object]

_MAIL = 'queue_length{queue="mail",job="web",instance="a:1"}'
_POST = 'queue_length{queue="post",job="web",instance="a:1"}'


def _alert(expr: str, **more: object) -> Rule:
    return {"alert": "A", "expr": expr, **more}


@pytest.fixture
def ran(promtool: str, tmp_path: Path) -> Ran:
    """Runs a unit test of promtool on rules: what it says, empty when all is as expected."""

    def run(
        rules: Sequence[Rule],
        series: Mapping[str, str],
        at: str,
        *,
        firing: Sequence[Mapping[str, str]] = (),
        samples: Mapping[str, Sequence[tuple[str, float]]] | None = None,
    ) -> str:
        groups = {"groups": [{"name": "g", "rules": [dict(one) for one in rules]}]}
        (tmp_path / "rules.yml").write_text(yaml.safe_dump(groups))
        test = {
            "interval": "1m",
            "input_series": [{"series": name, "values": values} for name, values in series.items()],
            "promql_expr_test": [
                {
                    "expr": expr,
                    "eval_time": at,
                    "exp_samples": [{"labels": labels, "value": value} for labels, value in expected],
                }
                for expr, expected in (samples or {}).items()
            ],
            "alert_rule_test": [
                {
                    "eval_time": at,
                    "alertname": "A",
                    "exp_alerts": [{"exp_labels": dict(labels)} for labels in firing],
                }
            ],
        }
        (tmp_path / "test.yml").write_text(
            yaml.safe_dump({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]})
        )
        done = subprocess.run(
            [promtool, "test", "rules", "test.yml"], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        return "" if done.returncode == 0 else done.stdout + done.stderr

    return run


def _labels(queue: str) -> Mapping[str, str]:
    return {"queue": queue, "job": "web", "instance": "a:1"}


def test_a002_a_bool_before_and_lets_the_zeros_fire(ran: Ran) -> None:
    series = {_MAIL: "50x5", _POST: "1x5", 'up{job="web",instance="a:1"}': "1x5"}
    condition = "(queue_length > %s 10) and on (job) up == 1"
    both = [_labels("mail"), _labels("post")]
    assert ran([_alert(condition % "bool")], series, "5m", firing=both) == ""
    assert ran([_alert(condition % "")], series, "5m", firing=[_labels("mail")]) == ""


def test_a002_a_bool_behind_unless_takes_the_zeros_for_a_yes(ran: Ran) -> None:
    series = {_MAIL: "50x5", 'up{job="web",instance="a:1"}': "1x5"}
    condition = "queue_length > 10 unless on (job) (up == %s 0)"
    assert ran([_alert(condition % "bool")], series, "5m") == ""
    assert ran([_alert(condition % "")], series, "5m", firing=[_labels("mail")]) == ""


@pytest.mark.parametrize("minute", range(30))
def test_a006_one_event_never_fires_an_alert_that_waits_for_longer_than_the_window(
    ran: Ran, minute: int
) -> None:
    rule = _alert("increase(jobs_total[10m]) > 0", **{"for": "10m"})
    assert ran([rule], {'jobs_total{queue="mail"}': "0x5 1x40"}, f"{minute}m") == ""


def test_a006_one_event_fires_an_alert_that_waits_for_less(ran: Ran) -> None:
    rule = _alert("increase(jobs_total[10m]) > 0", **{"for": "8m"})
    events = {'jobs_total{queue="mail"}': "0x5 1x40"}
    assert ran([rule], events, "14m", firing=[{"queue": "mail"}]) == ""


def test_a006_events_that_go_on_fire_it_all_the_same(ran: Ran) -> None:
    rule = _alert("increase(jobs_total[10m]) > 0", **{"for": "10m"})
    assert ran([rule], {'jobs_total{queue="mail"}': "0+1x40"}, "20m", firing=[{"queue": "mail"}]) == ""


@pytest.mark.parametrize("minute", range(20))
def test_a006_one_restart_never_fires_an_alert_on_an_uptime_that_waits_for_as_long(
    ran: Ran, minute: int
) -> None:
    rule = _alert("uptime < 300", **{"for": "5m"})
    assert ran([rule], {'uptime{job="db"}': "9000+60x4 0+60x30"}, f"{minute}m") == ""


def test_a006_a_crash_loop_fires_it_all_the_same(ran: Ran) -> None:
    rule = _alert("uptime < 300", **{"for": "5m"})
    restarts = {'uptime{job="db"}': "0 60 120 0 60 120 0 60 120 0 60 120"}
    assert ran([rule], restarts, "10m", firing=[{"job": "db"}]) == ""


def test_a010_two_tiers_without_a_label_fire_with_equal_labels(ran: Ran) -> None:
    rules = [_alert("queue_length > 10"), _alert("queue_length > 20")]
    assert ran(rules, {_MAIL: "50x5"}, "5m", firing=[_labels("mail"), _labels("mail")]) == ""


def test_a010_they_write_one_series_of_alerts(ran: Ran) -> None:
    rules = [_alert("queue_length > 10", **{"for": "10m"}), _alert("queue_length > 20")]
    alerts = {
        "count without (alertstate) (ALERTS)": [('{alertname="A",queue="mail",job="web",instance="a:1"}', 2)]
    }
    assert ran(rules, {_MAIL: "50x5"}, "5m", firing=[_labels("mail")], samples=alerts) == ""
    rules = [_alert("queue_length > 10"), _alert("queue_length > 20")]
    alerts = {"count(ALERTS)": [("{}", 1)]}
    firing = [_labels("mail"), _labels("mail")]
    assert ran(rules, {_MAIL: "50x5"}, "5m", firing=firing, samples=alerts) == ""


def test_a011_series_that_only_the_overwritten_label_told_apart_stop_the_evaluation(ran: Ran) -> None:
    rule = _alert("sum by (queue) (queue_length) > 10", labels={"queue": "any"})
    assert "vector contains metrics with the same labelset after applying alert labels" in ran(
        [rule], {_MAIL: "50x5", _POST: "50x5"}, "5m"
    )


def test_a011_one_series_alone_fires_with_the_label_of_the_alert(ran: Ran) -> None:
    rule = _alert("queue_length > 10", labels={"queue": "any"})
    assert ran([rule], {_MAIL: "50x5", _POST: "1x5"}, "5m", firing=[_labels("any")]) == ""


@pytest.mark.parametrize("kind", ["alert", "record"])
@pytest.mark.parametrize("expr", ['"queue_length > 10"', "queue_length[5m]"])
def test_a012_a_text_and_a_range_are_loaded_and_never_evaluated(
    ran: Ran, promtool: str, tmp_path: Path, kind: str, expr: str
) -> None:
    said = ran([{kind: "A", "expr": expr}], {_MAIL: "50x5"}, "5m")
    assert "rule result is not a vector or scalar" in said
    checked = subprocess.run([promtool, "check", "rules", tmp_path / "rules.yml"], check=False)
    assert checked.returncode == 0


@pytest.mark.parametrize("expr", ['"queue_length"', "queue_length[5m]"])
def test_a012_a_text_and_a_range_are_refused_in_a_graph(start_prometheus: StartPrometheus, expr: str) -> None:
    status, answer = start_prometheus().get("/api/v1/query_range", query=expr, start="0", end="60", step="15")
    assert (status, "invalid expression type" in answer["error"]) == (400, True)
