"""A008: a template that goes wrong when the alert fires."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.infer.value import NATIVES
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert
from signalproof.lint.templates import meaning_of
from signalproof.promql.query import Query, Use


class TemplateFails(Rule[Query]):
    """The template can be read, and goes wrong when the alert fires.

    ``promtool check rules`` takes it, for it does not fill it in. The notification then says ``<error expanding template: …>``
    in place of the whole text: a field that does not exist (``$value.x``, ``.labels.job``), a function with too many
    or too few arguments or with one of another kind, a comparison of a float with a whole number (``gt $value 5``; write
    ``5.0``), a regular expression that is none. That is an error. It happens where the text is reached: under a condition,
    where that holds.

    A warning is what leaves a mark in the text: ``$value`` is a float64 and a label a string, so ``%d`` and ``%s`` write
    ``%!d(float64=5)`` for the value, ``%f`` writes ``%!f(string=a)`` for a label, and a verb without its argument
    ``%!s(MISSING)``.

    Of native histograms nothing is said: their value is no number.
    """

    code = "A008"
    slug = "template-fails"
    severity = "error"
    promql_only = True
    visits = (Query,)
    about = ("annotations", "labels")
    uses = frozenset({Use.ALERT})
    bad = (
        (alert("queue_length > 10", summary='{{ printf "%d" $value }} wait'), "%d"),
        (alert("queue_length > 10", summary='{{ $value | printf "%s" }} wait'), "%s"),
        (alert("queue_length > 10", summary='{{ printf "%.2f" $labels.queue }} is full'), "%.2f"),
        (alert("queue_length > 10", summary='{{ $value | humanize | printf "%.1f" }} wait'), "%.1f"),
        (alert("queue_length > 10", summary='{{ printf "%s in %s" $labels.queue }}'), "%s"),
        (
            alert("queue_length > 10", summary='{{ printf "many in" $labels.queue }}'),
            '{{ printf "many in" $labels.queue }}',
        ),
        (alert("queue_length > 10", summary="{{ if gt $value 100 }}far {{ end }}too many"), "gt"),
        (alert("queue_length > 10", summary="{{ $value.humanize }} wait"), "$value.humanize"),
        (alert("queue_length > 10", summary="{{ .labels.queue }} is full"), ".labels.queue"),
        (alert("queue_length > 10", summary="{{ .Queue }} is full"), ".Queue"),
        (
            alert("queue_length > 10", summary="{{ $labels.queue | toUpper | reReplaceAll `a` }} is full"),
            "reReplaceAll",
        ),
        (alert("queue_length > 10", summary='{{ query "workers" | value }} work'), 'query "workers"'),
        (alert("queue_length > 10", summary='{{ reReplaceAll "(" "" $labels.queue }} is full'), '"("'),
        (alert("queue_length > 10", summary='{{ template "queue" . }} is full'), '{{ template "queue" . }}'),
    )
    good = (
        alert(
            "queue_length > 10", summary='{{ printf "%.0f" $value }} wait in {{ printf "%q" $labels.queue }}'
        ),
        alert("queue_length > 10", summary="{{ if gt $value 100.0 }}far {{ end }}too many"),
        alert(
            "queue_length > 10", summary='{{ $value | printf "%.2f%%" }} of {{ len $labels | printf "%d" }}'
        ),
        alert("queue_length > 10", summary='{{ query "workers" | first | value | printf "%.0f" }} work'),
        alert("queue_length > 10", summary='{{ printf "%*d" 5 (len $labels) }}'),
        alert(
            "queue_length > 10", summary='{{ $text := "few" }}{{ $text = $value }}{{ printf "%.0f" $text }}'
        ),
        alert(
            "queue_length > 10",
            summary='{{ define "a" }}{{ .queue }}{{ end }}{{ template "a" .Labels }} is full',
        ),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield everything that goes wrong in a template."""
        if context.inference.root.kind in NATIVES:
            return
        for part, text in context.templates:
            for one in meaning_of(text).failures:
                severity = None if one.fatal else Severity.WARNING
                message = f"the template fails: {one.message}" if one.fatal else one.message
                yield Problem(message, one.help, one.span, severity, text, part)
