"""MetricsQL: what VictoriaMetrics takes and refuses, what is shared with PromQL, and that nothing more is claimed."""

from __future__ import annotations

import pytest

from signalproof.catalogue.exposition import Exposition
from signalproof.infer.inference import infer
from signalproof.infer.value import UNKNOWN
from signalproof.promql import parser
from signalproof.promql.ast import Call, Node, Selector
from signalproof.promql.dialect import DIALECTS, parse
from signalproof.promql.foreign import Foreign
from signalproof.promql.parser import PromQLSyntaxError
from signalproof.promql.printer import to_text
from signalproof.promql.tree import walk

TAKEN = [
    "rate(requests_total)",
    "RATE(requests_total[5m])",
    "rate(requests_total[5i])",
    "rate(requests_total[300])",
    "rate(requests_total[1.5h])",
    "rate(requests_total[1h-5m])",
    "rate(requests_total[:1m])",
    "rate(requests_total[:])",
    "rate(requests_total[$__interval])",
    "rate(requests_total[${window}:$step])",
    "rate(requests_total[5m:$step])",
    "max_over_time(rate(requests_total)[1h:1m])",
    "rate(requests_total) keep_metric_names",
    "(a / b) keep_metric_names",
    "a / b keep_metric_names + c",
    "sum(rate(x)) offset 1h",
    "sum(x) offset -2i",
    "x offset 1d @ (end() - 3.5m)",
    "x @ -5",
    "-x[5m][1h:]",
    "sum(a, b) by (job) limit 3",
    "sum by (job,) (a,)",
    "topk_avg(3, x, 'other=rest')",
    "quantiles('phi', 0.5, 0.9, x)",
    "any(x) without ()",
    "(a, b,)",
    "union()",
    "a default 0",
    "a if b ifnot c",
    "a default on (job) group_left (*) prefix 'up_' b",
    "a + on (job) fill_left(0) fill_right(-1) b",
    "'a' + 'b'",
    "1 > 2",
    "10Ki + 1.5MB + 0x1F + 0b101 + 0o17 + 1_000",
    "5m",
    "5i",
    '{a="b" or c="d",}',
    'up{job="a" or instance="b"}',
    "{'http.requests', job=\"a\"}",
    "http.requests{job='a'}",
    r"a\-b",
    "größe",
    "{}",
    "and + or",
    "label_set(x, 'a', 'b')",
    "histogram_quantile(0.9, sum(rate(latency_bucket)) by (vmrange))",
    "ru(free, size)",
    "WITH (x = a) x",
    "WITH (x = {job='a'}) up{x}",
    "WITH (x = {job='a' or job='b'}) x",
    "WITH (f(q, w) = rate(q[w])) f(x, 5m)",
    "WITH (w = 5m) rate(x[w:w] offset w)",
    "WITH (s = 'a') x{job=s + 'b'}",
    "WITH (by_(q, ls) = sum(q) by (ls)) by_(x, (a, b))",
    "WITH (unused(q) = nobody(q)) 1",
    "1 + WITH (x = a,) x + 2",
    "# a comment\nx # another",
]
REFUSED = [
    "",
    "a b",
    "sum or a",
    "nobody(x)",
    "rate(x",
    "rate(,)",
    "sum(x) by (a) limit b",
    "sum(x) by a",
    "sum(x) keep_metric_names",
    "a keep_metric_names",
    "x[5m] offset 1h offset 2h",
    "x @ 1 offset 1h @ 2",
    "x offset +5m",
    "x[]",
    "x[window]",
    "x[5m:1m:1m]",
    "x[5m",
    "a + bool b",
    "a and on (x) group_left () b",
    "a + group_left () b",
    "a + on x b",
    "a or fill(0) b",
    "08",
    "1__0",
    "0b12",
    "1e",
    "5.5.5",
    "'a' + b",
    "'a\nb'",
    "'\\d'",
    "{a}",
    '{a="b" or}',
    '{a="b",,}',
    "{,}",
    '{a=~"("}',
    "{a=b}",
    'x{__name__="y"}',
    "x{'y'}",
    "by (a)",
    "ru(free)",
    "WITH (x) x",
    "WITH (x = a, x = b) x",
    "WITH (f(a, a) = a) f(1, 2)",
    "WITH (f(a) = a) f(1, 2)",
    "WITH (x = sum(a)) x{job='a'}",
    "WITH (x = a) up{x}",
    "WITH (x = 1) sum(y) by (x)",
    "WITH (w = sum(a)) x[w]",
    "WITH (s = 1) x{job=s}",
    "WITH (x = a)",
]
SHARED = [
    "up",
    'sum by (job) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (job) (rate(http_requests_total[5m])) > 0.05',
    "a * on (x) group_left (y) b",
    "-a ^ 2 - 3 * b",
    "sum_over_time(rate(x[5m])[1h:1m] offset 1d)",
    "x[5m] offset -5m @ 100",
    'label_replace(up, "a", "$1", "b", "(.*)")',
    "topk(5, x) or vector(0)",
    'x{job="$job"}[$__rate_interval]',
    "count_values('v', x)",
]
UNSHARED = [
    "rate(x)",
    "max_over_time(x[5m])",
    "sum(x, y)",
    "sum(x) limit 3",
    "a default 0",
    "a if b",
    "rate(x[5m]) keep_metric_names",
    "rate(x[5i])",
    "x offset 1i",
    "histogram_quantile(0.9, x)",
    "sum(x) offset 1h",
    "WITH (a = x) sum(a)",
    'x{a="b" or c="d"}',
    "label_set(x, 'a', 'b')",
    "(a, b)",
]


