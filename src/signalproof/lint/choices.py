"""What the reader of a dashboard chooses, and where an expression forgets it."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.selectors import matchers_of
from signalproof.lint.finding import Problem
from signalproof.lint.labels import has_label, selected
from signalproof.lint.rule import Context
from signalproof.promql.ast import Binary, Matcher, Node, Selector, Variable
from signalproof.promql.tree import unwrap, walk


def other_choice(quotient: Binary, context: Context) -> Iterator[Problem]:
    """Yield the side of a quotient that a variable does not filter while it filters the other, by a label of both."""
    for here, there in ((quotient.left, quotient.right), (quotient.right, quotient.left)):
        for label, variable in sorted(chosen(here).items()):
            kept = context.value(quotient).labels.can_have(label)
            if not kept and not mentions(there, label) and has(there, label, context):
                yield Problem(
                    f"${variable} filters the other side by {label!r}, and not this one",
                    f'add {label}=~"${variable}" here, too',
                    unwrap(there).span,
                )


def has(side: Node, label: str, context: Context) -> bool:
    """Whether every series that *side* selects is known to carry *label*."""
    selectors = [one for one in walk(side) if isinstance(one, Selector)]
    return bool(selectors) and all(
        (series := selected(one, context)) and all(has_label(each, label, context) for each in series)
        for one in selectors
    )


def chosen(side: Node) -> dict[str, str]:
    """Return the labels that a variable filters in every selector of *side*, with the variable."""
    found: list[dict[str, str]] = []
    for one in walk(side):
        if isinstance(one, Selector):
            matchers = (
                each for each in matchers_of(one) if isinstance(each, Matcher) and each.value.variables
            )
            found.append({str(each.label): each.value.variables[0].name for each in matchers})
    if not found:
        return {}
    first, *rest = found
    return {label: name for label, name in first.items() if all(label in one for one in rest)}


def mentions(side: Node, label: str) -> bool:
    """Whether a selector of *side* has a matcher on *label*, or one that a variable may stand for."""
    return any(
        isinstance(matcher, Variable) or matcher.label == label
        for one in walk(side)
        if isinstance(one, Selector)
        for matcher in matchers_of(one)
    )
