"""The rules as queries: what the lint and the live check read."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.promql.printer import to_text
from signalproof.promql.query import Query, Use
from signalproof.rules.check import CheckedRules
from signalproof.rules.recording import RecordingRule


def queries(rules: CheckedRules) -> Iterator[Query]:
    """Yield the query of every rule, in the order of evaluation."""
    for group in rules.groups:
        for one in group.rules:
            rule = one.rule
            text = rule.expr.text or to_text(rule.expr.node)
            if isinstance(rule, RecordingRule):
                yield Query(
                    text,
                    rule.where,
                    Use.RECORDING,
                    dashboard=group.group.name,
                    panel=rule.record,
                    labels=rule.labels,
                    interval=group.interval,
                )
            else:
                yield Query(
                    text,
                    rule.where,
                    Use.ALERT,
                    dashboard=group.group.name,
                    panel=rule.name,
                    labels=rule.written_labels,
                    annotations=one.annotations,
                    for_seconds=rule.for_seconds,
                    interval=group.interval,
                )
