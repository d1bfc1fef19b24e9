"""The one spelling of a tree: short, and with the parentheses that its meaning needs."""

from __future__ import annotations

import pytest

from signalproof.promql.ast import Binary, Duration, Matcher, Number, Range, Selector, String, Unary
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text


@pytest.mark.parametrize(
    "text",
    [
        "a + b * c",
        "(a + b) * c",
        "a - (b - c)",
        "a ^ b ^ c",
        "(a ^ b) ^ c",
        "(-a) ^ b",
        "-(a + b)",
        "-a ^ b",
        "-a * b",
        "a * -b",
        "a ^ -b",
        "a - -1",
        "(-1) ^ 2",
        "--a",
        "(a or b) and c",
        "a == bool b",
        "a </ 5",
        "sum by (x, y) (a)",
        "sum without () (a)",
        "sum(a)",
        "topk by (x) (5, a)",
        'count_values("v", a)',
        "rate(a[5m])",
        'a{b="c",d!="e",f=~"g.*",h!~"i"}',
        '{"http.requests",code="200"}',
        '{"on"}',
        'a{"http.code"="200"}',
        'sum by ("a.b", "without") (a)',
        "a / on (x) group_left () (b + c)",
        "a / ignoring (x, y) group_right (z) b",
        "a + on () fill (0) b",
        "a + fill_left (-Inf) fill_right (NaN) b",
        "a[5m] anchored @ end() offset 1h30m",
        "a @ 1609746000 offset -5m",
        "sum(a)[1h:5m] @ start()",
        "(a + b)[1h:]",
        "a[step() + 5m]",
        "a[2m * 15]",
        "a[(1m + 2m) * 2]",
        "a[max_of(step(), 1m)] offset (1m + 2m)",
        "a offset -(1m + 2m)",
        "a[$__rate_interval]",
        'a{$filters,b=~"$c",d=~${e:doublequote}}',
        "$metric + ${prefix}_total",
        "time() - 0.5",
        "label_replace(a, \"x\", \"$1\", \"y\", \"(.*)\")",
        '"say \\"hi\\"\\n\\\\"',
    ],
)  # fmt: skip
def test_the_canonical_spelling_stays_as_it_is(text: str) -> None:
    assert to_text(parse(text)) == text


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("((a)) + ((b * c))", "a + b * c"),
        ("((a / b)) * c", "a / b * c"),
        ("SUM(a) BY (x,)", "sum by (x) (a)"),
        ("a{}", "a"),
        ("$a{ }", "$a{}"),
        ("$a{}[5m]", "$a[5m]"),
        ("a$b{}", "a$b"),
        ("a { b = 'c' , }", 'a{b="c"}'),
        ('{"a"}', "a"),
        ("a[300]", "a[5m]"),
        ("a[90s]", "a[1m30s]"),
        ("a[7d]", "a[1w]"),
        ("a[8d]", "a[8d]"),
        ("a[365d]", "a[1y]"),
        ("a[0.25]", "a[250ms]"),
        ("a[0.0001]", "a[0.0001]"),
        ("5m", "300"),
        ("0x10", "16"),
        ("1e3", "1000"),
        ("1e21", "1e+21"),
        ("inf", "Inf"),
        ("(-1)", "-1"),
        ("-(-(1))", "1"),
        ("`a\\b`", '"a\\\\b"'),
        ("a # why\n + b", "a + b"),
        ("a + fill_left (1) fill_right (1) b", "a + fill (1) b"),
        ("a[1h:5m] OFFSET 5m @ END()", "a[1h:5m] @ end() offset 5m"),
    ],
)
def test_another_spelling_becomes_the_canonical_one(text: str, printed: str) -> None:
    assert to_text(parse(text)) == printed


def test_a_tree_that_was_built_is_printed_too() -> None:
    built = Binary(
        "/",
        Unary("-", Number(-2.0)),
        Binary(
            "+", Range(Selector("x", (Matcher("a b", "=", String("\udcff")),)), Duration(5400)), Number(0.1)
        ),
    )
    assert to_text(built) == '2 / (x{"a b"="\\xff"}[1h30m] + 0.1)'
