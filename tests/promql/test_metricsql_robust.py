"""MetricsQL on real, broken and endless texts: a tree or a clear error, soon."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.promql.test_corpus import refusal
from tests.promql.test_metricsql import REFUSED, TAKEN
from tests.promql.test_mutations import mutated

from signalproof.promql import parser
from signalproof.promql.dialect import parse
from signalproof.promql.foreign import Foreign
from signalproof.promql.parser import PromQLSyntaxError
from signalproof.promql.printer import to_text
from signalproof.promql.source import DEEPEST, LONGEST
from signalproof.promql.tree import walk

SECONDS = 4.0
MISPLACED = "the error stands nowhere in the text"


def answer(text: str) -> str:
    """Return what is said against *text*; empty when it is read, and printed to an equal tree."""
    try:
        tree = parse(text, None, "metricsql")
    except PromQLSyntaxError as error:
        return str(error) if 0 <= error.span.start <= error.span.end <= len(text) else MISPLACED
    assert parse(to_text(tree), None, "metricsql") == tree
    return ""


@settings(deadline=None, max_examples=800, suppress_health_check=[HealthCheck.too_slow])
@given(text=st.sampled_from(TAKEN + REFUSED), seed=st.integers(0, 2**32))
def test_a_broken_query_is_read_or_refused_at_a_place_within_it(text: str, seed: int) -> None:
    assert answer(mutated(text, random.Random(seed))) != MISPLACED


@settings(deadline=None, max_examples=500)
@given(text=st.text(alphabet="abs(){}[],:=~!<>+-*/%^@#\"'`\\ \n.$0159exEXmhdi_é\0", max_size=40))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str) -> None:
    assert answer(text) != MISPLACED


@pytest.mark.parametrize(
    "unit",
    ["(", "a+", "-", "a^", "sum(", "$a", "${a:", "[[a", '"\\', "# \"\n", "a{b=\"c\"}+", "{a=\"b\" or ", "sum by(a,", "x[5m+", "a[5m:]+", "1h-5m", "a if ", "with (a=", "with (a=b) ", "\"a\"+", "x@-", "\\-"],
)  # fmt: skip
def test_the_longest_text_that_is_read_is_answered_soon(unit: str) -> None:
    started = time.process_time()
    assert answer(unit * (LONGEST // len(unit))) != MISPLACED
    assert time.process_time() - started < SECONDS


@pytest.mark.parametrize("unit", ["(", "-", "a^", "abs(", "sum by (x) (", "with (a = b) ", "with (a = "])
def test_ten_thousand_levels_are_refused_with_the_bound(unit: str) -> None:
    assert f"more than {DEEPEST} levels deep" in answer(unit * 10_000 + "a")


@pytest.mark.parametrize("operator", ["+", " default ", " == bool ", " if "])
def test_a_chain_of_five_thousand_terms_is_read_and_printed(operator: str) -> None:
    assert answer(operator.join(["a"] * 5000)) == ""


def test_the_corpus_gives_the_trees_of_promql_where_nothing_differs(corpus: list[str]) -> None:
    shared = 0
    for text in corpus:
        if answer(text) or refusal(text):
            continue
        tree = parse(text, None, "metricsql")
        if not any(isinstance(part, Foreign) for part in walk(tree)):
            assert tree == parser.parse(text)
            shared += 1
    assert shared > 6500


def test_a_query_with_variables_is_taken_when_it_is_with_their_values(
    corpus: list[str], concrete: Callable[[str], str]
) -> None:
    assert [text for text in corpus if bool(answer(text)) != bool(answer(concrete(text)))] == []
