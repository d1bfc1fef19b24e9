"""The language: what is read, as what, and where it stands in the text."""

from __future__ import annotations

import pytest

from signalproof.promql.ast import (
    Aggregation,
    At,
    Binary,
    Call,
    Duration,
    DurationOperation,
    Grouping,
    LabelName,
    Matcher,
    Matching,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
)
from signalproof.promql.parser import parse

A, B, C = Selector("a"), Selector("b"), Selector("c")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a + b * c", Binary("+", A, Binary("*", B, C))),
        ("a * b + c", Binary("+", Binary("*", A, B), C)),
        ("a - b - c", Binary("-", Binary("-", A, B), C)),
        ("a ^ b ^ c", Binary("^", A, Binary("^", B, C))),
        ("-a ^ b", Unary("-", Binary("^", A, B))),
        ("-a * b", Binary("*", Unary("-", A), B)),
        ("a ^ -b * c", Binary("*", Binary("^", A, Unary("-", B)), C)),
        ("a or b and c", Binary("or", A, Binary("and", B, C))),
        ("a unless b and c", Binary("and", Binary("unless", A, B), C)),
        ("a == b + c", Binary("==", A, Binary("+", B, C))),
        ("a </ b", Binary("</", A, B)),
        ("a >/ 1", Binary(">/", A, Number(1))),
        ("a atan2 b", Binary("atan2", A, B)),
        ("a AND b", Binary("and", A, B)),
        ("-1 ^ 2", Unary("-", Binary("^", Number(1), Number(2)))),
        ("--1", Number(1)),
        ("+a", Unary("+", A)),
        ("(a)", Paren(A)),
        ("1 > bool 2", Binary(">", Number(1), Number(2), None, bool_modifier=True)),
    ],
)
def test_operators_bind_as_in_prometheus(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a[5m]", Range(A, Duration(300))),
        ("a[300]", Range(A, Duration(300))),
        ("a[1_0]", Range(A, Duration(10))),
        ("a [ 5m ]", Range(A, Duration(300))),
        ("a offset 5m", Selector("a", offset=Duration(300))),
        ("a offset -5m", Selector("a", offset=Duration(-300))),
        ("a offset -0m", Selector("a", offset=Duration(0))),
        ("a OFFSET 0s", Selector("a", offset=Duration(0))),
        ("a[5m] offset 1h", Range(Selector("a", offset=Duration(3600)), Duration(300))),
        ("a @ 10", Selector("a", at=At(10))),
        ("a @ -1.5", Selector("a", at=At(-1.5))),
        ("a @ 5m", Selector("a", at=At(300))),
        ("a @ start()", Selector("a", at=At("start"))),
        ("a @ end ( )", Selector("a", at=At("end"))),
        ("a[5m] @ end() offset 1m", Range(Selector("a", offset=Duration(60), at=At("end")), Duration(300))),
        ("a offset 1m @ 5", Selector("a", offset=Duration(60), at=At(5))),
        ("a[5m] anchored", Range(Selector("a", mode="anchored"), Duration(300))),
        ("a smoothed", Selector("a", mode="smoothed")),
        ("a[1h:5m]", Subquery(A, Duration(3600), Duration(300))),
        ("a[1h:]", Subquery(A, Duration(3600))),
        ("a offset 1m [1h:]", Subquery(Selector("a", offset=Duration(60)), Duration(3600))),
        (
            "(a + b)[1h:] offset 5m @ 0",
            Subquery(Binary("+", A, B), Duration(3600), None, Duration(300), At(0)),
        ),
        ("a offset 2 ^ 2", Binary("^", Selector("a", offset=Duration(2)), Number(2))),
        (
            "a offset (2) ^ 2 > 1",
            Binary(">", Selector("a", offset=DurationOperation("^", (Duration(2), Duration(2)))), Number(1)),
        ),
        ("a offset - -2 * 2", Selector("a", offset=DurationOperation("*", (Duration(2), Duration(2))))),
        ("(a offset (2)) ^ 2", Binary("^", Selector("a", offset=Duration(2)), Number(2))),
        ("a + b offset 5m", Binary("+", A, Selector("b", offset=Duration(300)))),
    ],
)
def test_ranges_offsets_and_fixed_times_belong_to_the_operand_before(text: str, tree: Node) -> None:
    assert parse(text) == tree


