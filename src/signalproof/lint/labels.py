"""What several rules ask about labels: which series a selector names, and whether a label was ever there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from signalproof.catalogue.exposition import Role, Series
from signalproof.infer.selectors import matchers_of
from signalproof.lint.rule import Context
from signalproof.promql.ast import (
    Aggregation,
    Call,
    GroupLabel,
    LabelName,
    Matcher,
    Node,
    Selector,
    String,
    Variable,
)
from signalproof.promql.regex import matches_empty
from signalproof.promql.tree import walk


def named(labels: Iterable[GroupLabel]) -> Iterator[LabelName]:
    """Yield the labels that are written out; what a Grafana variable stands for is not known."""
    return (one for one in labels if isinstance(one, LabelName))


def selected(selector: Selector, context: Context) -> tuple[Series, ...]:
    """Return the series that *selector* can name; none when that is not known."""
    if selector.name and not selector.name_variables:
        one = context.world.exposition.series.get(selector.name)
        return (one,) if one is not None else ()
    return context.value(selector).sources


def has_label(series: Series, label: str, context: Context) -> bool:
    """Whether a sample of *series* can carry *label*."""
    if series.open or label in series.labels:
        return True
    exposition = context.world.exposition
    return series.role is not Role.RECORDED and (
        label in exposition.target_labels or label in exposition.assumed
    )


def narrowed(selector: Selector, label: str) -> bool:
    """Whether a matcher of *selector* says which values of *label* it means, by itself or by a variable."""
    for one in matchers_of(selector):
        if isinstance(one, Variable):
            return True
        if one.label == label and one.operator in ("=", "=~"):
            filled = bool(one.value.variables)
            if filled or (
                one.value.value != "" if one.operator == "=" else not matches_empty(one.value.value)
            ):
                return True
    return False


def was_there(label: str, node: Node, context: Context) -> bool:
    """Whether *label* can exist anywhere in *node*, before an aggregation or a join took it away."""
    return any(context.value(one).labels.can_have(label) for one in walk(node))


def is_made(label: str, node: Node) -> bool:
    """Whether a function in *node* is there to make *label*: what it lacks is then that function's fault."""
    for one in walk(node):
        if isinstance(one, Call) and one.function in ("label_replace", "label_join") and len(one.args) > 1:
            made = one.args[1]
            if isinstance(made, String) and made.value == label:
                return True
    return False


def groups_by_nothing(tree: Node, context: Context) -> bool:
    """Whether an aggregation in *tree* groups by a label that is not there, so that the result lacks what was meant."""
    for one in walk(tree):
        if isinstance(one, Aggregation) and one.grouping is not None and not one.grouping.without:
            below = context.value(one.expr).labels
            if not all(below.can_have(label.name) for label in named(one.grouping.labels)):
                return True
    return False


def possible(node: Node, context: Context) -> frozenset[str]:
    """Return the labels that *node* can have, as far as they are known."""
    return context.value(node).labels.listed


def asked_absent(label: str, node: Node) -> bool:
    """Whether a selector in *node* asks for series without *label*: that it is not there was known."""
    return any(
        isinstance(one, Matcher) and one.label == label and one.operator == "=" and not one.value.value
        for selector in walk(node)
        if isinstance(selector, Selector)
        for one in matchers_of(selector)
    )


def sources_read(call: Call) -> Iterator[String]:
    """Yield the label names that a call reads: of label_replace the source, unless its pattern matches nothing, too."""
    arguments = call.args
    if call.function == "label_replace" and len(arguments) == 5:
        source, pattern = arguments[3], arguments[4]
        if isinstance(source, String) and isinstance(pattern, String):
            named = source.value and not source.variables and not pattern.variables
            if named and not _accepts_empty(pattern.value):
                yield source
    elif call.function == "label_join":
        yield from (one for one in arguments[3:] if isinstance(one, String) and not one.variables)
    elif call.function in ("sort_by_label", "sort_by_label_desc"):
        yield from (one for one in arguments[1:] if isinstance(one, String) and not one.variables)


def _accepts_empty(pattern: str) -> bool:
    try:
        return matches_empty(pattern)
    except ValueError:
        return True


def who_have(operands: Iterable[Node], context: Context) -> str:
    """Return the beginning of a sentence about what flows into *operands*: ``jobs_total has``."""
    metrics = sorted({series.name for one in operands for series in context.value(one).sources})
    if not 0 < len(metrics) < 3:
        return "what flows in here has"
    return f"{' and '.join(metrics)} {'has' if len(metrics) == 1 else 'have'}"
