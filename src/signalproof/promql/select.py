"""From catalogue objects to selectors: the part of the builder that checks labels, values and windows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from signalproof.catalogue.labels import Instance, Label, TargetLabel
from signalproof.catalogue.metric import Gauge, Metric
from signalproof.durations import parse_duration
from signalproof.errors import SignalproofError, caller, did_you_mean
from signalproof.promql.ast import (
    Aggregation,
    Call,
    Duration,
    Grouping,
    LabelName,
    Matcher,
    Node,
    Range,
    Selector,
    String,
    Time,
    Variable,
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """The values of a label that the reader of a dashboard has chosen; made by `build.chosen`.

    Attributes:
        of: The label.
        variable: The variable that holds them, without the dollar.
    """

    of: type[Label]
    variable: str


def select(
    metric: Metric[Any],
    name: str,
    *,
    where: Any = (),
    excluding: Any = (),
    by: Any = (),
    extra: tuple[Matcher, ...] = (),
) -> Selector:
    """Return the selector of series *name* of *metric*, after checking every label and value that is used with it.

    Raises:
        SignalproofError: A label or value is not one of the metric's; the error names the caller's line.
    """
    for label in many(by):
        _check_label(metric, label)
    for value in (*many(where), *many(excluding)):
        if isinstance(value, Chosen):
            _check_label(metric, value.of)
            continue
        _check_label(metric, type(value) if isinstance(value, Label) else value)
        domain = metric.labels.domains.get(value.label_name)
        if domain is not None and domain.values is not None and str(value) not in domain.values:
            raise SignalproofError(
                f"{metric.name} never has {value.label_name}={str(value)!r}",
                domain.help_for(str(value)),
                where=caller(),
            )
    return Selector(name, (*matchers(many(where)), *matchers(many(excluding), equal=False), *extra))


def matchers(values: Iterable[Label | Chosen], *, equal: bool = True) -> tuple[Matcher, ...]:
    """Return one matcher per label: a plain one for one value, a regular expression for several or for a choice."""
    by_label: dict[str, list[str]] = {}
    by_choice = []
    pattern: Literal["=~", "!~"] = "=~" if equal else "!~"
    for value in values:
        if isinstance(value, Chosen):
            text = f"${value.variable}"
            held = String(text, variables=(Variable(value.variable, text),))
            by_choice.append(Matcher(value.of.label_name, pattern, held))
        else:
            by_label.setdefault(value.label_name, []).append(str(value))
    written = (
        Matcher(label, "=" if equal else "!=", String(texts[0]))
        if len(texts) == 1
        else Matcher(label, pattern, String("|".join(map(re.escape, texts))))
        for label, texts in by_label.items()
    )
    return (*written, *by_choice)


def over(function: str, selector: Selector, window: str) -> Node:
    """Return ``function(selector[window])``."""
    return Call(function, (Range(selector, duration(window)),))


def aggregate(operator: str, node: Node, by: Any = (), *, le: bool = False) -> Node:
    """Return *node* aggregated by the label classes *by*, and by ``le`` if asked."""
    names = (*(label.label_name for label in many(by)), *(("le",) if le else ()))
    grouping = Grouping(without=False, listed=tuple(LabelName(name) for name in names)) if names else None
    return Aggregation(operator, node, None, grouping)


def check_sum(gauge: Gauge[Any], aggregation: str, by: Any = ()) -> None:
    """Raise for a sum over instances of what all of them see alike.

    Raises:
        SignalproofError: It is one; the error names the caller's line.
    """
    if gauge.shared and aggregation == "sum" and Instance not in many(by):
        raise SignalproofError(
            f"every instance says {gauge.name} of the same thing, and a sum counts that once for each",
            'take the largest: value(…, "max", …)',
            where=caller(),
        )


def duration(text: str) -> Time:
    """Return a window: ``5m``, ``1h30m`` or a Grafana variable such as ``$__rate_interval``.

    Raises:
        SignalproofError: It is neither.
    """
    if found := re.fullmatch(r"\$(\w+)|\$\{(\w+)\}", text):
        return Variable(found[1] or found[2], text)
    return Duration(parse_duration(text, caller()), text)


def many(items: Any) -> tuple[Any, ...]:
    """Return *items* itself if it is a tuple, else a tuple of it alone."""
    return items if isinstance(items, tuple) else (items,)


def _check_label(metric: Metric[Any], label: Any) -> None:
    known = sorted(metric.labels.domains)
    listed = f"its labels are {', '.join(known)}" if known else "it has no labels of its own"
    if not (isinstance(label, type) and issubclass(label, Label)):
        raise SignalproofError(
            f"{label!r} is not a label but a {type(label).__name__}",
            f"give the label's class or value; for {metric.name}, {did_you_mean(str(label), known, listed)}",
            where=caller(),
        )
    if label.label_name not in known and not issubclass(label, TargetLabel):
        raise SignalproofError(
            f"{metric.name} has no label {label.label_name!r}",
            did_you_mean(label.label_name, known, listed),
            where=caller(),
        )
