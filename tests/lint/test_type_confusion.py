"""Whatever stands in place of a value, a file is read and linted, or refused by a clear mistake: never a traceback."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalproof.catalogue.exposition import Exposition
from signalproof.errors import SignalproofError
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Report
from signalproof.lint.fixes import fixes
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.lint.report import FORMATS, WHOLE
from signalproof.lint.sources import read

Path_ = tuple[str | int, ...]

EXPR = 'sum by (job, le) (rate(http_request_duration_seconds_bucket{job="$job"}[$__rate_interval]))'
SOURCE = {"type": "prometheus", "uid": "$ds"}
THRESHOLDS = {"mode": "absolute", "steps": [{"color": "green", "value": None}, {"color": "red", "value": 80}]}
OVERRIDE = {"matcher": {"id": "byName", "options": "a"}, "properties": [{"id": "unit", "value": "s"}]}
PANEL = {
    "id": 2, "title": "P $job", "type": "timeseries", "description": "d", "datasource": SOURCE, "repeat": "job", "interval": "1m",
    "gridPos": {"h": 8, "w": 12, "x": 0, "y": 1}, "links": [{"title": "l", "url": "/d/u?var-job=$job", "type": "link"}],
    "fieldConfig": {
        "defaults": {
            "unit": "s", "min": 0, "decimals": 1, "thresholds": THRESHOLDS, "color": {"mode": "thresholds", "fixedColor": "red"},
            "custom": {"drawStyle": "line", "stacking": {"mode": "normal"}, "hideFrom": {"viz": False}, "thresholdsStyle": {"mode": "line"}},
            "mappings": [{"type": "value", "options": {"1": {"text": "up"}}}], "links": [{"title": "l", "url": "/explore?${__field.name}"}],
        },
        "overrides": [OVERRIDE],
    },
    "options": {"legend": {"displayMode": "table", "placement": "right", "calcs": ["mean"]}, "tooltip": {"mode": "multi"}, "reduceOptions": {"calcs": ["lastNotNull"], "values": False}},
    "transformations": [
        {"id": "organize", "options": {"excludeByName": {"job": True}, "renameByName": {"job": "Job"}, "indexByName": {"job": 0}}},
        {"id": "calculateField", "options": {"mode": "binary", "binary": {"left": "A", "right": "B", "operator": "+"}, "alias": "c"}},
    ],
    "targets": [
        {"expr": EXPR, "refId": "A", "legendFormat": "{{job}}", "interval": "30s", "instant": False, "range": True, "format": "time_series", "datasource": SOURCE},
        {"expr": "quantile(95, up)", "refId": "B", "instant": True},
    ],
}  # fmt: skip
DASHBOARD = {
    "uid": "u", "title": "T", "schemaVersion": 39, "version": 1, "editable": True, "refresh": "30s", "tags": ["a"],
    "time": {"from": "now-6h", "to": "now"}, "timepicker": {"refresh_intervals": ["5s"]}, "graphTooltip": 1,
    "links": [{"title": "l", "type": "dashboards", "tags": ["a"], "url": "", "targetBlank": True}],
    "__inputs": [{"name": "DS", "type": "datasource", "pluginId": "prometheus"}],
    "__elements": {"e": {"uid": "e", "model": {"title": "E", "type": "stat", "targets": [{"expr": "up", "refId": "A"}]}}},
    "annotations": {"list": [{"name": "a", "datasource": SOURCE, "expr": "up == 0", "enable": True, "titleFormat": "{{job}}", "target": {"expr": "up"}}]},
    "templating": {
        "list": [
            {"name": "ds", "type": "datasource", "query": "prometheus", "current": {"text": "x", "value": "x"}, "regex": ""},
            {"name": "job", "type": "query", "query": {"query": "label_values(up, job)", "refId": "v"}, "definition": "label_values(up, job)", "multi": True, "includeAll": True, "allValue": ".*", "hide": 0, "sort": 1, "refresh": 2, "datasource": SOURCE, "options": [{"text": "a", "value": "a", "selected": True}], "current": {"text": ["a"], "value": ["a"]}},
            {"name": "n", "type": "custom", "query": "a, b : c"},
            {"name": "i", "type": "interval", "query": "1m,5m", "auto": True, "auto_min": "10s"},
            {"name": "f", "type": "adhoc", "filters": [{"key": "job", "operator": "=", "value": "x"}]},
        ]
    },
    "panels": [
        {"type": "row", "title": "R", "id": 1, "collapsed": False, "repeat": "job", "gridPos": {"h": 1, "w": 24, "x": 0, "y": 0}, "panels": [PANEL]},
        PANEL,
        {**PANEL, "id": 3, "type": "stat", "repeat": None, "targets": [{"expr": "sum(up)", "refId": "A"}]},
        {"type": "graph", "title": "G", "yaxes": [{"format": "s"}], "seriesOverrides": [{"alias": "/x/", "yaxis": 2}], "targets": [{"expr": "rate(up[5m])", "refId": "A"}], "legend": {"values": True}},
        {**PANEL, "id": 4, "type": "table"},
    ],
}  # fmt: skip
V2 = {
    "apiVersion": "dashboard.grafana.app/v2beta1", "kind": "Dashboard", "metadata": {"name": "v2"},
    "spec": {
        "title": "T", "tags": [], "links": [],
        "layout": {"kind": "GridLayout", "spec": {"items": [{"kind": "GridLayoutItem", "spec": {"element": {"name": "a"}, "repeat": {"mode": "variable", "value": "job"}}}]}},
        "variables": [{"kind": "QueryVariable", "spec": {"name": "job", "hide": "dontHide", "sort": "disabled", "refresh": "never", "query": {"kind": "DataQuery", "group": "prometheus", "datasource": {"name": "x"}, "spec": {"query": "label_values(up, job)"}}}}],
        "annotations": [{"kind": "AnnotationQuery", "spec": {"name": "a", "query": {"kind": "prometheus", "spec": {"expr": "up"}}, "legacyOptions": {"expr": "up"}}}],
        "elements": {"a": {"kind": "Panel", "spec": {"id": 1, "title": "p", "vizConfig": {"kind": "VizConfig", "group": "timeseries", "spec": {"fieldConfig": PANEL["fieldConfig"], "options": PANEL["options"]}}, "data": {"kind": "QueryGroup", "spec": {"queries": [{"kind": "PanelQuery", "spec": {"refId": "A", "hidden": False, "query": {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": EXPR}}}}], "queryOptions": {"interval": "1m"}, "transformations": [{"kind": "Transformation", "group": "limit", "spec": {"options": {"limit": 1}}}]}}}}},
    },
}  # fmt: skip
RULE = {"alert": "A", "expr": "up{job=\"x\"} == 0", "for": "5m", "keep_firing_for": "1m", "labels": {"severity": "page"}, "annotations": {"summary": "{{ $labels.job }} {{ $value }}", "runbook_url": "https://x.test"}}  # fmt: skip
RULES = {"groups": [{"name": "g", "interval": "1m", "limit": 1, "labels": {"a": "b"}, "rules": [RULE, {"record": "job:up:sum", "expr": "sum by (job) (up)", "labels": {"x": "y"}}]}]}  # fmt: skip
MANAGED = {"apiVersion": 1, "groups": [{"orgId": 1, "name": "g", "folder": "f", "interval": "1m", "rules": [{"uid": "u", "title": "t", "condition": "B", "for": "5m", "labels": {"a": "b"}, "annotations": {"summary": "{{ $values.A }}"}, "data": [{"refId": "A", "datasourceUid": "x", "relativeTimeRange": {"from": 600, "to": 0}, "model": {"expr": "up", "refId": "A", "instant": True, "legendFormat": "x", "datasource": SOURCE}}]}]}]}  # fmt: skip
SETUP = {"global": {"scrape_interval": "15s", "evaluation_interval": "1m"}, "rule_files": ["*.yml"], "scrape_configs": [{"job_name": "x", "scrape_interval": "30s", "honor_labels": True, "static_configs": [{"targets": ["a:1"]}]}]}  # fmt: skip
SOURCES = {"apiVersion": 1, "datasources": [{"name": "p", "type": "prometheus", "url": "http://x", "jsonData": {"timeInterval": "15s"}}]}  # fmt: skip
SAMPLES: dict[str, Any] = {
    "dashboard": DASHBOARD,
    "version 2": V2,
    "old rows": {"rows": [{"title": "r", "repeat": "job", "panels": [PANEL]}], "templating": DASHBOARD["templating"]},
    "library panel": {"name": "l", "uid": "l", "model": PANEL},
    "answer": {"meta": {"slug": "x"}, "dashboard": {"panels": [PANEL]}},
    "resource": {"kind": "GrafanaDashboard", "spec": {"json": json.dumps({"panels": [PANEL]}), "datasources": [{"inputName": "DS", "datasourceName": "p"}]}},
    "config map": {"kind": "ConfigMap", "data": {"x.json": json.dumps({"panels": [PANEL]})}, "binaryData": {"y": "e30="}},
    "list": {"kind": "List", "items": [{"apiVersion": "monitoring.coreos.com/v1", "kind": "PrometheusRule", "metadata": {"name": "x"}, "spec": RULES}]},
    "rules": RULES,
    "bare rules": [RULE],
    "managed rules": MANAGED,
    "scraping": SETUP,
    "data sources": SOURCES,
}  # fmt: skip
OTHERS: list[Any] = [
    None, True, False, 0, -1, 1.5, 10**299, 10**400, "", "x", "query", "row", "$job", "9" * 5000 + "s", "\0", "a" * 3000,
    [], ["query"], [None], [[]], [{}], [0], {}, {"x": "y"}, {"type": []}, [{"a": 1}], [{"name": "x", "rules": {}}],
]  # fmt: skip
EVERY = tuple(rule.code for rule in all_rules())
KNOWN, UNKNOWN = exposition(), Exposition({}, complete=False)


def places(tree: Any, path: Path_ = ()) -> Iterator[Path_]:
    """Yield the path of every value in *tree*."""
    yield path
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in pairs:
        yield from places(value, (*path, key))


def confused(tree: Any, path: Path_, value: Any) -> Any:
    """Return *tree* with another *value* at *path*."""
    if not path:
        return value
    whole = copy.deepcopy(tree)
    holder = whole
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return whole


CASES = [(name, path) for name, tree in SAMPLES.items() for path in places(tree)]


def told(file: Path) -> str:
    """Read and lint *file*, and write every report and every fix.

    Returns:
        ``read``; ``refused`` where an error for a person says so; the error itself where it names no place or no remedy.
    """
    try:
        found = read([file])
    except SignalproofError as error:
        return "refused" if error.where is not None and error.help else repr(error)
    for world in (KNOWN, UNKNOWN):
        report: Report = lint(
            found.queries, world, select=EVERY, dashboards=found.dashboards, rule_files=found.rules, setup=found.setup, foreign=True
        )  # fmt: skip
        fixes(report.findings)
        for form in FORMATS.values():
            form(report.findings)
        for whole in WHOLE.values():
            whole(report)
    return "read"


@pytest.mark.parametrize("name", SAMPLES)
def test_each_sample_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "a.json").write_text(json.dumps(SAMPLES[name]))
    assert told(tmp_path / "a.json") == "read"


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(CASES), st.sampled_from(OTHERS))
def test_any_value_may_be_of_any_type(tmp_path: Path, case: tuple[str, Path_], value: Any) -> None:
    name, path = case
    (tmp_path / "a.json").write_text(json.dumps(confused(SAMPLES[name], path, value)))
    assert told(tmp_path / "a.json") in ("read", "refused")


@pytest.mark.parametrize("value", [["query"], {"x": "y"}], ids=str)
@pytest.mark.parametrize("key", ["type", "name", "kind", "repeat", "refId"])
def test_a_list_or_a_table_may_stand_wherever_a_word_is_looked_up(
    tmp_path: Path, key: str, value: Any
) -> None:
    for name in ("dashboard", "version 2", "rules"):
        tree = SAMPLES[name]
        for path in [one for case, one in CASES if case == name and one and one[-1] == key]:
            if len(path) > 1:  # what a whole is told by stays
                tree = confused(tree, path, value)
        (tmp_path / "a.json").write_text(json.dumps(tree))
        assert told(tmp_path / "a.json") in ("read", "refused")
