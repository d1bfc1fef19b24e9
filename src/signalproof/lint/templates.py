"""Legends and alert templates: what they show, and what goes wrong in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

from signalproof.promql.ast import Span
from signalproof.promql.query import Query, Use

if TYPE_CHECKING:
    from signalproof.templates.values import Meaning

_LEGEND = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")


def legend_labels(legend: str) -> Iterator[tuple[str, Span]]:
    """Yield every label that a Grafana legend shows, with its place: ``{{handler}}``."""
    for found in _LEGEND.finditer(legend):
        yield found[1], Span(*found.span())


def templates_of(query: Query) -> Iterator[tuple[str, str]]:
    """Yield every template of an alert that Prometheus fills in, after what it is: ``annotation summary``.

    What a recording rule adds is no template, and Grafana fills in those of its own alerts by other rules.
    """
    if query.use is Use.ALERT and not query.templates:
        for kind, texts in (("annotation", query.annotations), ("label", query.labels)):
            for name, text in texts.items():
                if "{{" in text:
                    yield f"{kind} {name}", text


def meaning_of(template: str) -> Meaning:
    """Return what *template* does; nothing of one that Prometheus refuses for its syntax."""
    return _reader()(template)


@cache
def _reader() -> Callable[[str], Meaning]:
    """Return `meaning_of`; what reads templates is loaded with the first one."""
    from signalproof.templates.evaluate import meaning
    from signalproof.templates.lexer import TemplateSyntaxError
    from signalproof.templates.straight import straight
    from signalproof.templates.values import Meaning

    nothing = Meaning()

    def read(template: str) -> Meaning:
        if "{{" not in template:
            return nothing
        try:
            return straight(template) or meaning(template)
        except TemplateSyntaxError:
            return nothing

    return read


def template_labels(template: str) -> Iterator[tuple[str, Span]]:
    """Yield every label that an alert template shows of the alert itself, with its place: ``$labels.job``.

    A label that a condition asks for is not shown by that, nor where the condition says that it is there: the template
    knows that it may not be.
    """
    for span, label in meaning_of(template).shown.items():
        yield label, span


def undefined_words(template: str) -> Iterator[tuple[str, Span]]:
    """Yield ``labels.job`` and ``value`` that lack their dollar, each with its place."""
    for span in meaning_of(template).words:
        yield template[span.start : span.end], span


def shows_value(template: str) -> Span | None:
    """Return where a template uses the value of the alert, or None."""
    return next(iter(meaning_of(template).values), None)
