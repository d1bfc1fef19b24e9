"""Nodes: never changed, small, compared by what they mean."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path

import pytest

from signalproof.infer.value import Labels, Value
from signalproof.promql import parser
from signalproof.promql.ast import (
    NOWHERE,
    Binary,
    Call,
    Number,
    Paren,
    Selector,
    Span,
    String,
    Unary,
    Variable,
)
from signalproof.promql.node import Part
from signalproof.promql.parser import parse


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a+b", "a + b"),
        ("((a)) + (b)", "a + b"),
        ("a[5m]", "a[300s]"),
        ("5m", "3e2"),
        ("'a'", '"a"'),
        ("-(1)", "-1"),
        ("NaN", "nan"),
        ("a{b='c'}", '{"a", b="c"}'),
        ("SUM(a) BY (x)", "sum by (x) (a)"),
        ("a offset (5m)", "a offset 5m"),
    ],
)
def test_expressions_that_mean_the_same_are_equal(one: str, other: str) -> None:
    first, second = parse(one), parse(other)
    assert first == second
    assert hash(first) == hash(second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a + b", "b + a"),
        ("(a + b) * c", "a + b * c"),
        ("-a", "+a"),
        ("0", "-0"),
        ("a[5m]", "a[5m:]"),
        ("a{b='$c'}", "a{b=$c}"),
        ("sum(a)", "sum by () (a)"),
        ("a == b", "a == bool b"),
        ("a @ start()", "a @ end()"),
        ("a{b='c',d='e'}", "a{d='e',b='c'}"),
    ],
)
def test_expressions_that_mean_something_else_differ(one: str, other: str) -> None:
    assert parse(one) != parse(other)


@pytest.mark.parametrize("other", [1, 1.0, "a", (), None])
def test_a_node_is_no_other_thing(other: object) -> None:
    assert Number(1) != other
    assert Selector("a") != other


def test_a_span_takes_a_pair_of_offsets() -> None:
    node = Number(1, "1", (3, 4))
    assert node.span == Span(3, 4)
    assert node.span.end == 4


def test_a_node_that_was_built_stands_nowhere() -> None:
    assert Selector("a").name_span == NOWHERE


def test_nodes_can_be_replaced_in_part() -> None:
    tree = parse('x{a="b"}')
    assert isinstance(tree, Selector)
    moved = replace(tree, name="y")
    assert (moved.name, moved.matchers, moved.span) == ("y", tree.matchers, tree.span)


def test_fields_and_repr_are_those_of_a_dataclass() -> None:
    assert [one.name for one in fields(Unary("-", Number(1)))] == ["operator", "expr", "place"]
    assert repr(Number(1.0, "1", (0, 1))) == "Number(value=1.0, text='1', place=(0, 1))"


def test_nodes_match_by_position() -> None:
    match Call("rate", (Number(1),)):
        case Call(name, (Number(value),)):
            assert (name, value) == ("rate", 1)
        case _:
            pytest.fail("no match")


def test_nodes_have_no_dictionary() -> None:
    assert not hasattr(Variable("v", "$v"), "__dict__")


def test_nodes_work_as_keys() -> None:
    assert {parse("(a)"): 1}[Selector("a")] == 1


def test_a_long_chain_is_compared_and_hashed_without_recursion() -> None:
    one, other = parse("+".join(["a"] * 5000)), parse(" + ".join(["a"] * 5000))
    assert one == other
    assert hash(one) == hash(other)
    assert one != Binary("-", one, Paren(String("x")))


OTHERS = frozenset({"self", "group", "state"})
"""What has fields of the same name: an object in its own methods, a group of a regular expression, the state of a parser."""


def test_no_code_changes_a_node_or_what_is_known_of_one() -> None:
    kinds = (*Part.__subclasses__(), Value, Labels)
    names = {name for kind in kinds for name in kind.__annotations__}
    changed = [
        f"{path.name} {ast.unparse(target)}"
        for folder in ("promql", "infer", "lint", "rules", "dashboard", "live")
        for path in Path(parser.__file__).parents[1].joinpath(folder).rglob("*.py")
        for statement in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(statement, ast.Assign | ast.AugAssign | ast.AnnAssign)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Attribute)
        and target.attr in names
        and ast.unparse(target.value) not in OTHERS
    ]
    assert changed == ["labelsets.py labels.bare"]  # worked out once, and kept
