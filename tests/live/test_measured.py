"""What an alert looks at."""

from __future__ import annotations

import pytest

from signalproof.live.measured import measured
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text


@pytest.mark.parametrize(
    ("alert", "parts"),
    [
        ("a", ["a"]),
        ("a > 1", ["a"]),
        ("(a > 1)", ["a"]),
        ("1 < a", ["a"]),
        ("a / b > 0.1", ["a / b"]),
        ("a > 0 < 10", ["a"]),
        ("a > bool 1", ["a > bool 1"]),
        ("a > 1 and b > 2", ["a and b"]),
        ("a > 1 and on (job) b == 0", ["a and on (job) b"]),
        ("a > 1 or b > 2 or c", ["a", "b", "c"]),
        ("a > 1 unless b > 0", ["a"]),
        ("a > on (job) b", ["a - on (job) b"]),
        ("a > b", ["a - b"]),
        ("a > scalar(b)", ["a"]),
        ("time() - a > 60", ["time() - a"]),
        ("absent(a)", ["a"]),
        ("absent(a > 5)", ["a"]),
        ("absent_over_time(a[5m])", ["last_over_time(a[5m])"]),
        ("a > 1 and on () absent(b)", ["a"]),
        ("absent(b) and on () (a > 1)", ["a"]),
        ("count(a > 5) > 2", ["count(a)"]),
        ("max_over_time((a > 5)[5m:1m]) > 2", ["max_over_time(a[5m:1m])"]),
        ("-(a > 5) < 0", ["-a"]),
    ],
)
def test_what_is_compared_is_what_has_to_return_data(alert: str, parts: list[str]) -> None:
    assert [to_text(one) for one in measured(parse(alert))] == parts
