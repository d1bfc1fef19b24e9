"""Templates of alerts in rule files: whose they are, where a finding points, and what of the world is known in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.config import Config
from signalproof.knowledge.site import site_of
from signalproof.knowledge.told import Told
from signalproof.knowledge.world import Knowledge
from signalproof.lint.examples import exposition
from signalproof.lint.finding import Finding, Severity
from signalproof.lint.project import lint
from signalproof.lint.shown import alert, recording
from signalproof.lint.sources import read
from signalproof.promql.query import Query

TEMPLATES = ("A001", "A003", "A007", "A008", "A009", "U004")

_RULES = """groups:
- name: jobs
  rules:
  - alert: JobsWait
    expr: queue_length > 100
    annotations:
      summary: plain
      description: |
        Queue {{ $labels.queue }}
        has {{ $value | humanise }} jobs.
"""
_MANAGED = """apiVersion: 1
groups:
- name: jobs
  rules:
  - uid: a
    title: JobsWait
    data:
    - {refId: A, datasourceUid: p, model: {expr: queue_length, refId: A}}
    annotations: {summary: "{{ $values.A.Value | foo }} {{ $labels.zone }} {{ .Foo }}"}
    labels: {size: "{{ $value }}"}
"""
_VMRULE = """apiVersion: operator.victoriametrics.com/v1beta1
kind: VMRule
spec:
  groups:
  - name: jobs
    rules:
    - alert: JobsWait
      expr: queue_length > 100
      annotations: {summary: "{{ $value | crlfEscape }} {{ $activeAt }} {{ .Expr }}"}