def step(*operands: Duration) -> DurationOperation:
    return DurationOperation("step", operands)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("5m+1m", DurationOperation("+", (Duration(300), Duration(60)))),
        ("5m * 2 + 1", DurationOperation("+", (DurationOperation("*", (Duration(300), Duration(2))), Duration(1)))),
        ("2 ^ 3 ^ 2", DurationOperation("^", (Duration(2), DurationOperation("^", (Duration(3), Duration(2)))))),
        ("-5m + 10m", DurationOperation("+", (Duration(-300), Duration(600)))),
        ("-2 ^ 2 + 5m", DurationOperation("+", (DurationOperation("-", (DurationOperation("^", (Duration(2), Duration(2))),)), Duration(300)))),
        ("(5m + 1m) * 2", DurationOperation("*", (DurationOperation("+", (Duration(300), Duration(60))), Duration(2)))),
        ("step()", step()),
        ("STEP() + 1", DurationOperation("+", (step(), Duration(1)))),
        ("range()", DurationOperation("range", ())),
        ("max_of(min_of(step(), 1h), 1ms)", DurationOperation("max_of", (DurationOperation("min_of", (step(), Duration(3600))), Duration(0.001)))),
    ],
)  # fmt: skip
def test_a_duration_can_be_computed(text: str, window: DurationOperation) -> None:
    assert parse(f"a[{text}]") == Range(A, window)


def test_a_computed_offset_ends_before_an_operator() -> None:
    computed = DurationOperation("-", (DurationOperation("*", (step(), Duration(2))),))
    assert parse("a offset -(step() * 2) * 2") == Binary("*", Selector("a", offset=computed), Number(2))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a{}", A),
        ('a{b="c"}', Selector("a", (Matcher("b", "=", String("c")),))),
        ("{b='c',}", Selector("", (Matcher("b", "=", String("c")),))),
        (
            'a{b=~"c|d", e!~`f`}',
            Selector("a", (Matcher("b", "=~", String("c|d")), Matcher("e", "!~", String("f")))),
        ),
        ('{"http.requests"}', Selector("http.requests")),
        ('{"a", b="c"}', Selector("a", (Matcher("b", "=", String("c")),))),
        ('{b="c", "a"}', Selector("a", (Matcher("b", "=", String("c")),))),
        ('a{"http.code"="200"}', Selector("a", (Matcher("http.code", "=", String("200")),))),
        ('{__name__="a"}', Selector("", (Matcher("__name__", "=", String("a")),))),
        ('{"a", "b"}', Selector("a", (Matcher("__name__", "=", String("b")),))),
        (
            'a{sum="b", by="c"}',
            Selector("a", (Matcher("sum", "=", String("b")), Matcher("by", "=", String("c")))),
        ),
    ],
)
def test_matchers_stand_in_braces(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    "name",
    [
        "sum",
        "by",
        "and",
        "or",
        "unless",
        "offset",
        "without",
        "start",
        "end",
        "step",
        "range",
        "anchored",
        "smoothed",
        "fill",
        "fill_left",
        "min_of",
        "topk",
        "a:b",
        ":x",
    ],
)
def test_a_word_of_the_language_can_be_a_metric(name: str) -> None:
    assert parse(f"{name} + {name}") == Binary("+", Selector(name), Selector(name))


