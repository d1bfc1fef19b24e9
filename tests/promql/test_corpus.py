"""Real-world expressions, Prometheus' own test queries, and what two other parsers say of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping

import promql_parser
import pytest

from signalproof.promql.parser import PromQLSyntaxError, parse
from signalproof.promql.printer import to_text

REFUSED = {
    "a comma before the first matcher": (r"expected a label name or '\}', found ','", 12),
    "a selector that matches every series": (r"the selector matches every series there is", 1),
    "a comment that swallows the closing parenthesis, written for a text of several lines": (
        r"expected an expression, but the text ends",
        2,
    ),
    "a function of LogQL, the language of Grafana Loki": (r"there is no function bytes_over_time", 1),
}
"""What is wrong with the expressions of the corpus that no parser takes → what we say of them, and how many they are."""

ONE_SIDED: Mapping[str, str] = {}
"""Expressions of the corpus on which the parsers differ → why."""


def refusal(text: str) -> str:
    """Return what our parser says against *text*; empty when it takes it."""
    try:
        parse(text)
    except PromQLSyntaxError as error:
        return str(error)
    return ""


def peer_takes(text: str) -> bool:
    """Whether promql-parser takes *text*."""
    try:
        promql_parser.parse(text)
    except ValueError:
        return False
    return True


@pytest.fixture(scope="module")
def taken(corpus: list[str]) -> list[str]:
    """The expressions of the corpus that our parser takes as they are, variables and all."""
    return [text for text in corpus if not refusal(text)]


def test_what_is_refused_of_the_corpus_is_no_promql(corpus: list[str]) -> None:
    refusals = [message for text in corpus if (message := refusal(text))]
    found = Counter(
        why for message in refusals for why, (words, _) in REFUSED.items() if re.match(words, message)
    )
    assert found == {why: count for why, (_, count) in REFUSED.items()}
    assert len(refusals) == found.total()


def test_the_corpus_is_read_back_as_it_was_printed(taken: list[str]) -> None:
    assert [text for text in taken if parse(to_text(parse(text))) != parse(text)] == []


def test_the_corpus_has_one_text_per_tree(taken: list[str]) -> None:
    assert [text for text in taken if to_text(parse(to_text(parse(text)))) != to_text(parse(text))] == []


def test_an_expression_with_variables_is_taken_when_it_is_with_their_values(
    corpus: list[str], concrete: Callable[[str], str]
) -> None:
    differing = {text for text in corpus if bool(refusal(text)) != bool(refusal(concrete(text)))}
    assert differing == ONE_SIDED.keys()


def test_promtool_agrees_on_the_corpus(
    corpus: list[str],
    concrete: Callable[[str], str],
    refused_by_promtool: Callable[[list[str]], Mapping[int, str]],
) -> None:
    plain = [concrete(text) for text in corpus]
    refused = refused_by_promtool(plain)
    assert refused
    differing = {text for index, text in enumerate(plain) if bool(refusal(text)) != (index in refused)}
    assert differing == ONE_SIDED.keys()


def test_promql_parser_agrees_on_the_corpus(corpus: list[str], concrete: Callable[[str], str]) -> None:
    plain = [concrete(text) for text in corpus]
    differing = {text for text in plain if bool(refusal(text)) == peer_takes(text)}
    assert differing == ONE_SIDED.keys()


def test_every_query_that_prometheus_evaluates_in_its_tests_is_taken(evaluated: list[str]) -> None:
    assert len(evaluated) > 1900
    assert {text: message for text in evaluated if (message := refusal(text))} == {}


def test_every_query_of_prometheus_tests_is_read_back_as_it_was_printed(evaluated: list[str]) -> None:
    assert [text for text in evaluated if parse(to_text(parse(text))) != parse(text)] == []
