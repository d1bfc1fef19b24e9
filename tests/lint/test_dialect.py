"""Two dialects: a query is read as whoever answers it does, and nothing is claimed of what only VictoriaMetrics knows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.config import Config
from signalproof.errors import Location
from signalproof.lint.examples import exposition
from signalproof.lint.project import lint
from signalproof.lint.sources import read
from signalproof.promql.query import Query, Use

ONLY_THERE = (
    "rate(jobs_total)",
    "rate(jobs_total[5m]) keep_metric_names",
    "WITH (x = workers) x",
    "workers default 0",
)


def codes(text: str, *, dialect: str = "", config: Config | None = None) -> list[str]:
    query = Query(
        text, Location("q"), Use.ALERT, annotations={"owner": "x", "runbook_url": "x"}, dialect=dialect
    )
    return sorted({one.code for one in lint([query], exposition(), config=config).findings})


@pytest.mark.parametrize("text", ONLY_THERE)
def test_what_only_victoriametrics_knows_is_a_syntax_error_to_prometheus_alone(text: str) -> None:
    assert "P001" in codes(text)
    assert codes(text, dialect="metricsql") == []
    assert codes(text, config=Config(Path(), dialect="metricsql")) == []


def test_what_both_read_alike_is_judged_alike() -> None:
    wrong = "sum by (stauts) (rate(jobs_total[5m])) > 1"
    assert codes(wrong, dialect="metricsql") == codes(wrong) == ["L001"]


def dashboard(source: object, variables: list[dict[str, str]]) -> str:
    target = {"refId": "A", "expr": "rate(jobs_total)", "datasource": source}
    panel = {"title": "p", "type": "timeseries", "targets": [target]}
    return json.dumps({"uid": "u", "title": "t", "panels": [panel], "templating": {"list": variables}})


@pytest.mark.parametrize(
    ("source", "dialect"),
    [
        ({"type": "victoriametrics-metrics-datasource", "uid": "vm"}, "metricsql"),
        ({"type": "prometheus", "uid": "p"}, ""),
        ("$ds", "metricsql"),
        ({"uid": "${ds}"}, "metricsql"),
        ("Prometheus", ""),
    ],
)
def test_the_data_source_of_a_dashboard_says_the_dialect(
    tmp_path: Path, source: object, dialect: str
) -> None:
    choice = {"type": "datasource", "name": "ds", "query": "victoriametrics-metrics-datasource"}
    (tmp_path / "d.json").write_text(dashboard(source, [choice]))
    [query] = read([tmp_path / "d.json"]).queries
    assert query.dialect == dialect


def test_a_vmrule_is_asked_of_victoriametrics(tmp_path: Path) -> None:
    rule = {"alert": "A", "expr": "rate(jobs_total) > 1"}
    spec = {"groups": [{"name": "g", "rules": [rule]}]}
    (tmp_path / "r.json").write_text(json.dumps({"kind": "VMRule", "spec": spec}))
    [query] = read([tmp_path / "r.json"]).queries
    assert query.dialect == "metricsql"


def test_a_quantile_of_the_buckets_of_victoriametrics_needs_no_le() -> None:
    text = "histogram_quantile(0.9, sum by (vmrange) (rate(vm_request_duration_seconds_bucket[5m])))"
    assert lint([Query(text, Location("q", 1))], Exposition({}, complete=False)).findings == ()


def test_a_query_that_only_metricsql_can_read_is_told_its_dialect() -> None:
    text = "sum(rollup_rate(jobs_total[5m]))"
    [found] = lint([Query(text, Location("q", 1))], Exposition({}, complete=False)).findings
    assert found.help.endswith("where VictoriaMetrics answers, it is MetricsQL: --dialect metricsql")


def test_a_query_that_no_dialect_can_read_is_told_what_is_wrong() -> None:
    text = "sum(rate(jobs_total[5m])"
    [found] = lint([Query(text, Location("q", 1))], Exposition({}, complete=False)).findings
    assert "MetricsQL" not in found.help
