"""Dashboards on the page of a rule are short, and whole at least once."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from signalproof.documents import Table, read_json
from signalproof.lint.json_examples import JsonExamples

TREES = st.dictionaries(
    st.text(max_size=30),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=60),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
        max_leaves=12,
    ),
    max_size=5,
)


def _spec(tree: Any) -> Table:
    spec = read_json(json.dumps(tree), "example")
    assert isinstance(spec, Table)
    return spec


def _lines(*trees: Any, culprit: str = "") -> list[list[str]]:
    examples = JsonExamples()
    return [list(examples.lines(_spec(one), culprit)) for one in trees]


@given(TREES)
def test_the_first_dashboard_is_shown_whole(tree: Any) -> None:
    [lines] = _lines(tree)
    assert json.loads("\n".join(lines)) == tree


LONG = {f"key {number}": "x" * 30 for number in range(6)}


def test_of_a_second_dashboard_only_what_differs_is_shown() -> None:
    _, second = _lines(LONG, {**LONG, "key 3": "other"})
    assert second == ["# the same with", '  "key 3": "other",']


def test_the_culprit_is_marked_as_a_whole_text_before_a_part_of_one() -> None:
    [lines] = _lines({**LONG, "key 1": "8 of them", "key 2": "8"}, culprit="8")
    assert lines[lines.index('  "key 2": "8",') + 1] == f"{'#'.ljust(12)}^"
