"""The tables of functions and aggregations, and which Prometheus has them."""

from __future__ import annotations

import re

import pytest

from signalproof.promql.ast import Call
from signalproof.promql.functions import (
    AGGREGATIONS,
    ANY,
    FUNCTIONS,
    INSTANT,
    RANGE,
    SCALAR,
    STRING,
    Function,
)
from signalproof.promql.parser import parse
from signalproof.promql.versions import requirements

EXAMPLES = {SCALAR: "1", STRING: '"x"', INSTANT: "x", RANGE: "x[5m]"}


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda function: function.name)
def test_a_function_takes_what_its_entry_says(function: Function) -> None:
    args = [EXAMPLES[type_] for type_ in function.args]
    if function.name == "info":
        args[1] = '{x="y"}'
    least, most = args[: function.required], args
    for shown in (least, most):
        assert isinstance(parse(f"{function.name}({', '.join(shown)})"), Call)


def test_no_entry_is_open_ended() -> None:
    assert all(ANY not in (*function.args, function.result) for function in FUNCTIONS.values())
    assert all(
        function.required <= max(function.required, len(function.args)) for function in FUNCTIONS.values()
    )


def test_versions_are_versions() -> None:
    known = [*(one.since for one in FUNCTIONS.values()), *(one.since for one in AGGREGATIONS.values())]
    assert all(re.fullmatch(r"[1-3]\.\d+", since) for since in known)


def test_a_function_becomes_stable_only_after_a_flag() -> None:
    assert all(function.flag for function in FUNCTIONS.values() if function.stable)


@pytest.mark.parametrize(
    "name", ["rate", "histogram_quantile", "label_replace", "sum_over_time", "absent", "vector", "time"]
)
def test_what_everybody_uses_needs_no_flag(name: str) -> None:
    assert FUNCTIONS[name].flag == ""


@pytest.mark.parametrize("name", ["limitk", "limit_ratio"])
def test_new_aggregations_need_a_flag(name: str) -> None:
    assert AGGREGATIONS[name].flag == "promql-experimental-functions"


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("sum by (x) (rate(y[5m] offset 1h)) > 0x1e", []),
        ("sgn(x)", [("sgn()", "2.26", "sgn")]),
        ("holt_winters(x[5m], 1, 1)", [("holt_winters()", "1.0", "holt_winters")]),
        ("group(x)", [("group", "2.20", "group")]),
        ("x @ 5", [("@", "2.33", "@ 5")]),
        ("x offset -5m", [("a negative offset", "2.33", "-5m")]),
        ("1_000", [("an underscore in a number", "2.54", "1_000")]),
        ("x > 5m", [("a number for a duration, or the reverse", "2.54", "5m")]),
        ("x[300]", [("a number for a duration, or the reverse", "2.54", "300")]),
        ('{"a.b"}', [("a name in quotes", "3.0", '"a.b"')]),
        ('x{"a.b"="c"}', [("a name in quotes", "3.0", '"a.b"')]),
        ('sum by ("a.b") (x)', [("a name in quotes", "3.0", '"a.b"')]),
        ("x[5m + 1m]", [("a computed duration", "3.4", "5m + 1m")]),
        ("x[step()]", [("step() in a duration", "3.6", "step()")]),
        ("x[5m] smoothed", [("anchored and smoothed", "3.7", "x[5m] smoothed")]),
        ("x + fill (0) y", [("fill", "3.10", "fill (0)")]),
        ("x >/ 5", [("</ and >/", "3.11", ">/")]),
    ],
)
def test_what_not_every_prometheus_reads_is_found_with_its_version(
    text: str, needs: list[tuple[str, str, str]]
) -> None:
    found = [(one.what, one.since, text[slice(*span)]) for one, span in requirements(parse(text))]
    assert [(what, since) for what, since, _ in found] == [(what, since) for what, since, _ in needs]
    if not text.endswith("smoothed"):
        assert found == needs
