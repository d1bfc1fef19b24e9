"""A007: a template that Prometheus refuses."""

from __future__ import annotations

from collections.abc import Iterator

from signalproof.config import Config
from signalproof.lint.finding import Problem
from signalproof.lint.rule import Context, Rule
from signalproof.lint.shown import alert
from signalproof.lint.templates import undefined_words
from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use
from signalproof.templates.functions import FUNCTIONS
from signalproof.templates.lexer import TemplateSyntaxError
from signalproof.templates.parser import parse
from signalproof.templates.straight import straight
from signalproof.templates.tree import Choice, Name, Template, parts
from signalproof.versions import key_of

_ELSE_WITH = "2.55"
"""The first version that was built with Go 1.23, which has ``{{ else with }}``."""


class TemplateRefused(Rule[Query]):
    """The template of an annotation or a label is not one that Prometheus reads.

    Prometheus reads every annotation and label of an alert as a template of Go when it loads the rule file. One that
    is not closed, that calls a function or names a variable that does not exist, is refused, and with it the file: a server
    that starts with it ends, one that reloads goes on with its old rules. ``promtool check rules`` says the same of the
    same templates.

    The variables are ``$labels``, ``$value``, ``$externalLabels`` and ``$externalURL``, and those that the template
    declares, inside of the block that declares them. Inside of ``{{ define }}`` there are none but its own. ``labels.job``
    without its dollar rule A001 speaks about. Functions that came with a later version than ``prometheus`` in the
    configuration says are found where it says one. vmalert and Grafana have functions and variables of their own; their
    templates are not judged.
    """

    code = "A007"
    slug = "template-refused"
    severity = "error"
    promql_only = True
    visits = (Query,)
    about = ("annotations", "labels")
    uses = frozenset({Use.ALERT})
    bad = (
        (alert("queue_length > 10", summary="{{ $value | humanise }} wait"), "humanise"),
        (alert("queue_length > 10", summary="{{ $label.queue }} is full"), "$label"),
        (alert("queue_length > 10", summary="{{ $labels.queue } is full"), "}"),
        (alert("queue_length > 10", summary="{{ $labels.queue is full"), "{{"),
        (alert("queue_length > 10", summary="{{ if $labels.queue }}{{ $labels.queue }} is full"), "{{"),
        (alert("queue_length > 10", summary="{{ $labels.queue }}{{ end }} is full"), "end"),
        (alert("queue_length > 10", summary="{{ $value * 100 }} %"), "*"),
        (
            alert(
                "queue_length > 10",
                labels={"team": "{{ if $labels.queue }}a{{ $team := `b` }}{{ end }}{{ $team }}"},
            ),
            "$team",
        ),
        (
            alert(
                "queue_length > 10",
                summary='{{ define "a" }}{{ $labels.queue }}{{ end }}{{ template "a" . }}',
            ),
            "$labels",
        ),
    )
    good = (
        alert("queue_length > 10", summary="{{ $value | humanize }} wait in {{ $labels.queue }}"),
        alert("queue_length > 10", summary="{{- if $labels.queue -}} {{ $labels.queue }} {{- end }} is full"),
        alert(
            "queue_length > 10",
            summary='{{ define "a" }}{{ .queue }}{{ end }}{{ template "a" $labels }} is full',
        ),
        alert("queue_length > 10", summary="write {{ `{{ $label.queue }}` }} for the queue"),
        alert("queue_length > 10", summary="{{ with $team := `b` }}{{ $team }}{{ end }}{{/* $team */}}"),
    )

    def check(self, seen: Query, context: Context) -> Iterator[Problem]:
        """Yield every reason for which a template is refused."""
        config = context.world.config
        versed = "prometheus" in config.said
        for part, text in context.templates:
            if not versed and straight(text) is not None:
                continue
            try:
                tree = parse(text)
            except TemplateSyntaxError as error:
                yield Problem(
                    f"Prometheus refuses the template: {error}", error.help, error.span, None, text, part
                )
                continue
            told = [span for _, span in undefined_words(text)]
            for fault in tree.faults:
                if not any(one.start <= fault.span.start < one.end for one in told):
                    message = f"Prometheus refuses the template: {fault.message}"
                    yield Problem(message, fault.help, fault.span, None, text, part)
            if versed:
                for message, span in _newer(tree, config):
                    yield Problem(
                        message, "write it in another way, or support newer ones only", span, None, text, part
                    )


def _newer(tree: Template, config: Config) -> Iterator[tuple[str, Span]]:
    """Yield what came with a later version than the oldest to support."""
    oldest = config.prometheus
    for one in parts(tree):
        if (
            isinstance(one, Name)
            and one.name in FUNCTIONS
            and key_of(FUNCTIONS[one.name].since) > key_of(oldest)
        ):
            yield f"{one.name} needs Prometheus {FUNCTIONS[one.name].since}, {oldest} is supported", one.span
        elif (
            isinstance(one, Choice)
            and one.keyword == "with"
            and len(one.branches) > 1
            and key_of(oldest) < key_of(_ELSE_WITH)
        ):
            yield (
                f"{{{{ else with }}}} needs Prometheus {_ELSE_WITH}, {oldest} is supported",
                one.branches[1].span,
            )
