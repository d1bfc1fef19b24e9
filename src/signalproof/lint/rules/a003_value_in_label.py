"""A003: the value of an alert in one of its labels."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert
from signalproof.lint.templates import shows_value
from signalproof.promql.query import Query, Use


class ValueInLabel(Rule[Query]):
    """A label of an alert shows the value.

    Labels are the identity of an alert. When the value changes, it is another alert: the ``for`` starts again, the old
    one is resolved and the new one notified. Values belong into annotations.
    """

    code = "A003"
    slug = "value-in-label"
    severity = "warning"
    visits = (Query,)
    about = ("labels",)
    uses = frozenset({Use.ALERT})
    bad = (
        (alert("queue_length > 10", labels={"size": "{{ $value }}"}), "$value"),
        (alert("queue_length > 10", labels={"size": "{{ .Value | humanize }}"}), ".Value"),
    )
    good = (alert("queue_length > 10", labels={"team": "{{ $labels.queue }}"}),)

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield the value in the template of a label."""
        for part, text in context.templates:
            span = shows_value(text) if part.startswith("label ") else None
            if span is not None:
                name = part.removeprefix("label ")
                yield Problem(
                    f"the label {name!r} changes with the value: each change is a new alert",
                    "show the value in an annotation",
                    span,
                    text=text,
                    part=part,
                )
