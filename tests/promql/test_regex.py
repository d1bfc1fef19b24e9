"""Regular expressions as RE2 reads them: what compiles, and what matches the empty text."""

from __future__ import annotations

import contextlib
import time

import pytest

from signalproof.promql.regex import PatternError, matches_empty


@pytest.mark.parametrize(
    "pattern",
    ["", ".*", "a?", "a*", "(a|b?)+", "a|", "|a", "a||b", "()", "^$", r"\A\z", r"\B", "(?:a*)*", "(?i)", "a{0}", "(a{2}){0,3}", r"\Q\E", "ab?c?|x*", "(?i:a)?", "^*"],
)  # fmt: skip
def test_a_pattern_that_matches_the_empty_text_is_known(pattern: str) -> None:
    assert matches_empty(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["a", ".", ".+", "ab*", "a|b", "(a|b?)c", r"\b", r"\d", "[a-z]", "a{1,3}", "a{2}?", "5..", "(?P<n>x)", r"\Qa*\E", r"\Qab\E*", "]", "}", "a{", "a{,3}", "a{01}", r"\x{1F600}", r"\pN\p{Greek}"],
)  # fmt: skip
def test_a_pattern_that_needs_a_character_is_known(pattern: str) -> None:
    assert not matches_empty(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "[]a]",
        "[^]a]",
        "[a-]",
        "[-a]",
        r"[\]]",
        "[[:alpha:]_]",
        r"[\d-z]",
        r"[\x41-\x{43}]",
        "[a-b-c]",
        "[+--]",
        "[[a]",
    ],
)
def test_a_set_of_characters_is_read(pattern: str) -> None:
    assert not matches_empty(pattern)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("*", "nothing to repeat"),
        ("a|*", "nothing to repeat"),
        ("(+)", "nothing to repeat"),
        ("{2}", "nothing to repeat"),
        ("a**", "repeats a repetition"),
        ("a{2}{3}", "repeats a repetition"),
        ("a+??", "repeats a repetition"),
        ("a{1001}", "no count"),
        ("a{3,2}", "no count"),
        ("(a{100}){11}", "more than 1000"),
        ("((a{10}){10}){11}", "more than 1000"),
        ("(", "')' is missing"),
        (")", "closes nothing"),
        ("a)(b", "closes nothing"),
        ("[", "']' is missing"),
        ("[a", "']' is missing"),
        ("[]", "']' is missing"),
        ("[z-a]", "runs backwards"),
        (r"[a-\d]", "runs backwards"),
        ("[[:foo:]]", "no character class of this name"),
        ("\\", "ends in a backslash"),
        (r"\1", "is no escape"),
        (r"\q", "is no escape"),
        (r"\Z", "is no escape"),
        (r"\é", "is no escape"),
        (r"\pX", "is no escape"),
        (r"[\q]", "is no escape"),
        (r"\x{110000}", "names no character"),
        (r"[\x{110000}]", "names no character"),
        ("(?=a)", "no look-around"),
        ("(?<!a)", "no look-around"),
        ("(?P<a>x)(?P<a>y)", "cannot be named 'a'"),
        ("(?P<a-b>x)", "cannot be named"),
        ("(?x)", "is no group"),
        ("(?#c)", "is no group"),
        ("(" * 1001 + ")" * 1001, "1000 levels"),
    ],
)
def test_a_text_that_does_not_compile_is_refused_with_its_reason(pattern: str, message: str) -> None:
    with pytest.raises(PatternError, match=message.replace("(", r"\(").replace(")", r"\)")):
        matches_empty(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "(a*)*" * 20_000,
        "a" * 200_000,
        "[" * 100_000,
        r"\Q" * 100_000,
        "(?P<" * 50_000,
        "a|" * 100_000,
        "(" * 200_000,
    ],
)
def test_no_pattern_takes_long(pattern: str) -> None:
    started = time.process_time()
    with contextlib.suppress(PatternError):
        matches_empty(pattern)
    assert time.process_time() - started < 2
