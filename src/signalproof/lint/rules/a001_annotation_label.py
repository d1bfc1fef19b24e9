"""A001: an annotation shows a label that cannot exist."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.errors import did_you_mean
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule, words
from signalproof.lint.shown import alert
from signalproof.lint.templates import template_labels, undefined_words
from signalproof.promql.query import Query, Use


class AnnotationLabel(Rule[Query]):
    """An annotation or a label of an alert shows a label that the alert does not have.

    The template writes nothing in its place: "Queue  is stuck". ``labels.queue`` without its dollar is no template at
    all: Prometheus refuses the rule file. What the template shows only where the label is there, under
    ``{{ if $labels.x }}`` or ``{{ with $labels.x }}``, or beside something that stands in for it, ``{{ or $labels.x "none" }}``,
    is right for alerts with and without it.
    """

    code = "A001"
    slug = "annotation-label"
    severity = "warning"
    visits = (Query,)
    uses = frozenset({Use.ALERT})
    bad = (
        (
            alert("sum by (status) (rate(jobs_total[5m])) > 5", summary="{{ $labels.queue }} is slow"),
            "$labels.queue",
        ),
        (alert("queue_length > 10", summary="queue {{ labels.queue }} is full"), "labels.queue"),
        (
            alert(
                "queue_length > 10",
                summary="full{{ if $labels.zone }}{{ else }} in {{ $labels.zone }}{{ end }}",
            ),
            "$labels.zone",
        ),
        (
            alert("queue_length > 10", summary="full{{ if $labels.a }} {{ end }} in {{ $labels.zone }}"),
            "$labels.zone",
        ),
        (
            alert("queue_length > 10", summary="{{ $zone := $labels.zone }}full in {{ $zone }}"),
            "$labels.zone",
        ),
        (alert("queue_length > 10", summary='full in {{ index $labels "zone" | toUpper }}'), '"zone"'),
        (
            alert("queue_length > 10", summary="{{ if not $labels.zone }}{{ .Labels.zone }}{{ end }}"),
            ".Labels.zone",
        ),
    )
    good = (
        alert("sum by (queue) (rate(jobs_total[5m])) > 5", summary="{{ $labels.queue }} has {{ $value }}"),
        alert("queue_length > 10", summary="full{{ if $labels.zone }} in {{ $labels.zone }}{{ end }}"),
        alert("queue_length > 10", summary="full{{ with $labels.zone }} in {{ . }}{{ else }} here{{ end }}"),
        alert("queue_length > 10", summary='{{ printf "labels.x %s" $labels.queue }}'),
        alert("queue_length > 10", summary='full in {{ or $labels.zone "some zone" }}'),
        alert(
            "queue_length > 10",
            summary="full{{ if not $labels.zone }}{{ else }} in {{ $labels.zone }}{{ end }}",
        ),
        alert("queue_length > 10", summary='full{{ if ne $labels.zone "" }} in {{ $labels.zone }}{{ end }}'),
        alert(
            "queue_length > 10",
            summary="full{{ if and $labels.zone $labels.queue }} in {{ $labels.zone }}{{ end }}",
        ),
        alert("queue_length > 10", summary='{{ range query "queue_length" }}{{ .Labels.queue }} {{ end }}'),
        alert("queue_length > 10", summary="{{/* $labels.zone */}}full"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield every label in a template that the result of the expression cannot have."""
        labels = context.inference.root.labels
        for part, text in context.templates:
            for word, span in undefined_words(text):
                yield Problem(
                    f"{word} means nothing in a template", f"write ${word}", span, Severity.ERROR, text, part
                )
            for label, span in template_labels(text):
                if not labels.can_have(label) and label != "alertname" and not context.inference.root.void:
                    known = labels.listed
                    has = f"it has {words(known)}" if known else "it has no labels"
                    yield Problem(
                        f"the alert has no label {label!r}",
                        did_you_mean(label, known, has),
                        span,
                        None,
                        text,
                        part,
                    )
