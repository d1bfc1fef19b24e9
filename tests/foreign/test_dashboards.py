"""Dashboards of other projects: every form, with the line of every expression."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from signalproof.dashboard.foreign import read_dashboard
from signalproof.errors import SignalproofError
from signalproof.promql.query import Query, Use

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "kube-prometheus" / "dashboards"


def _target(expr: str, **more: Any) -> dict[str, Any]:
    return {"expr": expr, "refId": "A", **more}


def _read(tmp_path: Path, dashboard: Any, name: str = "d.json") -> list[Query]:
    file = tmp_path / name
    file.write_text(json.dumps(dashboard, indent=2))
    return list(read_dashboard(file))


def _texts(queries: list[Query]) -> list[str]:
    return [query.text for query in queries]


def test_the_line_of_an_expression_is_that_of_the_file(tmp_path: Path) -> None:
    [query] = _read(tmp_path, {"panels": [{"title": "x", "targets": [_target("up")]}]})
    lines = (tmp_path / "d.json").read_text().splitlines()
    assert '"expr": "up"' in lines[query.where.line - 1]


def test_everything_around_a_panel_query_is_read(tmp_path: Path) -> None:
    panel = {
        "title": "Latency",
        "type": "stat",
        "interval": "1m",
        "datasource": {"type": "prometheus", "uid": "${ds}"},
        "fieldConfig": {
            "defaults": {
                "unit": "s",
                "thresholds": {"mode": "absolute", "steps": [{"value": None}, {"value": 0.5}]},
            }
        },
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}},
        "targets": [_target("up", legendFormat="{{job}}", instant=True)],
    }
    [query] = _read(tmp_path, {"uid": "u", "panels": [panel]})
    assert (query.dashboard, query.panel, query.target, query.panel_type) == ("u", "Latency", "A", "stat")
    assert (query.unit, query.legend, query.thresholds) == ("s", "{{job}}", (0.5,))
    assert (query.instant, query.reducers, query.interval) == (True, ("lastNotNull",), 60.0)


@pytest.mark.parametrize(
    "dashboard",
    [
        {"panels": [{"type": "row", "panels": [{"targets": [_target("up")]}]}]},
        {"rows": [{"panels": [{"targets": [_target("up")]}]}]},
        {"dashboard": {"panels": [{"targets": [_target("up")]}]}},
        {"panels": [], "__elements": {"x": {"model": {"targets": [_target("up")]}}}},
        {"kind": 1, "uid": "x", "model": {"targets": [_target("up")]}},
        {"result": {"uid": "x", "model": {"targets": [_target("up")]}}},
        {
            "apiVersion": "dashboard.grafana.app/v1beta1",
            "kind": "Dashboard",
            "metadata": {"name": "u"},
            "spec": {"panels": [{"targets": [_target("up")]}]},
        },
        {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "data": {"d.json": json.dumps({"panels": [{"targets": [_target("up")]}]})},
        },
        {
            "apiVersion": "grafana.integreatly.org/v1beta1",
            "kind": "GrafanaDashboard",
            "spec": {"json": json.dumps({"panels": [{"targets": [_target("up")]}]})},
        },
    ],
    ids=[
        "row",
        "old rows",
        "api",
        "elements",
        "library",
        "library api",
        "kubernetes",
        "configmap",
        "operator",
    ],
)
def test_the_query_is_found_in_every_form(tmp_path: Path, dashboard: Any) -> None:
    assert _texts(_read(tmp_path, dashboard)) == ["up"]


def _v2(query: dict[str, Any], visualisation: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "t",
        "layout": {"kind": "GridLayout"},
        "elements": {
            "panel-1": {
                "kind": "Panel",
                "spec": {
                    "title": "Up",
                    "data": {
                        "kind": "QueryGroup",
                        "spec": {"queries": [{"kind": "PanelQuery", "spec": {"refId": "B", "query": query}}]},
                    },
                    "vizConfig": visualisation,
                },
            }
        },
        "variables": [
            {
                "kind": "QueryVariable",
                "spec": {
                    "name": "job",
                    "multi": True,
                    "query": {
                        "kind": "DataQuery",
                        "group": "prometheus",
                        "spec": {"query": "label_values(up, job)"},
                    },
                },
            }
        ],
    }


_FIELDS = {"fieldConfig": {"defaults": {"unit": "s"}}}


@pytest.mark.parametrize(
    "spec",
    [
        _v2(
            {"kind": "DataQuery", "group": "prometheus", "spec": {"expr": "up"}},
            {"kind": "VizConfig", "group": "stat", "spec": _FIELDS},
        ),
        _v2({"kind": "prometheus", "spec": {"expr": "up"}}, {"kind": "stat", "spec": _FIELDS}),
    ],
    ids=["v2beta1", "v2alpha1"],
)
def test_a_v2_dashboard_is_read_whole(tmp_path: Path, spec: dict[str, Any]) -> None:
    dashboard = {"apiVersion": "dashboard.grafana.app/v2beta1", "metadata": {"name": "u"}, "spec": spec}
    variable, panel = _read(tmp_path, dashboard)
    assert (variable.text, variable.label, variable.use) == ("up", "job", Use.VARIABLE)
    assert (panel.text, panel.target, panel.panel_type, panel.unit) == ("up", "B", "stat", "s")
    assert panel.variables["job"].multi


@pytest.mark.parametrize(
    "source",
    [
        {"type": "loki", "uid": "x"},
        {"type": "__expr__", "uid": "__expr__"},
        "Loki",
        "${logs}",
        "$logs",
        "-- Mixed --",
    ],
)
def test_a_query_of_another_datasource_is_left_out(tmp_path: Path, source: Any) -> None:
    variables = [{"type": "datasource", "name": "logs", "query": "loki"}]
    panel = {"datasource": source, "targets": [_target('{app="x"} |= "error"')]}
    assert _read(tmp_path, {"templating": {"list": variables}, "panels": [panel]}) == []


@pytest.mark.parametrize("source", [None, "$datasource", "default", {"uid": "${ds}"}, {"type": "prometheus"}])
def test_a_query_of_any_prometheus_is_read(tmp_path: Path, source: Any) -> None:
    panel = {"datasource": source, "targets": [_target("up")]}
    assert _texts(_read(tmp_path, {"panels": [panel]})) == ["up"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ('label_values(up{job="a,b"}, instance)', ('up{job="a,b"}', "instance")),
        ({"query": "label_values(up, job)", "refId": "x"}, ("up", "job")),
        ("query_result(sum by (job) (up))", ("sum by (job) (up)", "")),
    ],
)
def test_the_query_of_a_variable_is_read(tmp_path: Path, query: Any, expected: tuple[str, str]) -> None:
    variable = {"type": "query", "name": "v", "query": query}
    [found] = _read(tmp_path, {"panels": [], "templating": {"list": [variable]}})
    assert (found.text, found.label) == expected


@pytest.mark.parametrize("query", ["label_values(job)", "label_names()", "metrics(node_.*)", ""])
def test_a_variable_without_promql_has_no_query(tmp_path: Path, query: str) -> None:
    variable = {"type": "query", "name": "v", "query": query}
    assert _read(tmp_path, {"panels": [], "templating": {"list": [variable]}}) == []


def test_the_values_of_a_custom_variable_are_known(tmp_path: Path) -> None:
    variable = {"type": "custom", "name": "q", "query": r"0.5, p95 : 0.95, a\,b"}
    [found] = _read(tmp_path, {"panels": [{"targets": [_target("up")]}], "templating": {"list": [variable]}})
    assert found.variables["q"].values == ("0.5", "0.95", "a,b")


def test_an_annotation_is_read(tmp_path: Path) -> None:
    annotation = {"name": "deploys", "expr": "changes(up[5m]) > 0", "titleFormat": "{{job}}"}
    [found] = _read(tmp_path, {"panels": [], "annotations": {"list": [annotation]}})
    assert (found.use, found.text, found.legend) == (Use.ANNOTATION, "changes(up[5m]) > 0", "{{job}}")


@pytest.mark.parametrize(
    ("matcher", "unit"),
    [
        ({"id": "byFrameRefID", "options": "A"}, "ms"),
        ({"id": "byFrameRefID", "options": "B"}, "s"),
        ({"id": "byName"}, ""),
    ],
)
def test_a_unit_override_counts_where_it_is_known_to_apply(tmp_path: Path, matcher: Any, unit: str) -> None:
    override = {"matcher": matcher, "properties": [{"id": "unit", "value": "ms"}]}
    config = {"defaults": {"unit": "s"}, "overrides": [override]}
    [query] = _read(tmp_path, {"panels": [{"fieldConfig": config, "targets": [_target("up")]}]})
    assert query.unit == unit


def test_a_graph_of_an_old_grafana_has_the_unit_of_its_left_axis(tmp_path: Path) -> None:
    panel = {"type": "graph", "yaxes": [{"format": "s"}, {"format": "short"}], "targets": [_target("up")]}
    [query] = _read(tmp_path, {"panels": [panel]})
    assert query.unit == "s"


def test_a_file_without_a_dashboard_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match="no Grafana dashboard"):
        _read(tmp_path, {"groups": []})


@pytest.mark.parametrize("data", [b"\xff\xfe", b"{", b""])
def test_a_broken_file_is_refused_with_its_place(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "d.json"
    file.write_bytes(data)
    with pytest.raises(SignalproofError) as caught:
        list(read_dashboard(file))
    assert str(caught.value.where).startswith(str(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match="cannot read"):
        list(read_dashboard(tmp_path / "none.json"))


def test_every_expression_of_the_published_dashboards_is_found_at_its_line() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of published dashboards is not beside the checkout")
    found = 0
    for file in sorted(CORPUS.iterdir()):
        lines = file.read_text().splitlines()
        for query in read_dashboard(file):
            if query.use is Use.PANEL:
                found += 1
                assert json.dumps(query.text) in lines[query.where.line - 1]
    assert found == 581
