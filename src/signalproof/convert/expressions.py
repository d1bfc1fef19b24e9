"""A PromQL expression as Python: a call of the typed builder where that builds the very same query, else its text.

What the metrics of a query are called in Python is said by `Declared`; without, every expression stays text.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Any, Final

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, Instance, Job, Label
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.convert.source import literal, number
from signalproof.errors import SignalproofError
from signalproof.promql import build
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
    Variable,
)
from signalproof.promql.expr import Expr, binary
from signalproof.promql.parser import parse
from signalproof.promql.printer import to_text
from signalproof.promql.tree import unwrap

_BUILDER: Final = "signalproof.promql.build"
_LABELS: Final = "signalproof.catalogue.labels"
_WORDS: Final = re.compile(r"\w+(?:\|\w+)*")
_SHORT: Final = 60
"""Characters of an expression that is written behind the name of the function."""
_VARIABLE: Final = re.compile(r"\$(\w+)|\$\{(\w+)\}")
_OPERATORS: Final = frozenset({"+", "-", "*", "/", ">", ">=", "<", "<="})
_METHODS: Final = {"and": "and_", "or": "or_", "unless": "unless", "==": "equals"}


@dataclass(frozen=True)
class Python:
    """An expression as source.

    Attributes:
        source: Of one expression.
        imports: Module → names that it needs.
        built: Whether it is built of the catalogue, and no text.
    """

    source: str
    imports: Mapping[str, frozenset[str]]
    built: bool = False


@dataclass(frozen=True)
class Declared:
    """What the metrics of a project are called in Python.

    Attributes:
        metrics: Series name → its metric.
        names: Metric name → module and name in it.
    """

    metrics: Mapping[str, Metric[Any]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, str]] = field(default_factory=dict)


def declared_in(catalogue: Catalogue) -> Declared:
    """Return the metrics of *catalogue* that a module declares under a name of their own; those of operations have none."""
    names: dict[str, tuple[str, str]] = {}
    by_id = {id(metric): name for name, metric in catalogue.metrics.items()}
    files = {metric.where.file for metric in catalogue.metrics.values()}
    for module in list(sys.modules.values()):
        if getattr(module, "__file__", None) in files:
            found = ((by_id.get(id(one)), name) for name, one in vars(module).items())
            names.update((metric, (module.__name__, name)) for metric, name in found if metric is not None)
    series = {name: metric for metric in catalogue.metrics.values() for name in metric.family.names}
    return Declared(series, names)


def expression(text: str, known: Declared | None = None) -> Python:
    """Return *text* as Python.

    Args:
        text: An expression.
        known: What metrics are called.

    Raises:
        SignalproofError: It is no PromQL.
    """
    node = parse(text)
    if known is not None and known.names:
        maker = _Maker(known)
        try:
            found = maker.made(node)
        except SignalproofError:  # the builder refuses what the query asks: it stays as it is
            found = None
        if found is not None and to_text(found[1].node) == to_text(node):
            return Python(
                found[0], {module: frozenset(names) for module, names in maker.imports.items()}, True
            )
    return Python(promql_call(text), {_BUILDER: frozenset({"promql"})})


def promql_call(text: str) -> str:
    """Return ``promql(…)`` with the *text* as it is laid out: several lines stay several lines, a long one has its own."""
    lines = dedent(text.expandtabs(4)).strip("\n").rstrip()
    if "\n" not in lines and len(lines) <= _SHORT:
        return f"promql({literal(lines.strip())})"
    safe = (lines if "\n" in lines else lines.strip()).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    plain = all(one.isprintable() or one == "\n" for one in safe)
    if not plain or parse(lines) != parse(text):  # a string over several lines means each of its spaces
        return f"promql({literal(text)})"
    return "\n".join(["promql(", '    """', indent(safe, "    "), '    """', ")"])


class _Maker:
    """Builds queries of known metrics, and the source that does so."""

    def __init__(self, known: Declared) -> None:
        self.known = known
        self.imports: dict[str, set[str]] = {}

    def made(self, node: Node) -> tuple[str, Expr] | None:
        """Return the source and what it builds; None for what the builder has no call for."""
        node = unwrap(node)
        match node:
            case Binary(matching=None, bool_modifier=False):
                return self._combined(node)
            case Call(function="histogram_quantile"):
                return self._quantile(node)
            case Aggregation(parameter=None):
                return self._aggregated(node)
            case _:
                return None

    def _combined(self, node: Binary) -> tuple[str, Expr] | None:
        right, left = unwrap(node.right), self.made(node.left)
        if left is None or (node.operator not in _OPERATORS and node.operator not in _METHODS):
            return None
        other: tuple[str, Expr | float] | None
        other = (number(right.value), right.value) if isinstance(right, Number) else self.made(right)
        if other is None:
            return None
        expr = binary(node.operator, left[1], other[1])
        if node.operator in _METHODS:
            return f"({left[0]}).{_METHODS[node.operator]}({other[0]})", expr
        first, second = (
            f"({one})" if " " in re.sub(r"\(.*\)", "", one) else one for one in (left[0], other[0])
        )
        return f"{first} {node.operator} {second}", expr

    def _aggregated(self, node: Aggregation) -> tuple[str, Expr] | None:
        if node.grouping is not None and node.grouping.without:
            return None
        below = unwrap(node.expr)
        labels = list(node.grouping.names) if node.grouping is not None else []
        if isinstance(below, Call) and below.function in ("rate", "increase") and node.operator == "sum":
            ranged = self._ranged(below, ("_count", "_total", ""))
            if ranged is None:
                return None
            metric, selector, window = ranged
            work: Any = build.rate if below.function == "rate" else build.increase
            return self._call(below.function, work, (), metric, selector, labels, window)
        if isinstance(below, Selector) and node.operator in ("sum", "max", "min", "avg"):
            gauge = self.known.metrics.get(below.name)
            if not isinstance(gauge, Gauge):
                return None
            first = () if node.operator == "sum" else (node.operator,)
            return self._call("value", build.value, first, gauge, below, labels, "")
        return None

    def _quantile(self, node: Call) -> tuple[str, Expr] | None:
        share, below = (unwrap(one) for one in node.args)
        if not isinstance(share, Number) or not isinstance(below, Aggregation) or below.grouping is None:
            return None
        inner = unwrap(below.expr)
        labels = [one for one in below.grouping.names if one != "le"]
        if not isinstance(inner, Call) or inner.function != "rate" or below.grouping.without:
            return None
        ranged = self._ranged(inner, ("_bucket",))
        if ranged is None:
            return None
        metric, selector, window = ranged
        return self._call("quantile", build.quantile, (share.value,), metric, selector, labels, window)

    def _ranged(self, call: Call, endings: tuple[str, ...]) -> tuple[Metric[Any], Selector, str] | None:
        ranged = unwrap(call.args[0])
        if not isinstance(ranged, Range) or not isinstance(ranged.selector, Selector):
            return None
        metric = self.known.metrics.get(ranged.selector.name)
        if not isinstance(metric, Counter | Histogram) or not ranged.selector.name.endswith(endings):
            return None
        window = ranged.window.text if isinstance(ranged.window, Duration | Variable) else ""
        if not window:
            return None
        return metric, ranged.selector, "" if window == build.RATE_INTERVAL else window

    def _call(
        self,
        name: str,
        work: Any,
        first: tuple[Any, ...],
        metric: Metric[Any],
        selector: Selector,
        labels: list[str | None],
        window: str,
    ) -> tuple[str, Expr] | None:
        place = self.known.names.get(metric.name)
        if place is None:
            return None
        where: list[tuple[str, Any]] = []
        excluding: list[tuple[str, Any]] = []
        for matcher in selector.matchers:
            values = list(self._values(metric, matcher)) if isinstance(matcher, Matcher) else []
            if not values or not isinstance(matcher, Matcher):
                return None
            (where if matcher.operator in ("=", "=~") else excluding).extend(values)
        by = [self._class(metric, one) for one in labels]
        if any(one is None for one in by):
            return None
        options = {"where": where, "excluding": excluding, "by": [one for one in by if one is not None]}
        sources = [number(one) if isinstance(one, float) else literal(one) for one in first]
        arguments = [*sources, place[1]] if name == "quantile" else [place[1], *sources]
        arguments += [
            f"{key}={_several([source for source, _ in listed])}" for key, listed in options.items() if listed
        ]
        arguments += [f"window={literal(window)}"] if window else []
        given = {key: tuple(one for _, one in listed) for key, listed in options.items() if listed}
        expr = work(
            *((*first, metric) if name == "quantile" else (metric, *first)),
            **given,
            **({"window": window} if window else {}),
        )
        self._import(place[0], place[1])
        self._import(_BUILDER, name)
        return f"{name}({', '.join(arguments)})", expr

    def _values(self, metric: Metric[Any], matcher: Matcher) -> Iterator[tuple[str, Label]]:
        """Yield the label values that a matcher lists, or the choice of a reader that it names; none for a pattern."""
        label, text = self._label(metric, str(matcher.label)), matcher.value.value
        if label is not None and matcher.operator == "=~" and (found := _VARIABLE.fullmatch(text)):
            name = found[1] or found[2]
            self._import_label(label)
            self._import(_BUILDER, "chosen")
            given = "" if name == label.label_name else f", {literal(name)}"
            yield f"chosen({label.__name__}{given})", build.chosen(label, name)
            return
        if label is None or (matcher.operator in ("=~", "!~") and not _WORDS.fullmatch(text)):
            return
        for value in text.split("|") if matcher.operator in ("=~", "!~") else [text]:
            try:
                made = label(value)  # type: ignore[call-arg]  # every label class is built from its text
            except ValueError:
                return
            self._import_label(label)
            source = (
                f"{label.__name__}.{made.name}"
                if isinstance(made, ClosedLabel)
                else f"{label.__name__}({literal(value)})"
            )
            yield source, made

    def _class(self, metric: Metric[Any], name: str | None) -> tuple[str, type[Label]] | None:
        label = self._label(metric, name or "")
        if label is None:
            return None
        self._import_label(label)
        return label.__name__, label

    def _label(self, metric: Metric[Any], name: str) -> type[Label] | None:
        targets: dict[str, type[Label]] = {Job.label_name: Job, Instance.label_name: Instance}
        return metric.labels.classes.get(name) or targets.get(name)

    def _import_label(self, label: type[Label]) -> None:
        self._import(_LABELS if label in (Job, Instance) else label.__module__, label.__name__)

    def _import(self, module: str, name: str) -> None:
        self.imports.setdefault(module, set()).add(name)


def _several(sources: list[str]) -> str:
    return sources[0] if len(sources) == 1 else f"({', '.join(sources)})"
