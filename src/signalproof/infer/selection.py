"""The series a part of a query reads, taken apart so that two parts can be compared.

``rate(x{a="1"}[5m])`` is the form ``rate(x[5m])`` under the condition ``a="1"``. Of two selections of one form, the one
with more conditions holds some of the samples of the other, with the same values.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any, Final, NamedTuple, TypeAlias

from signalproof.infer import patterns
from signalproof.infer.functions import TRANSFERS
from signalproof.infer.intervals import ARITHMETIC
from signalproof.infer.selectors import matchers_of
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Matcher,
    Node,
    Number,
    Range,
    Selector,
    String,
    Subquery,
    Variable,
)
from signalproof.promql.tree import children, unwrap

Condition: TypeAlias = Hashable
"""What narrows a selection: a matcher, a whole-list variable, a comparison, ``and`` or ``unless``."""

_DEEPEST: Final = 24
_MOST_NODES: Final = 48
_FILTERS: Final = frozenset({">", "<", ">=", "<=", "==", "!="})
_RELABELLING: Final = frozenset({"label_replace", "label_join"})


class Selection(NamedTuple):
    """Some samples.

    Attributes:
        form: Everything but the conditions: name, functions, windows, joins.
        conditions: What narrows it; a sample passes all of them.
    """

    form: Hashable
    conditions: tuple[Condition, ...] = ()

    @property
    def name(self) -> str:
        """The name of the series it reads; empty where only matchers say it."""
        form: Any = self.form
        while form[0] != "series":
            form = form[-1]
        return str(form[1])

    def renamed(self, name: str, without: str) -> Selection:
        """Return the selection of series *name* instead, without the matchers on label *without*."""
        conditions = tuple(
            one for one in self.conditions if not (isinstance(one, Matcher) and one.label == without)
        )
        return Selection(_renamed(self.form, name), conditions)

    def part_of(self, other: Selection) -> bool:
        """Whether every sample of this selection is one of the *other*."""
        return self.form == other.form and all(_implied(one, self.conditions) for one in other.conditions)

    def apart_from(self, other: Selection) -> bool:
        """Whether the two have no sample in common because they want different values of one label."""
        if self.form != other.form:
            return False
        return any(
            isinstance(a, Matcher)
            and isinstance(b, Matcher)
            and a.label == b.label
            and (found := _texts(a)) is not None
            and (others := _texts(b)) is not None
            and not found & others
            for a in self.conditions
            for b in other.conditions
        )


def first_name(node: Node) -> str:
    """Return the name of the leftmost selector of *node*, by which most pairs are told apart at once."""
    for _ in range(_DEEPEST):
        kind = type(node)
        if kind is Selector:
            return node.name  # type: ignore[union-attr]  # told by its type, which costs less than isinstance
        below = children(node)
        if not below:
            break
        node = below[-1] if kind is Aggregation or kind is Call else below[0]
    return ""


def _renamed(form: Any, name: str) -> Hashable:
    if form[0] == "series":
        return (form[0], name, *form[2:])
    return (*form[:-1], _renamed(form[-1], name))


def selection_of(node: Node, depth: int = 0) -> Selection | None:
    """Return the selection that *node* is, series by series; None when it aggregates or is too complicated."""
    node = unwrap(node)
    if depth > _DEEPEST:
        return None
    if isinstance(node, Selector):
        if node.name_variables:
            return None
        return Selection(("series", node.name, node.offset, node.at, node.mode), matchers_of(node))
    if isinstance(node, Range):
        inner = selection_of(node.selector, depth + 1)
        # windows compare by their seconds, and numbers compare faster than nodes
        window = node.window.seconds if isinstance(node.window, Duration) else node.window
        return None if inner is None else Selection(("range", window, inner.form), inner.conditions)
    if isinstance(node, Subquery):
        return _of_subquery(node, depth)
    if isinstance(node, Call):
        return _of_call(node, depth)
    if isinstance(node, Binary):
        return _of_binary(node, depth)
    return None


def _of_subquery(node: Subquery, depth: int) -> Selection | None:
    inner = selection_of(node.expr, depth + 1)
    if inner is None or any(not isinstance(one, Matcher | Variable) for one in inner.conditions):
        return None
    return Selection(("subquery", node.window, node.step, node.offset, node.at, inner.form), inner.conditions)


def _of_call(node: Call, depth: int) -> Selection | None:
    transfer = TRANSFERS.get(node.function)
    if transfer is None and node.function not in _RELABELLING:
        return None
    place = 0 if transfer is None else transfer.vector
    if place >= len(node.args):
        return None
    others = tuple(unwrap(one) for index, one in enumerate(node.args) if index != place)
    if not all(isinstance(one, Number | String | Variable) for one in others):
        return None
    inner = selection_of(node.args[place], depth + 1)
    return None if inner is None else Selection((node.function, others, inner.form), inner.conditions)


def _of_binary(node: Binary, depth: int) -> Selection | None:
    right = unwrap(node.right)
    if node.operator in _FILTERS:
        if node.bool_modifier or not isinstance(right, Number):
            return None
        inner = selection_of(node.left, depth + 1)
        if inner is None:
            return None
        return Selection(inner.form, (*inner.conditions, (node.operator, right.value, inner.form)))
    if node.operator in ("and", "unless"):
        inner = selection_of(node.left, depth + 1) if is_small(right) else None
        if inner is None:
            return None
        return Selection(inner.form, (*inner.conditions, (node.operator, node.matching, right, inner.form)))
    joins = node.operator in ARITHMETIC and (node.matching is None or node.matching.group != "right")
    if not joins or isinstance(right, Number | Variable) or not is_small(right) or _aggregates(right):
        return None
    inner = selection_of(node.left, depth + 1)
    if inner is None:
        return None
    return Selection(("join", node.operator, node.matching, right, inner.form), inner.conditions)


def _aggregates(node: Node) -> bool:
    return isinstance(node, Aggregation) and node.grouping is None


def is_small(node: Node) -> bool:
    """Whether *node* has few enough nodes below it to be compared at once."""
    pending, count = [node], 0
    while pending:
        count += 1
        if count > _MOST_NODES:
            return False
        pending.extend(children(pending.pop()))
    return True


def _implied(condition: Condition, given: tuple[Condition, ...]) -> bool:
    """Whether whatever passes *given* passes *condition*, too."""
    if condition in given:
        return True
    if not isinstance(condition, Matcher) or condition.value.variables:
        return False
    for one in given:
        if isinstance(one, Matcher) and one.label == condition.label:
            texts = _texts(one)
            if texts is not None and all(
                patterns.passes(text, condition.operator, condition.value.value) for text in texts
            ):
                return True
    return False


def _texts(matcher: Matcher) -> frozenset[str] | None:
    """Return the values that pass *matcher* when it lists them."""
    if matcher.value.variables or not isinstance(matcher.label, str):
        return None
    if matcher.operator == "=":
        return frozenset({matcher.value.value})
    return patterns.alternatives(matcher.value.value) if matcher.operator == "=~" else None