def metricsql(text: str) -> Node:
    return parse(text, None, "metricsql")


@pytest.mark.parametrize("text", TAKEN)
def test_what_victoriametrics_takes_is_read_and_printed_to_an_equal_tree(text: str) -> None:
    tree = metricsql(text)
    printed = to_text(tree)
    assert metricsql(printed) == tree
    assert to_text(metricsql(printed)) == printed


@pytest.mark.parametrize("text", REFUSED)
def test_what_victoriametrics_refuses_is_refused_at_a_place_within_it(text: str) -> None:
    with pytest.raises(PromQLSyntaxError) as caught:
        metricsql(text)
    assert 0 <= caught.value.span.start <= caught.value.span.end <= len(text)


@pytest.mark.parametrize("text", SHARED)
def test_what_both_read_alike_is_one_tree_with_the_same_places(text: str) -> None:
    tree, ours = metricsql(text), parser.parse(text)
    assert tree == ours
    assert [part.span for part in walk(tree)] == [part.span for part in walk(ours)]


@pytest.mark.parametrize("text", UNSHARED)
def test_of_what_prometheus_does_not_share_nothing_is_claimed(text: str) -> None:
    tree = metricsql(text)
    assert isinstance(tree, Foreign)
    assert infer(tree, Exposition({})).root == UNKNOWN


def test_the_metrics_in_what_is_not_shared_are_found() -> None:
    tree = metricsql("sum(rate(a), b default c) limit 2")
    assert [part.name for part in walk(tree) if isinstance(part, Selector)] == ["a", "b", "c"]


def test_the_name_of_a_template_is_no_metric() -> None:
    tree = metricsql("WITH (a = up) sum(a)")
    assert [part for part in walk(tree) if isinstance(part, Selector)] == []


def test_the_variables_in_what_is_not_shared_are_known() -> None:
    tree = metricsql('WITH (a = {job="$job"}) up{a} default $other')
    assert [one.name for part in walk(tree) if isinstance(part, Foreign) for one in part.variables] == [
        "job",
        "other",
    ]


def test_no_function_of_promql_is_meant_by_what_is_not_shared() -> None:
    tree = metricsql("rate(x)")
    assert isinstance(tree, Call)
    assert tree.function == "metricsql rate"


def test_templates_that_double_each_other_are_refused() -> None:
    chain = ", ".join(f"a{index} = a{index - 1} + a{index - 1}" for index in range(1, 40))
    with pytest.raises(PromQLSyntaxError, match="more than 50000 words"):
        metricsql(f"WITH (a0 = x, {chain}) a39")


def test_a_variable_that_is_not_declared_is_refused() -> None:
    with pytest.raises(PromQLSyntaxError, match="no Grafana variable"):
        parse("rate(x[$window])", ["other"], "metricsql")


def test_prometheus_is_the_dialect_unless_another_is_named() -> None:
    assert DIALECTS == ("prometheus", "metricsql")
    assert parse("up") == parse("up", None, "prometheus") == parser.parse("up")
    with pytest.raises(PromQLSyntaxError):
        parse("rate(x)")
