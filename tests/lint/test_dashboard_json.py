"""What is wrong with a dashboard beside its queries is found in every form of it, at its line, and once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from signalproof.dashboard.addresses import used_in
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Finding, Severity
from signalproof.lint.placeholders import labels_in_braces, undeclared, unrendered
from signalproof.lint.project import lint
from signalproof.lint.sources import read

CODES = ("D006", "D011", "D012", "D013", "D014", "G005", "G007")
JOBS = "sum(increase(jobs_total[$__rate_interval]))"
QUEUES = "sum by (queue) (queue_length)"


def _found(folder: Path, tree: Any, *, name: str = "d.json") -> list[Finding]:
    text = json.dumps(tree, indent=1) if name.endswith(".json") else yaml.safe_dump(tree)
    (folder / name).write_text(text)
    sources = read([folder])
    report = lint(sources.queries, exposition(), select=CODES, dashboards=sources.dashboards)
    return list(report.findings)


def _culprits(findings: list[Finding]) -> set[tuple[str, str]]:
    return {(one.code, one.culprit) for one in findings}


WRONG = {
    ("D006", "sum"),
    ("D011", "main"),
    ("D012", "${__field.labels.pod}"),
    ("D012", "${queu}"),
    ("D013", "2"),
    ("D014", "{{ .Values.team }}"),
    ("G005", "paymnts"),
    ("G007", "que"),
}

FIELDS = {
    "defaults": {
        "decimals": "2",
        "unit": "short",
        "links": [{"title": "more", "url": "https://wiki/${__field.labels.pod}"}],
    },
    "overrides": [{"matcher": {"id": "byName", "options": "paymnts"}, "properties": []}],
}
LEGEND = {"legend": {"calcs": ["sum"], "displayMode": "table", "showLegend": True}}
LINK = {"title": "team", "type": "link", "url": "https://wiki/${queu}"}
SORTED = {"sort": [{"field": "que"}]}

CLASSIC = {
    "title": "Queues of {{ .Values.team }}",
    "uid": "queues",
    "schemaVersion": 41,
    "links": [LINK],
    "templating": {
        "list": [
            {"type": "datasource", "name": "source", "query": "prometheus"},
            {"type": "textbox", "name": "queue"},
        ]
    },
    "panels": [
        {
            "type": "timeseries",
            "title": "Jobs",
            "datasource": {"type": "prometheus", "uid": "main"},
            "targets": [{"refId": "A", "expr": JOBS, "legendFormat": "jobs of $queue"}],
            "options": LEGEND,
            "fieldConfig": {"defaults": FIELDS["defaults"]},
        },
        {
            "type": "table",
            "title": "Queues",
            "datasource": {"type": "prometheus", "uid": "${source}"},
            "targets": [{"refId": "A", "expr": QUEUES, "format": "table", "instant": True}],
            "transformations": [{"id": "sortBy", "options": SORTED}],
            "fieldConfig": {"overrides": FIELDS["overrides"]},
        },
    ],
}


def _v2(version: str) -> dict[str, Any]:
    beta = version == "v2beta1"

    def query(expr: str, source: str, **options: Any) -> dict[str, Any]:
        spec = {"expr": expr, **options}
        if beta:
            asked = {"kind": "DataQuery", "group": "prometheus", "datasource": {"name": source}, "spec": spec}
            return {"kind": "PanelQuery", "spec": {"refId": "A", "query": asked}}
        asked = {"kind": "prometheus", "spec": spec}
        reference = {"type": "prometheus", "uid": source}
        return {"kind": "PanelQuery", "spec": {"refId": "A", "query": asked, "datasource": reference}}

    def panel(title: str, kind: str, asked: Any, shown: Any, steps: Any) -> dict[str, Any]:
        drawn = {"kind": "VizConfig", "group": kind, "spec": shown} if beta else {"kind": kind, "spec": shown}
        data = {"queries": [asked], "transformations": steps, "queryOptions": {}}
        group = {"kind": "QueryGroup", "spec": data}
        return {"kind": "Panel", "spec": {"title": title, "id": 1, "data": group, "vizConfig": drawn}}

    step = {"kind": "sortBy", "spec": {"id": "sortBy", "options": SORTED}}
    if beta:
        step = {"kind": "Transformation", "group": "sortBy", "spec": {"options": SORTED}}
    jobs = {"options": LEGEND, "fieldConfig": {"defaults": FIELDS["defaults"]}}
    queues = {"options": {}, "fieldConfig": {"overrides": FIELDS["overrides"]}}
    asked = query(QUEUES, "${source}", format="table", instant=True)
    spec = {
        "title": CLASSIC["title"],
        "links": [LINK],
        "layout": {"kind": "GridLayout"},
        "variables": [
            {"kind": "DatasourceVariable", "spec": {"name": "source", "pluginId": "prometheus"}},
            {"kind": "TextVariable", "spec": {"name": "queue", "query": "", "hide": "dontHide"}},
        ],
        "elements": {
            "a": panel("Jobs", "timeseries", query(JOBS, "main", legendFormat="jobs of $queue"), jobs, []),
            "b": panel("Queues", "table", asked, queues, [step]),
        },
    }
    return {"apiVersion": f"dashboard.grafana.app/{version}", "metadata": {"name": "queues"}, "spec": spec}


FORMS = {
    "classic": CLASSIC,
    "api": {"dashboard": CLASSIC},
    "kubernetes": {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "metadata": {"name": "queues"},
        "spec": CLASSIC,
    },
    "config map": {"apiVersion": "v1", "kind": "ConfigMap", "data": {"d.json": json.dumps(CLASSIC)}},
    "v2alpha1": _v2("v2alpha1"),
    "v2beta1": _v2("v2beta1"),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_mistake_is_found_in_every_form(form: Any, tmp_path: Path) -> None:
    assert _culprits(_found(tmp_path, form)) == WRONG


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_every_mistake_is_found_once(form: Any, tmp_path: Path) -> None:
    assert len(_found(tmp_path, form)) == len(WRONG)


def test_a_mistake_is_found_at_its_line(tmp_path: Path) -> None:
    findings = _found(tmp_path, CLASSIC)
    lines = (tmp_path / "d.json").read_text().splitlines()
    away = [one.code for one in findings if one.culprit not in lines[one.where.line - 1]]
    assert away == []


def test_a_finding_names_dashboard_and_panel(tmp_path: Path) -> None:
    [one] = [each for each in _found(tmp_path, CLASSIC) if each.code == "G007"]
    assert (one.query.dashboard, one.query.title, one.query.panel) == (
        "queues", "Queues of {{ .Values.team }}", "Queues",
    )  # fmt: skip


def test_numbers_of_yaml_are_no_texts(tmp_path: Path) -> None:
    form = {
        "apiVersion": "dashboard.grafana.app/v1beta1",
        "kind": "Dashboard",
        "metadata": {"name": "queues"},
        "spec": {**CLASSIC, "version": 3},
    }
    assert "D013" not in {one.code for one in _found(tmp_path, form, name="d.yaml")}


@pytest.mark.parametrize(
    ("datasources", "culprits"),
    [
        ([{"inputName": "DS_MAIN", "datasourceName": "main"}], set()),
        ([{"inputName": "DS_OTHER", "datasourceName": "main"}], {("D011", "${DS_MAIN}")}),
    ],
    ids=["filled in", "another filled in"],
)
def test_a_resource_fills_in_the_inputs_that_it_names(
    datasources: Any, culprits: set[tuple[str, str]], tmp_path: Path
) -> None:
    panel = {"title": "Queues", "datasource": "${DS_MAIN}", "targets": [{"refId": "A", "expr": QUEUES}]}
    spec = {
        "json": json.dumps({"title": "Queues", "uid": "q", "panels": [panel]}),
        "datasources": datasources,
    }
    found = _found(tmp_path, {"kind": "GrafanaDashboard", "spec": spec})
    assert _culprits(found) == culprits


def _linked(uid: str, *targets: str) -> dict[str, Any]:
    links = [{"title": one, "type": "link", "url": f"/d/{one}/x"} for one in targets]
    return {"uid": uid, "title": uid, "templating": {"list": []}, "panels": [], "links": links}


def test_a_dashboard_that_is_not_there_is_told_where_the_others_are(tmp_path: Path) -> None:
    for one in "abcde":
        (tmp_path / f"{one}.json").write_text(json.dumps(_linked(one, "f" if one != "a" else "b")))
    findings = _found(tmp_path, _linked("f", "a", "gone"))
    assert [(one.culprit, one.severity) for one in findings] == [("gone", Severity.INFO)]


def test_a_dashboard_that_is_not_there_may_be_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(_linked("a", "f")))
    assert _found(tmp_path, _linked("f", "a", "gone")) == []


def test_prometheus_counts_each_event_once_only_where_windows_do_not_overlap(
    promtool: str, tmp_path: Path
) -> None:
    """The points of a graph are those of a subquery: a step of 15 s, and one of the window, over ten minutes and 600 jobs.

    One second less than ten minutes, for whether a window holds its very first moment depends on the version.
    """
    asked = {
        "sum_over_time(increase(jobs_total[1m])[599s:15s])": 2400,
        "sum_over_time(increase(jobs_total[1m])[599s:1m])": 600,
        "increase(jobs_total[10m])": 600,
    }
    tests = [
        {"expr": expr, "eval_time": "15m", "exp_samples": [{"labels": "{}", "value": value}]}
        for expr, value in asked.items()
    ]
    series = [{"series": "jobs_total", "values": "0+15x80"}]
    unit = {"interval": "15s", "input_series": series, "promql_expr_test": tests}
    (tmp_path / "t.yml").write_text(yaml.safe_dump({"rule_files": [], "tests": [unit]}))
    ran = subprocess.run(
        [promtool, "test", "rules", "t.yml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


TEXTS = st.lists(
    st.sampled_from(["{{", "}}", "{%", "%}", "${", "}", "[[", "]]", "$", ".", "pod", " ", ":", "-", "%(", ")s", "<no value>"])
).map("".join)  # fmt: skip


@given(TEXTS)
def test_a_placeholder_is_a_part_of_its_text(text: str) -> None:
    spans = [*unrendered(text), *labels_in_braces(text), *(span for _, span in undeclared(text, ()))]
    assert all(0 <= one.start < one.end <= len(text) for one in spans)


@given(TEXTS)
def test_what_is_no_label_is_unrendered_and_never_both(text: str) -> None:
    assert not set(unrendered(text)) & set(labels_in_braces(text))


@given(TEXTS)
def test_a_variable_of_an_address_is_a_part_of_it(text: str) -> None:
    assert all(one.name in text[one.span.start : one.span.end] for one in used_in(text))


@given(st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True))
def test_a_declared_variable_is_no_placeholder(name: str) -> None:
    assert list(undeclared(f"of ${{{name}}}, ${{{name}:csv}} and [[{name}]]", {name})) == []


def test_where_a_variable_may_hold_several_values_both_mends_are_named(tmp_path: Path) -> None:
    tree = {
        "title": "Queues",
        "templating": {"list": [{"type": "query", "name": "queue", "multi": True, "query": ""}]},
        "panels": [
            {"title": "Length", "targets": [{"refId": "A", "expr": "sum(queue_length{queue='$queue'})"}]}
        ],
    }
    (tmp_path / "d.json").write_text(json.dumps(tree))
    sources = read([tmp_path])
    [found] = lint(sources.queries, exposition(), select=["G003"], dashboards=sources.dashboards).findings
    assert [one in found.help for one in ("queue=~'$queue'", '"multi": false')] == [True, True]
