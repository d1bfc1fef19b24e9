"""What stands in a folder is read by what it holds, and what is not read is counted."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from signalproof import manifests
from signalproof.errors import SignalproofError
from signalproof.lint.sources import read

TARGETS = [{"expr": "up", "refId": "A"}]
DASHBOARD = {"uid": "u", "panels": [{"title": "p", "targets": TARGETS}]}
RULE = {"record": "job:up:sum", "expr": "up"}
GROUPS = {"groups": [{"name": "g", "rules": [RULE]}]}
YAML = "groups:\n- name: g\n  rules:\n  - record: job:up:sum\n    expr: up\n"
V2 = {
    "title": "t",
    "layout": {"kind": "GridLayout"},
    "elements": {
        "a": {
            "kind": "Panel",
            "spec": {
                "title": "p",
                "data": {
                    "spec": {
                        "queries": [
                            {
                                "spec": {
                                    "refId": "A",
                                    "query": {"kind": "prometheus", "spec": {"expr": "up"}},
                                }
                            }
                        ]
                    }
                },
            },
        }
    },
}


def _json(tree: Any) -> str:
    return json.dumps(tree, indent=1)


def _zipped(tree: Any) -> str:
    return base64.b64encode(gzip.compress(json.dumps(tree).encode(), mtime=0)).decode()


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


GMP = {"apiVersion": "monitoring.googleapis.com/v1", "spec": GROUPS}
FORMS = {
    "alerts.rules": YAML,
    "alerts.rule": YAML,
    "alerts": YAML,
    "alerts.conf": "# comment\n---\n" + YAML,
    "rules.json": _json(GROUPS),
    "dashboard": _json(DASHBOARD),
    "dashboard.txt": _json(DASHBOARD),
    "v2.json": _json(V2),
    "v2 of the API.json": _json({"apiVersion": "dashboard.grafana.app/v2beta1", "spec": V2}),
    "several.json": _json([{"dashboard": DASHBOARD}]),
    "bare rules.yaml": "- record: job:up:sum\n  expr: up\n",
    "bare groups.yaml": "- name: g\n  rules:\n  - {record: 'job:up:sum', expr: up}\n",
    "flow.yaml": "groups: [{name: g, rules: [{record: x, expr: up}]}]\n",
    "vm.yaml": _json({"apiVersion": "operator.victoriametrics.com/v1beta1", "kind": "VMRule", "spec": GROUPS}),
    "gmp.yaml": _json({**GMP, "kind": "Rules"}),
    "gmp of a cluster.yaml": _json({**GMP, "kind": "ClusterRules"}),
    "gmp of all.json": _json({**GMP, "kind": "GlobalRules"}),
    "list.yaml": _json({"kind": "List", "items": [{"kind": "PrometheusRule", "spec": GROUPS}]}),
    "map.json": _json({"kind": "ConfigMap", "data": {"x": _json(DASHBOARD)}}),
    "map of rules.json": _json({"kind": "ConfigMap", "data": {"x": YAML}}),
    "map of JSON rules.yaml": _json({"kind": "ConfigMap", "data": {"x.json": _json(GROUPS)}}),
    "binary.yaml": _json({"kind": "ConfigMap", "binaryData": {"x": _encoded(YAML), "logo.png": "iVBORw0KGgo="}}),
    "zipped.yaml": _json({"kind": "GrafanaDashboard", "spec": {"gzipJson": _zipped(DASHBOARD)}}),
    "values.yaml": _json({"prometheus": {"additionalPrometheusRulesMap": {"mine": GROUPS}}}),
    "values of a release.yaml": _json({"kind": "HelmRelease", "spec": {"values": {"serverFiles": {"a.yml": GROUPS}}}}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_what_is_read_when_it_is_named_is_read_in_a_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(FORMS[name])
    named, found = read([tmp_path / name]), read([tmp_path])
    assert [one.text for one in named.queries] == ["up"]
    assert (found.queries, found.files, found.passed) == (named.queries, 1, ())


def test_an_alias_that_is_used_often_is_searched_once(tmp_path: Path) -> None:
    lines = ["a0: &a0 {groups: [{name: g, rules: [{alert: A, expr: up}]}]}"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 5)]
    (tmp_path / "bomb.yaml").write_text("\n".join(lines))
    assert len(read([tmp_path]).queries) == 1


@pytest.mark.parametrize("packed", ["no base64!", _encoded("no gzip"), _zipped(DASHBOARD)[:40]])
def test_a_compressed_dashboard_that_is_none_is_refused(tmp_path: Path, packed: str) -> None:
    file = tmp_path / "d.yaml"
    file.write_text(f"kind: GrafanaDashboard\nspec:\n  gzipJson: {packed}\n")
    with pytest.raises(SignalproofError, match="gzipJson is not what its name says") as caught:
        read([file])
    assert str(caught.value.where) == f"{file}:3"


def test_a_compressed_dashboard_that_unfolds_without_end_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifests, "MAX_BYTES", 1000)
    file = tmp_path / "d.yaml"
    file.write_text(f"kind: GrafanaDashboard\nspec:\n  gzipJson: {_zipped({'title': 'x' * 9000})}\n")
    with pytest.raises(SignalproofError, match="more than 1,000 bytes"):
        read([file])


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("package.json", b'{"name": "x"}', "neither a Grafana dashboard nor Prometheus rules"),
        ("tsconfig.json", b'{"targets": [ /* none */ ]}', "not valid JSON"),
        ("notes.md", b"# Rules\n\n- alert: X\n  expr: [\n", "not valid YAML"),
        ("README.md", b"# Alerts\n\n- {{ if .Values.x }}\n- alert: {{\n", "a Helm template"),
        ("main.go", b'package main\n\nvar x = `{"panels": []}`\n', "neither a"),
        ("logo.png", b"\x89PNG\x00panels", "binary"),
        ("prom.txt", b"# TYPE up gauge\nup 1\n", "a dump of /metrics"),
    ],
)
def test_a_file_that_is_not_ours_is_counted_with_what_it_is(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    (tmp_path / name).write_bytes(data)
    found = read([tmp_path])
    assert (found.broken, found.files) == ((), 0)
    assert [file.name for file, what in found.passed if what.startswith(reason)] == [name]


@pytest.mark.parametrize("name", ["d.json", "d", "d.rules"])
def test_a_broken_dashboard_in_a_folder_is_a_mistake_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text('{"panels": [}')
    assert len(read([tmp_path]).broken) == 1


@pytest.mark.parametrize("name", ["r.yml", "r", "r.rules"])
def test_a_broken_rule_file_in_a_folder_is_a_mistake_whatever_it_is_called(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(YAML + "  - alert: 'x\n")
    assert len(read([tmp_path]).broken) == 1


def test_a_file_that_is_too_large_is_passed_over(tmp_path: Path) -> None:
    with (tmp_path / "huge.json").open("wb") as file:
        file.truncate(manifests.MAX_BYTES + 1)
    assert [what for _, what in read([tmp_path]).passed] == ["larger than 20 MB"]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("b.json", ["a.json"]),
        ("*.json", []),
        ("old", ["a.json"]),
        ("old/", ["a.json"]),
        ("old/**", ["a.json"]),
        ("old/b*", ["a.json"]),
        ("./old/*", ["a.json"]),
        ("a", ["a.json", "b.json"]),
    ],
)
def test_what_is_excluded_is_not_read(tmp_path: Path, pattern: str, left: list[str]) -> None:
    (tmp_path / "old").mkdir()
    for name in ("a.json", "old/b.json"):
        (tmp_path / name).write_text(_json(DASHBOARD))
    found = read([tmp_path], exclude=[pattern])
    assert [Path(one.file).name for one in found.dashboards] == left
    assert found.passed == ()


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[Any, str], tuple[list[str], list[str]]]:
    def ask(source: Any, expr: str) -> tuple[list[str], list[str]]:
        panel = {"title": "p", "datasource": source, "targets": [{"expr": expr, "refId": "A"}]}
        file = tmp_path / "d.json"
        file.write_text(_json({"panels": [panel]}))
        found = read([file])
        return [one.text for one in found.queries], [one.kind for one in found.others]

    return ask


@pytest.mark.parametrize(
    "source",
    [
        "TemporalMetrics",
        "Lokisystem",
        {"type": "victoriametrics-metrics-datasource", "uid": "vm"},
        {"type": "victoriametrics-datasource", "uid": "vm"},
        {"type": "datasource", "uid": "-- Mixed --"},
        {"type": "${kind}", "uid": "x"},
        None,
    ],
)
def test_a_query_of_prometheus_is_read(
    asked: Callable[[Any, str], tuple[list[str], list[str]]], source: Any
) -> None:
    assert asked(source, "up") == (["up"], [])


@pytest.mark.parametrize(
    ("source", "expr", "kind"),
    [
        ({"type": "loki", "uid": "x"}, '{app="x"}', "loki"),
        ("Loki", '{app="x"}', "loki"),
        ("DS_TEMPO", "{}", "tempo"),
        ("MyLoki-prod", 'count_over_time({app="x"}[5m])', "loki"),
        ("InfluxDB", 'SELECT mean("x") FROM y', "influxdb"),
        ({"type": "grafana-postgresql-datasource", "uid": "x"}, "select 1", "postgresql"),
        ("$datasource", '{app="x"} |= "error"', "loki"),
        (None, 'sum by (app) (rate({app="x"} | json | status >= 500 [5m]))', "loki"),
        (None, '{app="x"} != "debug"', "loki"),
        (None, 'bytes_rate({app="x"}[5m])', "loki"),
        (None, '{ resource.service.name = "x" && status = error }', "tempo"),
        (None, '{ duration > 1s } | rate()', "tempo"),
    ],
)  # fmt: skip
def test_a_query_of_another_data_source_is_counted(
    asked: Callable[[Any, str], tuple[list[str], list[str]]], source: Any, expr: str, kind: str
) -> None:
    assert asked(source, expr) == ([], [kind])


@pytest.mark.parametrize(
    "expr", ["sum(rate(x[5m])", '{job="x"} | up', 'up{a="|= x"} ==', "topk(1, x{a=~'b|c'}"]
)
def test_a_query_whose_data_source_says_prometheus_stays_with_its_mistakes(
    asked: Callable[[Any, str], tuple[list[str], list[str]]], expr: str
) -> None:
    assert asked({"type": "prometheus", "uid": "x"}, expr) == ([expr], [])


@pytest.mark.parametrize("expr", ["sum(rate(x[5m])", 'up{a="|= x"} ==', "topk(1, x{a=~'b|c'}", "{job='x'"])
def test_broken_promql_is_not_taken_for_another_language(
    asked: Callable[[Any, str], tuple[list[str], list[str]]], expr: str
) -> None:
    assert asked(None, expr) == ([expr], [])


def test_the_rules_of_loki_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "loki.yaml"
    file.write_text(
        'groups:\n- name: g\n  rules:\n  - alert: A\n    expr: \'sum(rate({app="x"} |= "e" [5m])) > 1\'\n'
    )
    found = read([file])
    assert (found.queries, [str(one.where) for one in found.others]) == ((), [f"{file}:5"])
    assert found.figures()["left_out"] == {"loki": 1}
