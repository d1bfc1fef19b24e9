"""Rule files of other projects: every form, with the line of every expression."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from signalproof.errors import SignalproofError
from signalproof.promql.query import Query, Use
from signalproof.rules.foreign import read_rules

CORPUS = Path(__file__).parents[3] / "shared" / "corpus" / "kube-prometheus" / "rules"

RULES = dedent(
    """\
    groups:
      - name: g
        interval: 30s
        rules:
          - record: job:up:sum
            expr: sum by (job) (up)
            labels: {team: a}
          - alert: Down
            # a comment
            expr: |
              up
                == 0
            for: 1h30m
            annotations:
              summary: "{{ $labels.job }} is down"
    """
)


def _read(tmp_path: Path, text: str) -> list[Query]:
    file = tmp_path / "r.yaml"
    file.write_text(text)
    return list(read_rules(file))


def test_everything_around_a_rule_is_read(tmp_path: Path) -> None:
    record, alert = _read(tmp_path, RULES)
    assert (record.use, record.panel, record.dashboard, record.text) == (
        Use.RECORDING, "job:up:sum", "g", "sum by (job) (up)",
    )  # fmt: skip
    assert (record.interval, record.labels) == (30.0, {"team": "a"})
    assert (alert.use, alert.panel, alert.for_seconds) == (Use.ALERT, "Down", 5400.0)
    assert alert.annotations == {"summary": "{{ $labels.job }} is down"}


def test_the_line_is_that_of_the_first_line_of_the_expression(tmp_path: Path) -> None:
    record, alert = _read(tmp_path, RULES)
    assert (record.where.line, alert.where.line) == (6, 11)


@pytest.mark.parametrize(
    "head",
    [
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec:\n",
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  rules.yml: |\n",
        "kind: List\nitems:\n  - kind: PrometheusRule\n    spec:\n",
    ],
    ids=["PrometheusRule", "ConfigMap", "List"],
)
def test_the_rules_are_found_in_every_form(tmp_path: Path, head: str) -> None:
    queries = _read(tmp_path, head + indent(RULES, "      "))
    above = head.count("\n")
    assert [query.where.line for query in queries] == [6 + above, 11 + above]


def test_every_document_of_a_file_is_read(tmp_path: Path) -> None:
    assert len(_read(tmp_path, f"{RULES}---\n{RULES}")) == 4


def test_an_expression_that_is_a_number_is_read_as_it_stands(tmp_path: Path) -> None:
    [query] = _read(tmp_path, "groups: [{name: g, rules: [{record: x, expr: 1}]}]")
    assert query.text == "1"


@pytest.mark.parametrize("text", ["a: 1", "kind: Deployment\nspec: {groups: [{rules: []}]}", "", "tests: []"])
def test_a_file_without_rules_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SignalproofError, match="no Prometheus rules"):
        _read(tmp_path, text)


def test_broken_yaml_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(SignalproofError) as caught:
        _read(tmp_path, "groups:\n  - name: 'x\n")
    assert caught.value.where is not None
    assert caught.value.where.line >= 2


def test_every_expression_of_the_published_rules_is_found_at_its_line() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of published rules is not beside the checkout")
    found = 0
    for file in sorted(CORPUS.iterdir()):
        lines = file.read_text().splitlines()
        for query in read_rules(file):
            found += 1
            assert query.text.split("\n")[0].strip() in lines[query.where.line - 1]
    assert found == 234
