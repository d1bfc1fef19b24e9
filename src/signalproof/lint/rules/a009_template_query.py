"""A009: a query in a template that cannot answer what is asked of it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.errors import did_you_mean
from signalproof.infer.value import Shape
from signalproof.lint.asked import Inner, inner, understood
from signalproof.lint.finding import Problem, Severity
from signalproof.lint.rule import Context, Rule, words
from signalproof.lint.rules.m001_unknown_metric import UnknownMetric
from signalproof.lint.rules.m003_not_seen import NotSeen
from signalproof.lint.shown import alert
from signalproof.lint.templates import meaning_of
from signalproof.promql.ast import Selector, Span
from signalproof.promql.query import Query, Use
from signalproof.promql.tree import walk

_NOT_FILLED = re.compile(r"\{\{[^{}]*\}\}|\$(?:labels|externalLabels)\.\w+")
_KNOWN = UnknownMetric()
_SEEN = NotSeen()


class TemplateQuery(Rule[Query]):
    """The query in a template is wrong, or has not the label that is asked of its result.

    ``{{ query "…" }}`` asks Prometheus when the alert fires. What is no PromQL, or a range vector, makes an error of the whole text. A metric
    that nothing emits gives no series: ``first`` fails, ``range`` writes nothing. A label that an aggregation inside of the
    query dropped is empty in its samples: ``{{ range query "sum by (queue) (…)" }}{{ .Labels.job }}``. And nothing
    is filled into a text in quotes: ``"up{job='$labels.job'}"`` asks for a job of that name; ``printf`` puts it in.

    What ``printf`` fills in is not known and holds for anything. Metrics are looked up as rules M001 and M003 do.
    """

    code = "A009"
    slug = "template-query"
    severity = "error"
    promql_only = True
    visits = (Query,)
    about = ("annotations", "labels")
    uses = frozenset({Use.ALERT})
    bad = (
        (alert("queue_length > 10", summary='{{ query "sum(workers" | first | value }} work'), "sum(workers"),
        (
            alert(
                "queue_length > 10", summary='{{ query (printf "sum(jobs_total{queue=%q}))" $labels.queue) }}'
            ),
            ")",
        ),
        (alert("queue_length > 10", summary='{{ query "workers[5m]" | len }} work'), "workers[5m]"),
        (alert("queue_length > 10", summary='{{ query "worker" | first | value }} work'), "worker"),
        (
            alert(
                "queue_length > 10", summary="{{ query (printf \"job_total{queue='%s'}\" $labels.queue) }}"
            ),
            "job_total",
        ),
        (
            alert(
                "queue_length > 10",
                summary='{{ query "sum by (status) (jobs_total)" | first | label "queue" }}',
            ),
            '"queue"',
        ),
        (
            alert(
                "queue_length > 10",
                summary='{{ range query "topk(3, sum by (status) (jobs_total))" }}{{ .Labels.queue }} {{ end }}',
            ),
            ".Labels.queue",
        ),
        (
            alert(
                "queue_length > 10",
                summary="{{ query `queue_length{queue='$labels.queue'}` | first | value }}",
            ),
            "$labels.queue",
        ),
    )
    good = (
        alert(
            "queue_length > 10",
            summary='{{ with query "sum(workers)" }}{{ . | first | value }} work{{ end }}',
        ),
        alert(
            "queue_length > 10", summary='{{ query "sum by (queue) (jobs_total)" | first | label "queue" }}'
        ),
        alert(
            "queue_length > 10",
            summary='{{ range query "queue_length" }}{{ .Labels.job }} {{ .Value }}{{ end }}',
        ),
        alert("queue_length > 10", summary='{{ query (printf "jobs_total{queue=%q}" $labels.queue) | len }}'),
        alert(
            "queue_length > 10",
            summary="{{ query (printf \"rate(jobs_total{queue='%s'}[5m])\" $labels.queue) | len }}",
        ),
        alert("queue_length > 10", summary='{{ query (printf "jobs_total %s" $externalLabels.rest) | len }}'),
        alert("queue_length > 10", summary="{{ query $labels.queue | len }}"),
        alert("queue_length > 10", summary='since {{ query "time()" | first | value | humanizeTimestamp }}'),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield what is wrong with the queries in the templates of an alert."""
        for part, text in context.templates:
            found = meaning_of(text)
            for asked in found.queries:
                for problem in _problems(inner(asked), context):
                    yield Problem(problem.message, problem.help, problem.span, problem.severity, text, part)
            for asked, label, span in found.labels:
                inside = understood(inner(asked), context)
                root = inside.inference.root if inside is not None else None
                if root is None or root.void or root.labels.can_have(label):
                    continue
                known = root.labels.listed
                has = f"it has {words(known)}" if known else "it has no labels"
                message = f"the result of the query has no label {label!r}"
                yield Problem(message, did_you_mean(label, known, has), span, Severity.WARNING, text, part)


def _problems(asked: Inner, context: Context) -> Iterator[Problem]:
    """Yield what is wrong with a query by itself, with its place in the template."""
    if asked.error is not None:
        message = f"the query in the template is no PromQL: {asked.error}"
        yield Problem(message, asked.error.help, asked.place(_shown(asked.error.span, asked.text)))
        return
    literal = False
    for piece in asked.pieces:
        for one in _NOT_FILLED.finditer(piece.text):
            message = f"{one[0]} is not filled in here: it stands in quotes, and the query has it as it is"
            remedy = 'put it in: query (printf "…{job=%q}" $labels.job)'
            yield Problem(
                message, remedy, _within(piece.span, one, verbatim=piece.verbatim), Severity.WARNING
            )
            literal = True
    inside = understood(asked, context)
    if inside is None or literal:
        return
    shape = inside.inference.root.shape
    if shape in (Shape.RANGE, Shape.STRING):
        message = (
            f"the query in the template gives a {shape}, and Prometheus takes a vector or a number there"
        )
        remedy = (
            "take one moment of it: rate(…), max_over_time(…)"
            if shape is Shape.RANGE
            else "leave out the quotes"
        )
        yield Problem(message, remedy, asked.place(Span(0, len(asked.text))))
    for node in walk(inside.root):
        if isinstance(node, Selector):
            for problem in _KNOWN.check(node, inside):
                yield Problem(problem.message, problem.help, asked.place(problem.span), problem.severity)
            for problem in _SEEN.check(node, inside):
                yield Problem(problem.message, problem.help, asked.place(problem.span), Severity.WARNING)


def _within(span: Span, found: re.Match[str], *, verbatim: bool) -> Span:
    return Span(span.start + found.start(), span.start + found.end()) if verbatim else span


def _shown(span: Span, text: str) -> Span:
    """Return *span*, or all of the query where nothing stands there: at its end."""
    return span if span.start < span.end and span.start < len(text) else Span(0, len(text))
