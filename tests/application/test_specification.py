"""A specification is printed as data: all of it, one value a line, and nothing in it can pretend to be another line."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hive.application.specification import lines_of, print_specification
from hive.storage import DeploymentRequest

REQUEST = DeploymentRequest(
    "ssh",
    "web",
    "1.0",
    {
        "host": "web-1",
        "user": "deploy",
        "restart": ["systemctl", "restart", "web"],
        "environment": {"A.B": "1"},
        "health": {"kind": "command", "command": ["curl", "x"], "attempts": 3},
        "stop": [],
        "keep": None,
    },
)


def lines(spec: dict[str, Any]) -> list[str]:
    return list(lines_of(DeploymentRequest("ssh", "web", "1.0", spec)))


def test_every_value_is_printed_with_the_path_to_it(capsys: pytest.CaptureFixture[str]) -> None:
    print_specification(REQUEST)
    assert capsys.readouterr().out == (
        '  strategy = "ssh"\n'
        '  target = "web"\n'
        '  release = "1.0"\n'
        '  spec.host = "web-1"\n'
        '  spec.user = "deploy"\n'
        '  spec.restart[0] = "systemctl"\n'
        '  spec.restart[1] = "restart"\n'
        '  spec.restart[2] = "web"\n'
        '  spec.environment["A.B"] = "1"\n'
        '  spec.health.kind = "command"\n'
        '  spec.health.command[0] = "curl"\n'
        '  spec.health.command[1] = "x"\n'
        "  spec.health.attempts = 3\n"
        "  spec.stop = []\n"
        "  spec.keep = null\n"
        f"digest: {REQUEST.digest}\n"
    )


@pytest.mark.parametrize(
    "hostile", ["\n  target = 1", "\x1b[2J", "\x1b]0;x\x07", "\r", "\0", "\x7f", "\x9b", "\u202e", "\ud800", "\u0430"]
)  # fmt: skip
def test_no_value_and_no_name_moves_the_cursor_or_looks_like_another(hostile: str) -> None:
    found = lines({"a": hostile, hostile: 1})
    assert len(found) == 5
    assert all(re.fullmatch(r"[ -~]+", line) for line in found)


TEXTS = st.text(max_size=5)
SPECS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | st.integers() | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=3,
)


@given(SPECS, SPECS)
def test_what_is_printed_alike_has_one_digest(one: dict[str, Any], other: dict[str, Any]) -> None:
    requests = [DeploymentRequest("ssh", "web", "1.0", spec) for spec in (one, other)]
    alike = sorted(lines(one)) == sorted(lines(other))
    assert alike == (requests[0].digest == requests[1].digest)


def test_a_long_value_is_printed_whole() -> None:
    assert lines({"a": "x" * 100_000})[-1] == f'spec.a = "{"x" * 100_000}"'
