"""V007: a 0 or 1 is compared with what neither can change."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from signalproof.infer.comparisons import COMPARISONS
from signalproof.infer.value import Value
from signalproof.lint.answers import is_answer, is_comparison
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert, recording
from signalproof.promql.ast import Binary, Node, Span
from signalproof.promql.query import Query

_MIRRORED = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}


class AnswerCompared(Rule[Binary]):
    """The answer of a comparison, 0 or 1, is compared with what both answers stand on the same side of.

    All comparisons bind alike, from left to right, and less than sums and products. ``a > bool 1 < bool 5`` asks whether
    0 or 1 is below 5, which is always so, and in ``hour() >= bool 13 * hour() < bool 22`` the product is taken first.
    Each comparison of a chain stands in parentheses of its own: ``(hour() >= bool 13) * (hour() < bool 22)``.
    """

    code = "V007"
    slug = "answer-compared"
    severity = "error"
    visits = (Binary,)
    names = frozenset(COMPARISONS)
    bad = (
        ("queue_length > bool 10 < bool 100", "< bool 100"),
        (recording("workhours", "hour() >= bool 13 * hour() < bool 22"), "< bool 22"),
        ("(queue_length > bool 10) > 1", "> 1"),
        ("1 < max by (queue) (queue_length > bool 10)", "1 <"),
        (alert("(queue_length > bool 10) * on (job, instance) (up == bool 1) >= 0"), ">= 0"),
        ("(queue_length > bool 10) == bool 100", "== bool 100"),
    )
    good = (
        "(queue_length > bool 10) * (queue_length < bool 100)",
        recording("workhours", "(hour() >= bool 13) * (hour() < bool 22)"),
        alert("(queue_length > bool 10) == 1"),
        "(queue_length > bool 10) > 0.5",
        "sum(queue_length > bool 10) > 5",
        "queue_length > bool 10 == bool on (queue) (queue_length < bool 100)",
        "absent(up) == 1",
    )

    def check(self, seen: Binary, context: Context) -> Iterator[Problem]:
        """Yield the comparison whose outcome is the same for 0 and for 1."""
        if "bool" not in context.query.text:
            return  # as in most queries
        for answer, other, operator in (
            (seen.left, seen.right, seen.operator),
            (seen.right, seen.left, _MIRRORED[seen.operator]),
        ):
            if not is_answer(answer) or context.value(answer).constant is not None:
                continue
            outcome = _outcome(operator, context.value(other))
            if outcome is None:
                continue
            on_the_right = answer is seen.left
            yield Problem(
                f"always {'true' if outcome else 'false'}: what is compared is the answer of a comparison, 0 or 1",
                _meant(seen, context.query) or "compare the value itself, or the answer with 0 or 1",
                Span(seen.operator_span.start, seen.right.span.end)
                if on_the_right
                else Span(seen.left.span.start, seen.operator_span.end),
            )
            return


def _outcome(operator: str, other: Value) -> bool | None:
    """Return what comes out for 0 and for 1 alike, whatever *other* is; None where it depends."""
    low, high = other.low, other.high
    if other.sources or (low == -inf and high == inf):
        return None  # a sample can be NaN
    if operator in ("==", "!="):
        unreachable = high < 0 or low > 1 or (low == high and low not in (0, 1)) or (low > 0 and high < 1)
        return (operator == "!=") if unreachable else None
    compare = COMPARISONS[operator]
    found = {compare(answer, bound) for answer in (0.0, 1.0) for bound in (low, high)}
    return found.pop() if len(found) == 1 else None


def _meant(node: Binary, query: Query) -> str:
    """Return how to write a chain of comparisons so that each compares a value; empty where there is no chain."""
    links: list[Binary] = []
    one: Node = node
    while isinstance(one, Binary) and is_comparison(one):
        links.append(one)
        one = one.left
    if len(links) < 2:
        return ""
    parts: list[str] = []
    left = _text(one, query)
    for link in reversed(links):
        right = link.right
        between = f"{link.operator} bool"
        if isinstance(right, Binary) and right.operator == "*" and link is not node:
            parts.append(f"({left} {between} {_text(right.left, query)})")
            left = _text(right.right, query)
        else:
            parts.append(f"({left} {between} {_text(right, query)})")
            left = _text(right, query)
    return f"write {' * '.join(parts)}"


def _text(node: Node, query: Query) -> str:
    return query.text[node.span.start : node.span.end]
