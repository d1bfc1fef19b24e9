"""Numbers and strings: what they are worth."""

from __future__ import annotations

import pytest

from signalproof.promql.ast import Number, String
from signalproof.promql.parser import parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("5", 5),
        ("-5", -5),
        (".5", 0.5),
        ("5.", 5),
        ("1e3", 1000),
        ("1.5E-3", 0.0015),
        ("1_000_000", 1_000_000),
        ("0x1F", 31),
        ("0X_ff", 255),
        ("0777", 511),
        ("0789", 789),
        ("007.5", 7.5),
        ("Inf", float("inf")),
        ("-iNF", float("-inf")),
        ("5m", 300),
        ("1h30m", 5400),
        ("1y2w3d4h5m6s7ms", 33_019_506.007),
        ("0x5", 5),
    ],
)
def test_a_number_has_its_value(text: str, value: float) -> None:
    assert parse(text) == Number(value)


def test_not_a_number_equals_itself() -> None:
    assert parse("NaN") == parse("nan")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('"x"', "x"),
        ("'say \"hi\"'", 'say "hi"'),
        (r'"a\"b"', 'a"b'),
        (r"'it\'s'", "it's"),
        (r'"\a\b\f\n\r\t\v\\"', "\a\b\f\n\r\t\v\\"),
        (r'"\x41\101\u00e9\U0001F600"', "AAé😀"),
        (r'"\xc3\xa9"', "é"),
        (r'"\xff"', "\udcff"),
        (r"`a\d" + "\n`", "a\\d\n"),
        ('"#"', "#"),
        ('""', ""),
    ],
)
def test_a_string_says_what_its_escapes_mean(text: str, value: str) -> None:
    tree = parse(text)
    assert isinstance(tree, String)
    assert tree.value == value
