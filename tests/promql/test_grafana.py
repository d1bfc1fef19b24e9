"""Grafana's side of a query: values for variables, and the queries that fill variables."""

from __future__ import annotations

import pytest

from signalproof.errors import SignalproofError
from signalproof.promql.ast import Duration, Range
from signalproof.promql.builtin import BUILT_INS, is_builtin
from signalproof.promql.grafana import VariableQuery, split_variable_query, substitute
from signalproof.promql.parser import PromQLSyntaxError, parse

VALUES = {
    "job": "api|web",
    "metric": "up",
    "label": "instance",
    "labels": "job, instance",
    "filters": 'a="b",c="d"',
    "n": "5",
    "window": "10m",
    "fn": "rate",
    "op": ">=",
    "__rate_interval": "1m",
    "__range_s": "3600",
    "__from": "1735686000000",
}


@pytest.mark.parametrize(
    ("query", "ready"),
    [
        ('rate(x{job=~"$job"}[$__rate_interval])', 'rate(x{job=~"api|web"}[1m])'),
        ('x{job=~"^(${job:pipe})$"}', 'x{job=~"^(api|web)$"}'),
        ('x{job=~"[[job]]"}', 'x{job=~"api|web"}'),
        ("sum by ($labels) (x)", "sum by (job, instance) (x)"),
        ("sum(x) by ([[label]], job)", "sum(x) by (instance, job)"),
        ("x / on ($label) group_left ($label) y", "x / on (instance) group_left (instance) y"),
        ("topk($n, $metric)", "topk(5, up)"),
        ("${metric}_total{$filters}", 'up_total{a="b",c="d"}'),
        ('x{$label="y"}', 'x{instance="y"}'),
        ("x[${window}] offset $window", "x[10m] offset 10m"),
        ("x[${__range_s}s:$window]", "x[3600s:10m]"),
        ("x @ ${__from:date:seconds}", "x @ 1735686000"),
        ('x == "$n"', None),
        ("histogram_quantile(0.9$n, x)", "histogram_quantile(0.95, x)"),
        ("$fn(x[5m]) $op $n", "rate(x[5m]) >= 5"),
        (
            'label_replace(x, "$label", "$1", "a", "(.*)$")',
            'label_replace(x, "instance", "$1", "a", "(.*)$")',
        ),
        ('x{topic!~"$SYS.*"} # $job', 'x{topic!~"$SYS.*"} # $job'),
        ("up", "up"),
    ],
)
def test_a_value_takes_the_place_of_its_variable(query: str, ready: str | None) -> None:
    if ready is None:
        with pytest.raises(PromQLSyntaxError):
            substitute(query, VALUES)
    else:
        assert substitute(query, VALUES) == ready


def test_a_tree_is_printed_with_its_values() -> None:
    assert substitute(parse("( topk( $n,x ) )"), VALUES) == "topk(5, x)"


def test_a_date_is_written_as_grafana_writes_it() -> None:
    assert (
        substitute('"${__from:date} ${__from:date:iso}"', VALUES)
        == '"2024-12-31T23:00:00.000Z 2024-12-31T23:00:00.000Z"'
    )


def test_an_unknown_variable_is_refused() -> None:
    with pytest.raises(PromQLSyntaxError, match=r"\$windows is no Grafana variable here") as caught:
        substitute("x[$windows]", VALUES)
    assert caught.value.help == "did you mean 'window'?"


def test_grafanas_own_variable_without_a_value_is_refused_with_an_example() -> None:
    with pytest.raises(SignalproofError, match=r"no value for Grafana's variable \$__interval") as caught:
        substitute("x[$__interval]", {})
    assert caught.value.help == "for example 15s"


def test_the_examples_of_grafanas_own_variables_make_valid_promql() -> None:
    examples = {one.name: one.example for one in BUILT_INS.values() if one.kind == "duration"}
    windows = [parse(substitute(f"x[${name}]", examples), ()) for name in examples]
    assert windows
    assert all(isinstance(one, Range) and isinstance(one.window, Duration) for one in windows)


@pytest.mark.parametrize(
    ("name", "own"), [("__rate_interval", True), ("__anything", True), ("timeFilter", True), ("job", False)]
)
def test_grafanas_own_names_are_known(name: str, own: bool) -> None:
    assert is_builtin(name) is own


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("label_values(job)", VariableQuery("label_values", "", 13, "job")),
        ("label_values(up, job)", VariableQuery("label_values", "up", 13, "job")),
        (' label_values( up{a="x, y"} ,job ) ', VariableQuery("label_values", 'up{a="x, y"}', 15, "job")),
        ("label_values(up, $label)", VariableQuery("label_values", "up", 13, "$label")),
        ('label_values(up, "http.code")', VariableQuery("label_values", "up", 13, "http.code")),
        ('label_values(up,"a,b")', VariableQuery("label_values", "up", 13, "a,b")),
        ("label_names()", VariableQuery("label_names", "", 12)),
        ("label_names(up)", VariableQuery("label_names", "up", 12)),
        ("metrics(node_.*)", VariableQuery("metrics", "node_.*", 8)),
        ("query_result(topk(5, sum(x) by (y)))", VariableQuery("query_result", "topk(5, sum(x) by (y))", 13)),
        (' up{a="b"}', VariableQuery("series", 'up{a="b"}', 1)),
        ("label_values(up, job", VariableQuery("series", "label_values(up, job", 0)),
        ('label_values(up, "\\q")', VariableQuery("series", 'label_values(up, "\\q")', 0)),
        ("", VariableQuery("series", "", 0)),
    ],
)
def test_the_query_of_a_variable_is_split(query: str, parts: VariableQuery) -> None:
    found = split_variable_query(query)
    assert found == parts
    assert query[found.start :].startswith(found.text)
