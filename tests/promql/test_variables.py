"""Grafana variables are tokens: in every place of the language, with the place known."""

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
    Matcher,
    Matching,
    Node,
    Number,
    Range,
    Selector,
    String,
    Subquery,
    Time,
    Variable,
)
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.printer import to_text
from signalproof.promql.tree import parts

A = Selector("a")


def variable(text: str, name: str = "v", form: str = "") -> Variable:
    return Variable(name, text, form)


@pytest.mark.parametrize(
    ("written", "name", "form"),
    [
        ("$v", "v", ""),
        ("${v}", "v", ""),
        ("${v:csv}", "v", "csv"),
        ("${v.text}", "v", ""),
        ("${v.text:raw}", "v", "raw"),
        ("[[v]]", "v", ""),
        ("[[v:pipe]]", "v", "pipe"),
        ("$__rate_interval", "__rate_interval", ""),
        ("${__from:date:seconds}", "__from", "date:seconds"),
    ],
)
def test_every_spelling_of_a_variable_is_read(written: str, name: str, form: str) -> None:
    assert parse(written) == Variable(name, written, form)


@pytest.mark.parametrize(
    ("written", "window"),
    [
        ("$v", variable("$v")),
        ("${v}", variable("${v}")),
        ("[[v]]", variable("[[v]]")),
        ("${v}s", variable("${v}s")),
        ("5$v", variable("5$v")),
        ("$v * 2", DurationOperation("*", (variable("$v"), Duration(2)))),
        ("-$v", DurationOperation("-", (variable("$v"),))),
    ],
)
def test_a_variable_stands_for_a_duration(written: str, window: Time) -> None:
    assert parse(f"a[{written}]") == Range(A, window)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a[1h:$v]", Subquery(A, Duration(3600), variable("$v"))),
        ("a[$v:$v]", Subquery(A, variable("$v"), variable("$v"))),
        ("a offset $v", Selector("a", offset=variable("$v"))),
        ("a offset -$v", Selector("a", offset=DurationOperation("-", (variable("$v"),)))),
        ("a @ $v", Selector("a", at=At(variable("$v")))),
        ("a @ ${v:date:seconds}", Selector("a", at=At(variable("${v:date:seconds}", form="date:seconds")))),
        ("sum by ($v) (a)", Aggregation("sum", A, None, Grouping(False, (variable("$v"),)))),
        ("sum(a) without (${v:csv})", Aggregation("sum", A, None, Grouping(True, (variable("${v:csv}", form="csv"),)))),
        ("sum by (x_$v) (a)", Aggregation("sum", A, None, Grouping(False, (variable("x_$v"),)))),
        ("a / on ($v) a", Binary("/", A, A, Matching(True, (variable("$v"),), explicit=True))),
        ("topk($v, a)", Aggregation("topk", A, variable("$v"))),
        ("histogram_quantile(0.$v, a)", Call("histogram_quantile", (variable("0.$v"), A))),
        ("$v * 2", Binary("*", variable("$v"), Number(2))),
        ("a $v 5", Binary("$v", A, Number(5))),
        ("$v(a[5m])", Call("$v", (Range(A, Duration(300)),))),
        ("$v by (x) (a)", None),
        ("$v", variable("$v")),
        ("$v[5m]", Range(Selector("$v"), Duration(300))),
        ("$v offset 5m", Selector("$v", offset=Duration(300))),
        ("$v{x='y'}", Selector("$v", (Matcher("x", "=", String("y")),))),
        ("${v}_total", Selector("${v}_total")),
        ("a_${v}_$v", Selector("a_${v}_$v")),
        ("a[[v]]_b", Selector("a[[v]]_b")),
        ("a{$v}", Selector("a", (variable("$v"),))),
        ("{$v, x='y'}", Selector("", (variable("$v"), Matcher("x", "=", String("y"))))),
        ("a{x='y' $v}", Selector("a", (Matcher("x", "=", String("y")), variable("$v")))),
        ("a{$v='y'}", Selector("a", (Matcher(variable("$v"), "=", String("y")),))),
        ("a{x=~$v}", Selector("a", (Matcher("x", "=~", String("$v", "$v", (variable("$v"),))),))),
        ("{x=~'$v'}", Selector("", (Matcher("x", "=~", String("$v")),))),
    ],
)  # fmt: skip
def test_a_variable_stands_for_whatever_the_place_takes(text: str, tree: Node | None) -> None:
    read = parse(text)
    assert tree is None or read == tree
    assert parse(to_text(read)) == read


