"""Templates without blocks and variables of their own: what each action does by itself, put together.

Nearly all templates are such, and nearly all of their actions are the same few: ``{{ $labels.instance }}``. An action that is
read by itself and ends where the next two braces close means the same wherever it stands.
"""

from __future__ import annotations

from functools import lru_cache

from signalproof.promql.ast import Span
from signalproof.templates.evaluate import meaning
from signalproof.templates.lexer import TemplateSyntaxError
from signalproof.templates.parser import parse
from signalproof.templates.tree import Action
from signalproof.templates.values import Failure, Meaning, Written


@lru_cache(maxsize=4096)
def straight(text: str) -> Meaning | None:
    """Return what the template *text* does; None where that takes more than looking at each action by itself.

    Prometheus takes a template of which something is returned.
    """
    whole = Meaning()
    at = 0
    while (left := text.find("{{", at)) >= 0:
        at = text.find("}}", left + 2) + 2
        alone = _alone(text[left:at]) if at > 1 else None
        if alone is None:
            return None
        for span, label in alone.shown.items():
            whole.shown[_moved(span, left)] = label
        if alone.values:
            whole.values += [_moved(span, left) for span in alone.values]
        if alone.written:
            whole.written += [Written(one.function, _moved(one.span, left), None) for one in alone.written]
        for one in alone.failures:
            whole.failures.append(Failure(one.message, one.help, _moved(one.span, left), one.fatal))
    return whole


@lru_cache(maxsize=4096)
def _alone(action: str) -> Meaning | None:
    """Return what an action does that stands by itself; None where it depends on others, or asks a query."""
    try:
        tree = parse(action)
        found = meaning(action)
    except TemplateSyntaxError:
        return None
    whole = [Span(0, len(action))] == [one.span for one in tree.nodes if isinstance(one, Action)]
    sets = any(isinstance(one, Action) and one.pipeline.variables for one in tree.nodes)
    return None if not whole or sets or tree.faults or found.words or found.queries else found


def _moved(span: Span, by: int) -> Span:
    return Span(span.start + by, span.end + by)
