"""A011: an alert overwrites a label that its result has."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use


class OverwrittenLabel(Rule[Query]):
    """An alert sets a label that its result has already.

    The label of the alert wins, and which instance, queue or region it was about is lost. Where two series that fire
    differ in nothing else they become one and the same, and Prometheus refuses to evaluate the alert: "vector contains
    metrics with the same labelset after applying alert labels". So it is an error where the result has no other label,
    for then any two series do. A value that is a template is let pass, for it may keep what was there.
    """

    code = "A011"
    slug = "overwritten-label"
    severity = "warning"
    visits = (Query,)
    about = ("labels",)
    uses = frozenset({Use.ALERT})
    bad = (
        (alert("queue_length > 10", labels={"queue": "any"}), "queue"),
        (alert("sum by (region) (workers) < 1", labels={"region": "all"}), "region"),
        (alert("up == 0", labels={"instance": "all"}), "instance"),
    )
    good = (
        alert("queue_length > 10", labels={"severity": "page", "team": "jobs"}),
        alert("sum by (region) (workers) < 1", labels={"queue": "any"}),
        alert("sum(queue_length) > 10", labels={"queue": "any"}),
        alert('queue_length{queue="mail"} > 10', labels={"queue": "mail"}),
        alert('sum by (queue) (queue_length{queue="mail"}) > 10', labels={"queue": "post"}),
        alert("queue_length > 10", labels={"queue": "{{ $labels.queue | toUpper }}"}),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield every label with a fixed value that the result is known to have with others."""
        labels = context.inference.root.labels
        lost = []
        for name, value in seen.labels.items():
            domain = labels.known.get(name)
            if "{{" in value or domain is None or domain.optional or domain.assumed:
                continue
            if domain.values is None or len(domain.values) > 1:  # of one value only its spelling is lost
                lost.append(name)
        alone = not labels.open and labels.known.keys() <= set(lost)
        for name in lost:
            says = f"the result has a label {name!r} already, and the alert overwrites it"
            if alone:
                says += ": as soon as two series fire Prometheus refuses to evaluate it, for nothing tells them apart"
            yield Problem(
                says,
                f"leave it out, choose another name, or aggregate {name!r} away where it is of no interest",
                Span(0, len(name)),
                Severity.ERROR if alone else None,
                name,
                "label",
            )
