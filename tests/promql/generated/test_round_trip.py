"""Whatever tree is printed is read back as the same tree."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from signalproof.promql.ast import Node
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text
from signalproof.promql.tree import parts

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


@settings(suppress_health_check=QUIET, deadline=None, max_examples=300)
@given(data=st.data())
def test_a_printed_tree_is_read_back_equal(expressions: st.SearchStrategy[Node], data: st.DataObject) -> None:
    tree = data.draw(expressions)
    assert parse(to_text(tree)) == tree


@settings(suppress_health_check=QUIET, deadline=None, max_examples=200)
@given(data=st.data())
def test_equal_trees_have_one_text_and_one_hash(
    expressions: st.SearchStrategy[Node], data: st.DataObject
) -> None:
    tree = data.draw(expressions)
    again = parse(to_text(tree))
    assert (to_text(again), hash(again)) == (to_text(tree), hash(tree))


@settings(suppress_health_check=QUIET, deadline=None, max_examples=200)
@given(data=st.data())
def test_every_span_lies_within_that_of_the_whole(
    expressions: st.SearchStrategy[Node], data: st.DataObject
) -> None:
    text = to_text(data.draw(expressions))
    tree = parse(text)
    assert tree.span == (0, len(text))
    spans = [
        getattr(part, name)
        for part in parts(tree)
        for name in ("span", "name_span", "label_span")
        if hasattr(part, name)
    ]
    assert all(0 <= span.start <= span.end <= len(text) for span in spans)
