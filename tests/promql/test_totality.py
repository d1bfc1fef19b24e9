"""Any text gives a tree or a clear error, soon: no crash, no recursion, no hang."""

from __future__ import annotations

import time

import pytest
from tests.compiled import COMPILED

from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.printer import to_text
from signalproof.promql.source import DEEPEST, LONGEST
from signalproof.promql.tree import walk

SECOND = 1.0
MEGABYTE = 1_000_000


def seconds_for(text: str) -> float:
    started = time.process_time()
    try:
        tree = parse(text)
    except PromQLSyntaxError:
        return time.process_time() - started
    assert to_text(tree)
    return time.process_time() - started


@pytest.mark.parametrize(
    "unit",
    ["(", "a+", "a", "-", "{", "[", "x[", "a^", "sum(", "$a", "${a:", "[[a", '"', '"\\', "#", "# \"\n", "1", "0x1", " ", "a ", "a{b=\"c\"}+", "{a=\"b\",", "sum by(a,", "x[5m+", "x offset ", "a[5m:]", "\\x", "é", "\0", "\ud800", "`", "a or ", "a=~", "1_", "a:", "@", "x[${v:"],
)  # fmt: skip
def test_a_megabyte_of_anything_is_answered_within_a_second(unit: str) -> None:
    assert seconds_for(unit * (MEGABYTE // len(unit))) < SECOND


@pytest.mark.parametrize(
    "unit",
    ["(", "a+", "-", "a^", "sum(", "$a", "${a:", "[[a", '"\\', "# \"\n", "a{b=\"c\"}+", "{a=\"b\",", "sum by(a,", "x[5m+", "a offset 0s ", "'\"", "a[5m:]+", "1+", "a==bool ", "a + on(b) group_left(c) "],
)  # fmt: skip
def test_the_longest_text_that_is_read_is_answered_soon(unit: str) -> None:
    assert seconds_for(unit * (LONGEST // len(unit))) < 4 * SECOND


def test_a_text_of_one_megabyte_is_refused_with_the_limit() -> None:
    with pytest.raises(PromQLSyntaxError, match="1000000 characters long") as caught:
        parse("a" * MEGABYTE)
    assert str(LONGEST) in caught.value.help


@pytest.mark.parametrize(
    "text",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        "-" * 10_000 + "a",
        "a^" * 10_000 + "a",
        "abs(" * 10_000 + "a" + ")" * 10_000,
        "sum by (x) (" * 10_000,
    ],
)
def test_ten_thousand_levels_are_refused_with_the_bound(text: str) -> None:
    with pytest.raises(PromQLSyntaxError, match=f"more than {DEEPEST} levels deep"):
        parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * DEEPEST + "a" + ")" * DEEPEST,
        "-" * DEEPEST + "a",
        "a^" * DEEPEST + "a",
        "abs(" * DEEPEST + "a" + ")" * DEEPEST,
    ],
)
def test_as_many_levels_as_the_bound_are_read(text: str) -> None:
    tree = parse(text)
    assert parse(to_text(tree)) == tree


@pytest.mark.parametrize("operator", ["+", " or ", " == bool ", " / on (x) "])
def test_a_chain_of_five_thousand_terms_is_read_walked_and_printed(operator: str) -> None:
    text = operator.join(["a"] * 5000)
    tree = parse(text)
    assert sum(1 for _ in walk(tree)) == 9999
    assert parse(to_text(tree)) == tree


def test_a_duration_of_hundreds_of_parts_is_refused() -> None:
    with pytest.raises(PromQLSyntaxError, match="more than 64 parts"):
        parse(f"a[{'1m+' * 500}1m]")


def nested(depth: int) -> None:
    if depth:
        nested(depth - 1)
    else:
        parse("(" * DEEPEST + "a" + ")" * DEEPEST)


@pytest.mark.skipif(COMPILED, reason="compiled code needs no room on the stack of the interpreter")
def test_little_room_on_the_stack_is_a_clear_error() -> None:
    with pytest.raises(PromQLSyntaxError, match="nested too deeply"):
        nested(800)
