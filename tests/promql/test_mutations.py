"""Broken expressions: real ones with a token lost, doubled, moved or replaced."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.slips import slipped

from signalproof.promql.ast import Node
from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.printer import to_text

TOKEN = re.compile(
    r"""\s+|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`|[A-Za-z_:][\w:]*|\d[\w.]*|[=!<>]=|[=!]~|.""",
    re.DOTALL,
)
EXTRA = [
    *TOKEN.findall(
        "sum by without on ignoring group_left group_right bool offset and or unless atan2 rate topk quantile label_replace"
        " count_values vector scalar time abs absent round clamp foo a:b __name__ Inf NaN 5m 1h 0 1e3 0x1F 08 0777 1_000 1m5s 5m1h"
        " 5y .5 1. ()[]{},:= == != =~ !~ <><= >= +-*/%^@ \"x\" 'y' `z` \" ' ` \\ # é"
    ),
    *(
        "start()",
        "end()",
        "-1",
        "[5m]",
        "[5m:1m]",
        "[5m:]",
        "[0s]",
        "{}",
        '{a="b"}',
        '{a=""}',
        '{a=~".*"}',
        '{a=~"("}',
    ),
    *('"\\d"', '{"a.b"}', "by (without)", "@ 1e30", "$v", "${v:csv}", "[[v]]", "# \n"),
]

NEWER = {
    "quoted names": r"unexpected string .* in (label matching|grouping opts)",
    "colons in labels": r"unexpected metric identifier .* in grouping opts",
    "numbers for durations": r"missing unit character in duration|unexpected number .* in (offset|subquery selector)",
    "durations for numbers": r"unexpected duration ",
    "underscores in numbers": r"bad number or duration syntax: \"[0-9]+",
    "computed durations": r"unexpected (<op:[-+*/%^]>|\"\(\"|identifier .*) in (subquery|offset)",
    "trim operators": r"unexpected <op:/>",
    "start() and end() as functions": r'unexpected "\("$',
    "zero offsets": r"duration must be greater than 0",
}
"""What Prometheus 3 takes and promtool 2.42 refuses → the words in which it does."""


def mutated(text: str, choice: random.Random) -> str:
    """Return *text* with one to three tokens lost, added, replaced or swapped."""
    return slipped(TOKEN.findall(text), EXTRA, choice)


@pytest.fixture(scope="module")
def written(corpus: list[str], evaluated: list[str]) -> list[str]:
    """Expressions to break."""
    return [text for text in (*corpus, *evaluated) if len(text) < 300]


def read(text: str, variables: tuple[str, ...] | None = None) -> Node | PromQLSyntaxError:
    """Return the tree of *text*, or why it has none."""
    try:
        return parse(text, variables)
    except PromQLSyntaxError as error:
        return error


def is_answered(text: str) -> bool:
    """Whether *text* is read and printed to an equal tree, or refused at a place within it."""
    answer = read(text)
    if isinstance(answer, PromQLSyntaxError):
        return 0 <= answer.span.start <= answer.span.end <= len(text) and str(answer) != ""
    return parse(to_text(answer)) == answer


@settings(deadline=None, max_examples=1500, suppress_health_check=[HealthCheck.too_slow])
@given(index=st.integers(0, 8000), seed=st.integers(0, 2**32))
def test_a_broken_expression_is_read_or_refused_at_a_place_within_it(
    written: list[str], index: int, seed: int
) -> None:
    assert is_answered(mutated(written[index % len(written)], random.Random(seed)))


@settings(deadline=None, max_examples=500)
@given(text=st.text(alphabet="abs(){}[],:=~!<>+-*/%^@#\"'`\\ \n.$0159exEXmhd_é\0", max_size=40))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    assert is_answered(text)


def test_promtool_agrees_on_broken_expressions_but_for_newer_syntax(
    corpus: list[str],
    concrete: Callable[[str], str],
    refused_by_promtool: Callable[[list[str]], Mapping[int, str]],
) -> None:
    choice = random.Random(1)
    plain = [text for one in choice.sample(corpus, 4000) if "$" not in (text := concrete(one))]
    broken = [
        text
        for one in plain
        if "$" not in (text := mutated(one, choice)) and "[[" not in text and text.strip()
    ]
    refused = refused_by_promtool(broken)
    assert len(refused) > 1000
    differing = {
        text: refused.get(index, f"taken by promtool, and by us: {answer}")
        for index, text in enumerate(broken)
        if isinstance(answer := read(text, ()), PromQLSyntaxError) != (index in refused)
    }
    newer = re.compile("|".join(NEWER.values()))
    assert {text: words for text, words in differing.items() if not newer.search(words)} == {}