@pytest.mark.parametrize(
    "name",
    [
        "on",
        "ignoring",
        "bool",
        "group_left",
        "by",
        "sum",
        "and",
        "or",
        "unless",
        "offset",
        "start",
        "end",
        "atan2",
        "anchored",
        "a:b",
    ],
)
def test_a_word_of_the_language_can_be_a_label(name: str) -> None:
    assert parse(f"sum by ({name}) (a)") == Aggregation("sum", A, None, Grouping(False, (LabelName(name),)))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("sum(a)", Aggregation("sum", A)),
        ("SUM BY (x) (a)", Aggregation("sum", A, None, Grouping(False, (LabelName("x"),)))),
        ("sum(a) by (x, y,)", Aggregation("sum", A, None, Grouping(False, (LabelName("x"), LabelName("y"))))),
        ("sum without () (a)", Aggregation("sum", A, None, Grouping(True, ()))),
        ('sum by ("a.b") (a)', Aggregation("sum", A, None, Grouping(False, (LabelName("a.b"),)))),
        ("topk(5, a)", Aggregation("topk", A, Number(5))),
        ('count_values("v", a)', Aggregation("count_values", A, String("v"))),
        ("limit_ratio(-0.5, a)", Aggregation("limit_ratio", A, Number(-0.5))),
        ("limitk(2, a)", Aggregation("limitk", A, Number(2))),
        ("quantile(scalar(b), a)", Aggregation("quantile", A, Call("scalar", (B,)))),
    ],
)
def test_an_aggregation_has_its_parameter_and_labels(text: str, tree: Node) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("modifiers", "matching"),
    [
        ("on (x)", Matching(True, (LabelName("x"),), explicit=True)),
        ("ignoring (x, y)", Matching(False, (LabelName("x"), LabelName("y")), explicit=True)),
        ("on ()", Matching(True, explicit=True)),
        ("on (x) group_left", Matching(True, (LabelName("x"),), "left", explicit=True)),
        (
            "on (x) group_right (y)",
            Matching(True, (LabelName("x"),), "right", (LabelName("y"),), explicit=True),
        ),
        ("fill (0)", Matching(fill_left=0, fill_right=0)),
        ("fill_left(5) fill_right(-7)", Matching(fill_left=5, fill_right=-7)),
        ("fill_right(NaN) fill_left(-Inf)", Matching(fill_left=float("-inf"), fill_right=float("nan"))),
        ("ON (x) GROUP_LEFT () FILL (1)", Matching(True, (LabelName("x"),), "left", (), True, 1, 1)),
    ],
)
def test_a_matching_is_read_as_written(modifiers: str, matching: Matching) -> None:
    assert parse(f"a / {modifiers} b") == Binary("/", A, B, matching)


@pytest.mark.parametrize(
    "text",
    [
        "histogram_quantile(0.9, rate(a[5m]))",
        'histogram_quantiles(a, "q", 0.5, 0.9)',
        "histogram_fraction(0, 0.2, a)",
        "label_join(a, 'b', ',')",
        "label_join(a, 'b', ',', 'c', 'd', 'e')",
        "sort_by_label(a, 'b', 'c')",
        "info(a)",
        'info(a, {b=~".*"})',
        "info(a, {})",
        'info(a, {b="c"} @ 5 offset 1m)',
        "days_in_month()",
        "round(a)",
        "round(a, 5)",
        "min_of(start(), end()) + step() * range()",
        "holt_winters(a[5m], 0.5, 0.5)",
        "double_exponential_smoothing(a[5m], 0.5, 0.5)",
        "first_over_time(a[5m])",
        "mad_over_time(a[5m])",
        "time() - pi()",
    ],
)
def test_a_function_is_called_as_prometheus_has_it(text: str) -> None:
    assert isinstance(parse(text), Call | Binary)


def test_comments_and_line_breaks_are_space() -> None:
    text = "sum by (x) ( # the sum\n  a # of a\n)\r\n+ b#"
    assert parse(text) == parse("sum by (x) (a) + b")
