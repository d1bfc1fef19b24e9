"""RR001: a recording rule whose name says something else than what it computes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.infer.windows import seconds_of, spoken
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule, words
from signalproof.lint.shown import recording
from signalproof.promql.ast import Call, Range, Span
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import unwrap, walk

_RATED = re.compile(r"(?:^|[:_])i?(?:rate|increase)_?((?:\d+(?:ms|[smhdwy]))+)$")
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0, "y": 31536000.0}
_RATES = frozenset({"rate", "irate", "increase"})


class RuleName(Rule[Query]):
    """The name of a recording rule and its expression disagree.

    By convention a name is ``level:metric:operations``: the labels that are left, the metric, what was done to it. A
    rule called ``job:x:rate5m`` that takes a rate over ten minutes, or leaves no label ``job``, misleads everyone who
    uses it. Only what is known to be wrong is reported: a window, and a level that is a label of the metric and is not
    left.
    """

    code = "RR001"
    slug = "rule-name"
    severity = "warning"
    visits = (Query,)
    uses = frozenset({Use.RECORDING})
    bad = (
        (recording("queue:jobs:rate5m", "sum by (queue) (rate(jobs_total[10m]))"), "queue:jobs:rate5m"),
        (recording("queue:jobs:rate5m", "sum by (status) (rate(jobs_total[5m]))"), "queue:jobs:rate5m"),
    )
    good = (
        recording("queue_status:jobs:rate5m", "sum by (queue, status) (rate(jobs_total[5m]))"),
        recording("service:jobs:rate5m", "sum(rate(jobs_total[5m]))"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the name of a recording rule that its expression contradicts."""
        message = _wrong_window(seen.panel, context) or _wrong_level(seen.panel, context)
        if message:
            yield Problem(
                message,
                "rename it, or correct the expression",
                Span(0, len(seen.panel)),
                text=seen.panel,
                part="record",
            )


def _wrong_window(name: str, context: Context) -> str:
    found = _RATED.search(name)
    if found is None:
        return ""
    said = sum(int(count) * _UNITS[unit] for count, unit in re.findall(r"(\d+)(ms|[smhdwy])", found[1]))
    windows = {
        seconds
        for one in walk(context.root)
        if isinstance(one, Call) and one.function in _RATES and one.args
        if isinstance(range_ := unwrap(one.args[0]), Range)
        and (seconds := seconds_of(range_.window)) is not None
    }
    if not windows or said in windows:
        return ""
    return f"the name says {spoken(said)}, the expression takes {' and '.join(map(spoken, sorted(windows)))}"


def _wrong_level(name: str, context: Context) -> str:
    level, _, rest = name.partition(":")
    root = context.inference.root
    if not rest or root.labels.open or root.void:
        return ""
    lost = {
        label
        for label in {one for series in root.sources for one in series.labels}
        | context.world.exposition.target_labels
        if label == level
    }
    for label in lost:
        if not root.labels.can_have(label):
            left = words(root.labels.listed) if root.labels.listed else "no labels"
            return f"the name says {label!r}, the expression leaves {left}"
    return ""
