"""Reading what is to be linted: files, folders, bare expressions; and mending it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from signalproof.errors import SignalproofError
from signalproof.lint.examples import exposition
from signalproof.lint.expressions import read_expressions
from signalproof.lint.fixes import fixes
from signalproof.lint.project import lint
from signalproof.lint.sources import read, read_path

DASHBOARD = json.dumps({"uid": "u", "panels": [{"title": "p", "targets": [{"expr": "up", "refId": "A"}]}]})
RULES = "groups:\n- name: g\n  rules:\n  - record: job:up:sum\n    expr: sum by (job) (up)\n"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "a" / ".git").mkdir(parents=True)
    (tmp_path / "a" / "d.json").write_text(DASHBOARD)
    (tmp_path / "a" / "package.json").write_text('{"name": "x"}')
    (tmp_path / "a" / "values.yaml").write_text("replicas: {{ .Values.n }}\n")
    (tmp_path / "a" / ".git" / "d.json").write_text(DASHBOARD)
    (tmp_path / "r.yml").write_text(RULES)
    return tmp_path


def test_a_folder_is_walked_and_other_files_are_passed_over(tree: Path) -> None:
    assert sorted(query.text for query in read_path(tree)) == ["sum by (job) (up)", "up"]


def test_a_folder_is_read_in_the_same_order_every_time(tree: Path) -> None:
    assert list(read_path(tree)) == list(read_path(tree))


def test_what_was_read_is_counted(tree: Path) -> None:
    sources = read([tree])
    assert (len(sources.queries), len(sources.dashboards), sources.files, sources.broken) == (2, 1, 2, ())


def test_a_broken_dashboard_in_a_folder_is_reported_and_the_rest_is_read(tree: Path) -> None:
    (tree / "a" / "broken.json").write_text('{"panels": [}')
    sources = read([tree])
    assert [str(one.where) for one in sources.broken] == [f"{tree}/a/broken.json:1"]
    assert len(sources.queries) == 2


def test_a_broken_file_that_was_named_is_refused(tree: Path) -> None:
    (tree / "broken.json").write_text('{"panels": [}')
    with pytest.raises(SignalproofError, match="not valid JSON"):
        read([tree / "broken.json"])


def test_a_named_file_of_another_kind_is_refused(tree: Path) -> None:
    with pytest.raises(SignalproofError, match="neither a Grafana dashboard nor Prometheus rules"):
        read([tree / "a" / "package.json"])


def test_a_config_map_may_hold_both(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(
        "kind: ConfigMap\ndata:\n  d.json: |\n    "
        + DASHBOARD
        + "\n  r.yml: |\n"
        + "".join(f"    {line}\n" for line in RULES.splitlines())
    )
    assert sorted(query.text for query in read_path(file)) == ["sum by (job) (up)", "up"]


def test_a_finding_in_a_block_scalar_names_the_line_of_the_culprit(tmp_path: Path) -> None:
    file = tmp_path / "r.yml"
    file.write_text(
        "groups:\n- name: g\n  rules:\n  - alert: A\n    expr: |\n      workers\n        > nothing\n"
    )
    findings = lint(read_path(file), exposition(), select=("M",)).findings
    assert [one.where.line for one in findings] == [7]


def test_bare_expressions_and_json_lines_are_read(tmp_path: Path) -> None:
    file = tmp_path / "queries.txt"
    lines = [
        "up",
        "",
        "# a comment",
        '{job="x"}',
        '{"expr": "up", "legend": "{{job}}", "unit": "s", "title": "T", "id": 3}',
    ]
    file.write_text("\n".join(lines))
    bare, selector, full = read_expressions(file)
    assert (bare.text, bare.where.line, selector.text) == ("up", 1, '{job="x"}')
    assert (full.text, full.legend, full.unit, full.panel, full.where.line) == ("up", "{{job}}", "s", "T", 5)


@pytest.mark.parametrize("line", ['{"expr": 1}', '{"expr": "up", "legend": ["x"]}'])
def test_a_json_line_with_something_else_than_text_is_refused(tmp_path: Path, line: str) -> None:
    file = tmp_path / "queries.jsonl"
    file.write_text(line)
    with pytest.raises(SignalproofError) as caught:
        list(read_expressions(file))
    assert str(caught.value.where) == f"{file}:1"


def test_missing_expressions_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError, match="cannot read"):
        list(read_expressions(tmp_path / "none"))


def _fixed(file: Path) -> str:
    found = fixes(lint(read_path(file), exposition()).findings)
    return found.files[file].decode() if file in found.files else file.read_text()


@pytest.mark.parametrize("ascii_only", [True, False])
def test_a_fix_changes_the_expression_in_json_and_nothing_else(tmp_path: Path, ascii_only: bool) -> None:
    expr = 'sum(rate(http_request_duration_seconds_bucket{le="1", handler="é"}[$__interval]))'
    dashboard = {
        "panels": [{"title": "p", "targets": [{"expr": expr, "refId": "A"}, {"expr": "up", "refId": "B"}]}]
    }
    file = tmp_path / "d.json"
    file.write_text(json.dumps(dashboard, indent=2, ensure_ascii=ascii_only))
    before = file.read_text()
    after = _fixed(file)
    changed = [
        pair for pair in zip(before.splitlines(), after.splitlines(), strict=True) if pair[0] != pair[1]
    ]
    assert len(changed) == 1
    assert json.loads(after)["panels"][0]["targets"][0]["expr"] == expr.replace('le="1"', 'le="1.0"').replace(
        "$__interval", "$__rate_interval"
    )


@pytest.mark.parametrize(
    "written",
    [
        "expr: quantile(95, queue_length)",
        "expr: 'quantile(95, queue_length)'",
        "expr: |\n      # why\n      quantile(95, queue_length)",
    ],
)
def test_a_fix_changes_the_expression_in_yaml(tmp_path: Path, written: str) -> None:
    file = tmp_path / "r.yml"
    file.write_text(f"groups:\n- name: g\n  rules:\n  - record: x:y\n    {written}\n")
    assert _fixed(file) == file.read_text().replace("95", "0.95")


def test_a_fix_that_cannot_be_placed_is_left(tmp_path: Path) -> None:
    file = tmp_path / "r.yml"
    file.write_text(
        "groups:\n- name: g\n  rules:\n  - record: x:y\n    expr: >\n      quantile(95,\n      queue_length)\n"
    )
    found = fixes(lint(read_path(file), exposition()).findings)
    assert (dict(found.files), [one.code for one in found.left]) == ({}, ["H003"])
