"""Every part of a tree knows where it stands in the text."""

from __future__ import annotations

from signalproof.promql.ast import Aggregation, Binary, Call, Matcher, Range, Selector, Span
from signalproof.promql.parser import parse
from signalproof.promql.tree import parts


def test_every_part_knows_where_it_stands() -> None:
    text = ' sum by (le) ( rate( x{a="b", "c"=~"d"}[5m] offset 1h ) ) / on (z) -y '
    spans: list[Span] = [getattr(part, "span") for part in parts(parse(text)) if hasattr(part, "span")]  # noqa: B009  # not every part has one
    assert [text[start:end] for start, end in spans] == [
        'sum by (le) ( rate( x{a="b", "c"=~"d"}[5m] offset 1h ) ) / on (z) -y',
        'sum by (le) ( rate( x{a="b", "c"=~"d"}[5m] offset 1h ) )',
        'rate( x{a="b", "c"=~"d"}[5m] offset 1h )',
        'x{a="b", "c"=~"d"}[5m] offset 1h',
        'x{a="b", "c"=~"d"}',
        'a="b"',
        '"b"',
        '"c"=~"d"',
        '"d"',
        "1h",
        "5m",
        "by (le)",
        "le",
        "-y",
        "y",
        "on (z)",
        "z",
    ]


def test_names_and_operators_know_where_they_stand() -> None:
    text = 'rate(x{le="1"}[5m]) > bool sum(y)'
    tree = parse(text)
    assert isinstance(tree, Binary)
    assert isinstance(tree.left, Call)
    window = tree.left.args[0]
    assert isinstance(window, Range)
    matcher = window.selector.matchers[0]
    assert isinstance(matcher, Matcher)
    assert isinstance(tree.right, Aggregation)
    spans = (
        tree.operator_span,
        tree.left.name_span,
        window.selector.name_span,
        matcher.label_span,
        tree.right.operator_span,
    )
    assert [text[start:end] for start, end in spans] == [">", "rate", "x", "le", "sum"]


def test_selectors_that_say_the_same_share_their_braces_and_keep_their_places() -> None:
    text = 'a{b="c"} + d{b="c"}'
    tree = parse(text)
    assert isinstance(tree, Binary)
    left, right = tree.left, tree.right
    assert isinstance(left, Selector)
    assert isinstance(right, Selector)
    assert left.pattern is right.pattern
    assert [text[slice(*one.matchers[0].span)] for one in (left, right)] == ['b="c"', 'b="c"']
    assert left.matchers[0].span != right.matchers[0].span
