"""The gate for foreign text: what is shown does nothing, what is stored can be kept, what is JSON is read back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.foreign_text import HALF, TEXTS, harm

from signalproof.text import as_json, shown, storable, stored, stored_values, written


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain – ß", "plain – ß"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b31m", r"\x9b31m"),
        ("\u202egnp", r"\u202egnp"),
        (HALF, r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud83d\ude00", "😀"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("::error::x", r"\x3a:error::x"),
        ("  ::error::x", r"  \x3a:error::x"),
        ("job::x:rate5m", "job::x:rate5m"),
        ("see ##[group]", r"see \x23#[group]"),
        ("## title", "## title"),
    ],
)
def test_what_a_terminal_or_a_log_obeys_is_written_out(text: str, expected: str) -> None:
    assert shown(text) == expected


def test_a_text_of_several_lines_keeps_them_and_none_is_a_command() -> None:
    assert shown("one\r\n::error::two\n\tthree\x1b", lines=True) == "one\n\\x3a:error::two\n\tthree\\x1b"


def test_a_long_text_is_cut_where_it_says_so() -> None:
    assert shown("x" * 20, at_most=5) == stored("x" * 20, at_most=5) == "xxxx…"


@given(TEXTS, st.booleans(), st.integers(1, 50))
def test_whatever_is_shown_does_nothing_and_is_no_longer_than_it_may_be(
    text: str, lines: bool, most: int
) -> None:
    safe = shown(text, lines=lines, at_most=most)
    assert (harm(safe), len(safe) <= most, "\n" in safe and not lines) == ([], True, False)


@given(TEXTS, st.booleans())
def test_what_was_shown_is_shown_as_it_is(text: str, lines: bool) -> None:
    once = shown(text, lines=lines)
    assert shown(once, lines=lines) == once


@given(TEXTS, st.integers(1, 50))
def test_whatever_is_stored_has_no_nul_no_half_and_no_end_beyond(text: str, most: int) -> None:
    kept = stored(text, at_most=most)
    kept.encode()
    assert ("\0" in kept, len(kept) <= most, stored(kept, at_most=most)) == (False, True, kept)


@given(TEXTS)
def test_what_can_be_stored_is_stored_as_it_is(text: str) -> None:
    assert (stored(text) == text) == storable(text)


_JSON = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), TEXTS
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=8,
)


@given(_JSON)
def test_json_is_read_back_with_nothing_lost_but_halves_that_are_written_out(value: Any) -> None:
    text = as_json(value, indent=2)
    text.encode()
    assert (json.loads(text), harm(text)) == (_written(value), [])


def _written(value: Any) -> Any:
    match value:
        case str():
            return written(value)
        case dict():
            return {written(name): _written(one) for name, one in value.items()}
        case list():
            return [_written(one) for one in value]
        case _:
            return value


def test_a_number_that_is_none_is_null() -> None:
    assert (stored_values([float("nan")]), as_json({"a": float("inf")})) == ([None], '{"a": null}')


def test_names_within_stored_values_are_stored_too() -> None:
    assert stored_values({"a\0": ["b\ud800", {"c": ("d\0", 1)}]}) == {
        "a\ufffd": ["b\ufffd", {"c": ["d\ufffd", 1]}]
    }