"""


def found(text: str, tmp_path: Path) -> list[Finding]:
    """Return what the lint says of the templates in a file."""
    file = tmp_path / "rules.yml"
    file.write_text(text, encoding="utf-8")
    return list(lint(read([file]).queries, exposition(), select=TEMPLATES).findings)


def said(
    query: Query, world: Exposition | None = None, config: Config | None = None
) -> list[tuple[str, str]]:
    """Return code and culprit of what the lint says of the templates of an alert."""
    report = lint([query], world or exposition(), select=TEMPLATES, config=config)
    return [(one.code, one.culprit) for one in report.findings]


def summary(text: str, expr: str = "queue_length > 100") -> list[tuple[str, str]]:
    return said(alert(expr, summary=text))


def test_a_finding_points_at_the_line_of_the_template(tmp_path: Path) -> None:
    [one] = found(_RULES, tmp_path)
    assert (one.code, one.culprit, one.where.line) == ("A007", "humanise", 10)


def test_templates_of_grafana_are_not_judged_by_what_prometheus_has(tmp_path: Path) -> None:
    assert found(_MANAGED, tmp_path) == []


def test_a_query_says_that_grafana_fills_in_its_templates(tmp_path: Path) -> None:
    file = tmp_path / "rules.yml"
    file.write_text(_MANAGED, encoding="utf-8")
    [query] = read([file]).queries
    assert (query.templates, set(query.annotations), set(query.labels)) == ("grafana", {"summary"}, {"size"})


def test_templates_of_vmalert_are_not_judged_by_what_prometheus_has(tmp_path: Path) -> None:
    assert found(_VMRULE, tmp_path) == []


def test_the_labels_of_a_recording_rule_are_no_templates() -> None:
    rule = recording("queue:length:sum", "sum by (queue) (queue_length)", labels={"size": "{{ foo }}{{"})
    assert said(rule) == []


def test_a_text_without_braces_is_no_template() -> None:
    assert summary("costs $value for labels.queue") == []


def test_one_word_without_its_dollar_is_one_finding() -> None:
    assert summary("{{ labels.queue }} has {{ value }}") == [("A001", "labels.queue"), ("A001", "value")]


def test_a_refused_template_is_an_error_and_a_mark_in_the_text_a_warning() -> None:
    report = lint(
        [alert("queue_length > 100", summary='{{ foo }}{{ printf "%d" $value }}')],
        exposition(),
        select=TEMPLATES,
    )
    assert [(one.code, one.severity) for one in report.findings] == [
        ("A007", Severity.ERROR),
        ("A008", Severity.WARNING),
    ]


def test_a_native_histogram_is_no_number() -> None:
    assert summary('{{ printf "%d" $value }}', "rate(rpc_duration_seconds[5m])") == []


@pytest.mark.parametrize(
    ("text", "field"), [("{{ .CommonLabels.job }}", "Alertmanager"), ("{{ .Values.team }}", "Helm")]
)
def test_a_field_of_another_program_is_named_as_such(text: str, field: str) -> None:
    [one] = lint([alert("queue_length > 100", summary=text)], exposition(), select=TEMPLATES).findings
    assert field in one.help


def test_a_newer_function_is_refused_where_a_version_is_configured() -> None:
    config = Config(Path(), prometheus="3.0", said=frozenset({"prometheus"}))
    query = alert(
        "queue_length > 100", summary="{{ now }}{{ urlQueryEscape $labels.queue }}{{ toTime $value }}"
    )
    assert said(query, config=config) == [("A007", "now"), ("A007", "urlQueryEscape")]


def test_no_version_is_assumed_where_none_is_configured() -> None:
    assert (
        summary("{{ now | humanizeTimestamp }}{{ with $labels.a }}b{{ else with $labels.queue }}c{{ end }}")
        == []
    )


def test_a_label_that_a_template_asks_for_before_is_not_missed() -> None:
    assert summary("{{ with $labels.zone }}{{ . }} and {{ $labels.zone }}{{ end }}") == []


def test_the_dot_of_a_loop_is_not_the_alert() -> None:
    assert summary('{{ range query "workers" }}{{ .Labels.region }} {{ end }}') == []


def test_a_variable_shows_the_label_that_it_holds() -> None:
    assert summary("{{ $z := $labels.zone }}in {{ $z }}") == [("A001", "$labels.zone")]


def test_a_template_shows_the_labels_that_it_is_given() -> None:
    assert summary('{{ define "a" }}{{ .zone }}{{ end }}{{ template "a" $labels }}') == [("A001", ".zone")]


@pytest.mark.parametrize(
    ("text", "culprit"),
    [
        ('{{ with query "workers{region=\\"{{$labels.queue}}\\"} offset 1h" }}{{ . | first | value }}{{ end }}', None),
        ("{{ printf `worker{region=\"%s\"}` $labels.queue | query | first | value }}", "worker"),
        ("{{ with printf `sum by (region) (workers{region='%s'})` $labels.queue | query }}{{ (. | first).Labels.job }}{{ end }}", "(. | first).Labels.job"),
        ('{{ range query "sum(workers)" | sortByLabel "region" }}{{ .Value }}{{ end }}', '"region"'),
        ('{{ $q := "sum by (region) (worker)" }}{{ query $q | len }}', "worker"),
    ],
)  # fmt: skip
def test_a_query_in_a_template_is_read_where_it_is_put_together(text: str, culprit: str | None) -> None:
    [(code, where)] = summary(text)
    assert code == "A009"
    assert culprit is None or where == culprit


def test_the_queries_of_templates_are_looked_up_in_public_exporters() -> None:
    config = Config(Path())
    knowledge = Knowledge(site_of(config, foreign=True), Told(config))
    text = '{{ range query "sum by (device) (node_filesystem_size_bytes)" }}{{ .Labels.mountpoint }}{{ end }}'
    report = lint(
        [alert("up == 0", summary=text)], knowledge.exposition([]), select=TEMPLATES, knowledge=knowledge
    )
    assert [(one.code, one.culprit) for one in report.findings] == [("A009", ".Labels.mountpoint")]


def test_a_metric_that_an_annotation_asks_for_is_shown_somewhere() -> None:
    queries = [alert("up == 0", summary='{{ with query "workers" }}{{ . | first | value }}{{ end }}')]
    unused = {one.query.panel for one in lint(queries, exposition(), select=("C001",)).findings}
    assert "workers" not in unused
    assert "queue_length" in unused
