"""A query as a call of the typed builder, where it is one: proven by building it and comparing the text."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from signalproof.catalogue.catalogue import Catalogue
from signalproof.catalogue.labels import ClosedLabel, Instance, Job, Label
from signalproof.catalogue.metric import Counter, Gauge, Histogram, Metric
from signalproof.catalogue.operation import Operation, Status
from signalproof.convert.code import Call, Formula, Method, Name
from signalproof.errors import SignalproofError
from signalproof.promql import build
from signalproof.promql.ast import (
    Aggregation,
    Binary,
    Matcher,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    Variable,
)
from signalproof.promql.ast import Call as PromQLCall
from signalproof.promql.expr import Expr, binary
from signalproof.promql.printer import to_text
from signalproof.promql.tree import unwrap

_OPERATORS = frozenset({"+", "-", "*", "/", ">", "<", ">=", "<="})
_GAUGES = frozenset({"sum", "max", "min", "avg"})
_ENDINGS = ("_bucket", "_sum", "_count")


BUILDER = frozenset(
    {"RANGE", "chosen", "distribution", "increase", "occupancy", "promql", "quantile", "rate", "top", "value"}
)
"""What is imported from the builder."""
_METHODS = {"and": "and_", "or": "or_", "unless": "unless", "==": "equals"}


class Made(NamedTuple):
    """A query as the builder makes it: the expression, and its Python."""

    expr: Expr
    code: Any


@dataclass(frozen=True)
class Known:
    """What a project's catalogue offers to the builder.

    Attributes:
        catalogue: Its metrics.
        package: The package that its definitions are imported from.
    """

    catalogue: Catalogue
    package: str

    @cached_property
    def places(self) -> Mapping[int, tuple[str, str]]:
        """Object by its identity → the module that declares it, and its name there."""
        found: dict[int, tuple[str, str]] = {}
        for module in sorted(
            one for one in sys.modules if one == self.package or one.startswith(f"{self.package}.")
        ):
            file = getattr(sys.modules[module], "__file__", None)
            for name, value in vars(sys.modules[module]).items():
                if isinstance(value, type) and issubclass(value, Label):
                    declared = value.__module__ == module
                else:
                    declared = isinstance(value, Operation | Metric) and value.where.file == file
                if declared and (id(value) not in found or not name.startswith("_")):
                    found[id(value)] = (module, name)
        for label in (Job, Instance):
            found[id(label)] = (label.__module__, label.__name__)
        return found

    @cached_property
    def metrics(self) -> Mapping[str, tuple[Metric[Any], Name]]:
        """Name of a metric → the metric, and the source that names it: ``DEPLOYMENT.duration``."""
        found: dict[str, tuple[Metric[Any], Name]] = {}
        for operation in self.catalogue.operations.values():
            place = self.places.get(id(operation))
            for part in ("duration", "calls", "failures", "running", "last_iteration", "last_ended"):
                metric = vars(operation).get(part)
                if place is not None and metric is not None:
                    found[metric.name] = (metric, Name(f"{place[1]}.{part}"))
        for name, metric in self.catalogue.metrics.items():
            if (place := self.places.get(id(metric))) is not None:
                found[name] = (metric, Name(place[1]))
        return found

    def imports(self, used: Iterable[str]) -> dict[str, list[str]]:
        """Return what has to be imported for these names: module → names."""
        by_name = {name: module for module, name in self.places.values()}
        by_name |= dict.fromkeys(BUILDER, build.__name__)
        by_name["Status"] = Status.__module__
        found: dict[str, list[str]] = {}
        for name in sorted({one.partition(".")[0] for one in used}):
            if name in by_name:
                found.setdefault(by_name[name], []).append(name)
        return found

    def call(self, node: Node) -> Made | None:
        """Return the builder call that makes *node*, if there is one."""
        try:
            made = self._made(unwrap(node))
        except SignalproofError:
            return None
        return made if made is not None and to_text(made.expr.node) == to_text(node) else None

    def _made(self, node: Node) -> Made | None:
        match node:
            case Paren():
                return self._made(unwrap(node))
            case Binary() if node.operator in _OPERATORS and node.matching is None and not node.bool_modifier:
                return self._combined(node)
            case Binary() if node.operator in _METHODS and node.matching is None and not node.bool_modifier:
                return self._with_method(node)
            case PromQLCall(function="histogram_quantile"):
                return self._quantile(node)
            case Aggregation(operator="topk") if isinstance(node.parameter, Number):
                inner = self._made(unwrap(node.expr))
                count = int(node.parameter.value)
                return inner and Made(build.top(count, inner.expr), Call("top", (count, inner.code)))
            case Aggregation():
                return self._aggregated(node)
            case _:
                return None

    def _combined(self, node: Binary) -> Made | None:
        left, right = self._side(node.left), self._side(node.right)
        if left is None or right is None or not isinstance(left.expr, Expr):
            return None
        combined = binary(node.operator, left.expr, right.expr)
        return Made(combined, Formula(left.code, node.operator, right.code))

    def _with_method(self, node: Binary) -> Made | None:
        left, right = self._made(unwrap(node.left)), self._side(node.right)
        if left is None or right is None:
            return None
        return Made(
            binary(node.operator, left.expr, right.expr),
            Method(left.code, _METHODS[node.operator], (right.code,)),
        )

    def _side(self, node: Node) -> Any:
        one = unwrap(node)
        if isinstance(one, Number):
            number = int(one.value) if one.value == int(one.value) else one.value
            return Made(number, number)  # type: ignore[arg-type]  # the other side of an operator may be a number
        return self._made(one)

    def _quantile(self, node: PromQLCall) -> Made | None:
        share, inner = node.args[0], unwrap(node.args[1])
        if not isinstance(share, Number) or not isinstance(inner, Aggregation):
            return None
        found = self._rated(inner)
        if found is None or found.function != "rate" or not isinstance(found.metric, Histogram):
            return None
        by = tuple(one for one in found.by if one != "le")
        return self._written("quantile", found, by, (share.value,))

    def _aggregated(self, node: Aggregation) -> Made | None:
        inner = unwrap(node.expr)
        if isinstance(inner, Selector) and node.operator in _GAUGES and node.parameter is None:
            return self._value(node, inner)
        found = self._rated(node)
        if found is None:
            return None
        if isinstance(found.metric, Histogram) and found.ending == "_sum" and found.function == "rate":
            return self._written("occupancy", found, found.by, ())
        if found.ending == "_bucket":
            only_le = found.by == ("le",) and found.function == "increase"
            return self._written("distribution", found, (), ()) if only_le else None
        return self._written(found.function, found, found.by, ())

    def _value(self, node: Aggregation, selector: Selector) -> Made | None:
        metric = self.metrics.get(selector.name)
        if metric is None or not isinstance(metric[0], Gauge) or selector.offset or selector.at:
            return None
        found = _Rated("value", metric[0], metric[1], "", _by(node), selector, "")
        return self._written("value", found, found.by, () if node.operator == "sum" else (node.operator,))

    def _rated(self, node: Aggregation) -> _Rated | None:
        inner = unwrap(node.expr)
        if node.operator != "sum" or node.parameter is not None or (node.grouping and node.grouping.without):
            return None
        if not isinstance(inner, PromQLCall) or inner.function not in ("rate", "increase"):
            return None
        windowed = inner.args[0]
        if not isinstance(windowed, Range) or windowed.selector.offset or windowed.selector.at:
            return None
        name = windowed.selector.name
        ending = next((one for one in _ENDINGS if name.endswith(one) and name not in self.metrics), "")
        metric = self.metrics.get(name.removesuffix(ending))
        if metric is None or not isinstance(metric[0], Counter | Histogram):
            return None
        window = windowed.window
        text = f"${window.name}" if isinstance(window, Variable) else str(getattr(window, "text", ""))
        return _Rated(inner.function, *metric, ending, _by(node), windowed.selector, text)

    def _written(
        self, function: str, found: _Rated, by: tuple[str, ...], first: tuple[Any, ...]
    ) -> Made | None:
        labels = {**found.metric.labels.classes, "job": Job, "instance": Instance}
        where = [
            _where(one, labels, self.places) for one in found.selector.matchers if isinstance(one, Matcher)
        ]
        chosen = [labels.get(one) for one in by]
        if None in where or None in chosen or len(where) != len(found.selector.matchers):
            return None
        named: dict[str, Any] = {}
        values: dict[str, Any] = {}
        for key, sides in (
            ("where", [one for one in where if one and one.equal]),
            ("excluding", [one for one in where if one and not one.equal]),
        ):
            flat = [(value, code) for one in sides for value, code in zip(one.values, one.codes, strict=True)]
            if flat:
                values[key] = tuple(value for value, _ in flat)
                named[key] = flat[0][1] if len(flat) == 1 else tuple(code for _, code in flat)
        if chosen:
            values["by"] = tuple(chosen)
            names = [
                Name(self.places[id(one)][1]) if id(one) in self.places else Name("Status") for one in chosen
            ]
            named["by"] = names[0] if len(names) == 1 else tuple(names)
        if found.window and found.window != build.RATE_INTERVAL:
            values["window"] = named["window"] = found.window
            if found.window == build.RANGE:
                named["window"] = Name("RANGE")
        leading = (*first, found.metric) if function == "quantile" else (found.metric, *first)
        coded = (*first, found.name) if function == "quantile" else (found.name, *first)
        return Made(getattr(build, function)(*leading, **values), Call(function, coded, named))


class _Rated(NamedTuple):
    function: str
    metric: Any
    name: Name
    ending: str
    by: tuple[str, ...]
    selector: Selector
    window: str


class _Matched(NamedTuple):
    values: tuple[Any, ...]
    codes: tuple[Any, ...]
    equal: bool


def _by(node: Aggregation) -> tuple[str, ...]:
    names = node.grouping.names if node.grouping else ()
    return tuple(one or "" for one in names)


def _where(
    matcher: Matcher, labels: Mapping[str, Any], places: Mapping[int, tuple[str, str]]
) -> _Matched | None:
    label = labels.get(str(matcher.label))
    if label is None:
        return None
    name = places[id(label)][1] if id(label) in places else label.__name__
    text, equal = matcher.value.value, matcher.operator in ("=", "=~")
    variables = matcher.value.variables
    if variables:
        if (
            matcher.operator != "=~"
            or len(variables) != 1
            or text not in (f"${variables[0].name}", f"${{{variables[0].name}}}")
        ):
            return None
        own = variables[0].name
        more = () if own == matcher.label else (own,)
        return _Matched((build.chosen(label, own),), (Call("chosen", (Name(name), *more)),), equal)
    texts = text.split("|") if matcher.operator in ("=~", "!~") else [text]
    if issubclass(label, ClosedLabel):
        members = {one.value: one for one in label}
        if any(one not in members for one in texts):
            return None
        return _Matched(
            tuple(members[one] for one in texts),
            tuple(Name(f"{name}.{members[one].name}") for one in texts),
            equal,
        )
    return _Matched(tuple(label(one) for one in texts), tuple(Call(name, (one,)) for one in texts), equal)