@pytest.mark.parametrize(
    "text",
    [
        'a{x="$v"}',
        'a{x=~"${v:regex}|y"}',
        'label_replace(a, "x", "$v", "", "")',
        "a{x=`[[v]]`}",
        '{"$v"="y"}',
        '"$v"',
    ],
)
def test_a_variable_in_a_string_knows_where_it_stands(text: str) -> None:
    found = [part for part in parts(parse(text, ["v"])) if isinstance(part, Variable)]
    assert [text[slice(*one.span)] for one in found] == [one.text for one in found]
    assert len(found) == ("{" + '"$v"=' not in text)


@pytest.mark.parametrize(
    "text", ["a$job", "a$job{}", "ab$job", "a${job}_total", "x[5$job]", "x offset 5$job", "a$job + a$job"]
)
def test_a_variable_behind_other_characters_knows_where_it_stands(text: str) -> None:
    found = [
        part for part in parts(parse(text, ["job"])) if isinstance(part, Variable) and part.text[0] == "$"
    ]
    assert [(one.name, text[slice(*one.span)]) for one in found] == [("job", one.text) for one in found]
    assert len(found) == (0 if "5$" in text else text.count("$"))  # a length of time is one token


def test_several_variables_in_one_string_are_found() -> None:
    text = 'a{x=~"$u-${v}.[[w]]"}'
    assert [part.name for part in parts(parse(text)) if isinstance(part, Variable)] == ["u", "v", "w"]


def test_an_undeclared_name_in_a_string_is_plain_text() -> None:
    text = r'label_replace(a{topic!~"$SYS.*"}, "x", "$1", "y", "(.*)$")'
    assert not [part for part in parts(parse(text, ["v"])) if isinstance(part, Variable)]


def test_an_undeclared_name_outside_of_a_string_is_refused() -> None:
    with pytest.raises(PromQLSyntaxError, match="no Grafana variable here"):
        parse("a[$w]", ["v"])


def test_one_undeclared_name_among_declared_ones_is_refused() -> None:
    with pytest.raises(PromQLSyntaxError, match=r"\$w is no Grafana variable here"):
        parse("${v}_$w", ["v"])


def test_grafanas_own_variables_need_no_declaration() -> None:
    assert parse("rate(a[$__rate_interval])", []) == Call(
        "rate", (Range(A, Variable("__rate_interval", "$__rate_interval")),)
    )


def test_without_declarations_whatever_looks_like_a_variable_is_one() -> None:
    text = 'a{x="$anything"}'
    assert [part.name for part in parts(parse(text)) if isinstance(part, Variable)] == ["anything"]


def test_what_a_digit_starts_is_no_variable() -> None:
    assert not [
        part
        for part in parts(parse('label_replace(a, "x", "$1", "y", "(.*)")'))
        if isinstance(part, Variable)
    ]


@pytest.mark.parametrize("text", ["5$v{}", "5$v(a)", ".5$v by (a) (b)"])
def test_what_a_number_and_a_variable_make_is_no_name(text: str) -> None:
    with pytest.raises(PromQLSyntaxError, match="expected an operator or the end"):
        parse(text)


def test_a_regular_expression_with_a_variable_is_not_judged() -> None:
    assert parse('a{x=~"($v"}') == Selector("a", (Matcher("x", "=~", String("($v")),))


def test_the_same_braces_are_read_anew_under_other_declarations() -> None:
    text = 'a{x="$v"}'
    declared, plain = parse(text, ["v"]), parse(text, ["w"])
    assert [sum(isinstance(part, Variable) for part in parts(tree)) for tree in (declared, plain)] == [1, 0]
