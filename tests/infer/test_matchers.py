"""Regular expressions and matchers over known values."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signalproof.catalogue.labels import LabelDomain
from signalproof.infer.matchers import narrowed
from signalproof.infer.patterns import alternatives, kept, matches

_TEXTS = st.text("ab.|()*+?[]^$\\d-", max_size=8)


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        ("a|b", {"a", "b"}),
        ("(a|b)", {"a", "b"}),
        ("(?:a|b)", {"a", "b"}),
        ("a\\.b", {"a.b"}),
        ("", {""}),
        ("a|", {"a", ""}),
        ("a.b", None),
        ("a+", None),
        ("(a)(b)", None),
    ],
)
def test_a_list_of_texts_is_read_from_a_regular_expression(pattern: str, texts: set[str] | None) -> None:
    assert alternatives(pattern) == texts


@given(_TEXTS, st.text("ab.", max_size=5))
def test_what_is_decided_agrees_with_a_regular_expression_engine(pattern: str, value: str) -> None:
    answer = matches(pattern, value)
    if answer is None:
        return
    try:
        expression = re.compile(pattern, re.DOTALL | re.ASCII)
    except (re.error, FutureWarning):  # what Python reads otherwise is decided for the empty text alone
        assert value == ""
    else:
        assert answer is (expression.fullmatch(value) is not None)


@given(_TEXTS)
def test_a_listed_text_matches_its_pattern(pattern: str) -> None:
    for text in alternatives(pattern) or ():
        assert re.fullmatch(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "value", "answer"),
    [
        ("s.*", "success", True),
        ("s.*", "ssh\nx", True),
        ("(?i)SSH", "ssh", True),
        ("^ssh$", "ssh", True),
        ("[a-z]+", "ssh", True),
        (r"\d{1,3}", "12", True),
        (r"\d{1,3}", "1234", False),
        ("(ssh)?", "", True),
    ],
)
def test_a_plain_pattern_is_decided(pattern: str, value: str, answer: bool) -> None:
    assert matches(pattern, value) is answer


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*b", r"\pL+", "[[:alpha:]]", "a*+", "(?=a)a", r"(a)\1", "^a|b$", "(?s).", "a**"],
)
def test_a_pattern_that_engines_may_read_differently_or_slowly_is_left_undecided(pattern: str) -> None:
    assert matches(pattern, "aaaa") is None


def test_the_slowest_decided_pattern_is_fast() -> None:
    start = time.process_time()
    matches("a*a*a*b", "a" * 256)
    assert time.process_time() - start < 1


def test_an_undecided_pattern_keeps_nothing_and_drops_nothing() -> None:
    assert kept({"a", "b"}, "=~", "(a|a)*") is None


@pytest.mark.parametrize(
    ("domain", "operator", "wanted", "left", "sure"),
    [
        (LabelDomain("a", frozenset({"x", "y"}), 2), "=", "x", LabelDomain("a", frozenset({"x"}), 1), True),
        (LabelDomain("a", frozenset({"x"}), 1), "=", "y", LabelDomain("a", frozenset({"x"}), 1), None),
        (LabelDomain("a", frozenset({"x"}), 1, optional=True), "=", "", None, True),
        (LabelDomain("a", frozenset({"x"}), 1, optional=True), "!=", "", LabelDomain("a", frozenset({"x"}), 1), True),
        (LabelDomain("a"), "=", "x", LabelDomain("a", frozenset({"x"}), 1), False),
        (LabelDomain("a"), "=", "", LabelDomain("a"), None),
        (LabelDomain("a"), "!=", "", LabelDomain("a"), True),
        (LabelDomain("a", None, 3, optional=True), "=~", ".+", LabelDomain("a", None, 3), False),
        (LabelDomain("a", None, 3, optional=True), "=~", "x|", LabelDomain("a", frozenset({"x"}), 1, optional=True), False),
        (None, "=", "x", None, None),
        (None, "!=", "x", None, True),
    ],
)  # fmt: skip
def test_a_matcher_narrows_a_domain(
    domain: LabelDomain | None, operator: str, wanted: str, left: LabelDomain | None, sure: bool | None
) -> None:
    assert narrowed(domain, "a", operator, wanted) == (left, sure)
