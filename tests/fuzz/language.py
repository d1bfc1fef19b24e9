"""What the readers of languages promise for any text whatever; broken promises are AssertionErrors or the exception itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from signalproof.config import Config
from signalproof.errors import Location
from signalproof.infer.inference import infer
from signalproof.lint.examples import exposition
from signalproof.lint.project import lint
from signalproof.lint.registry import all_rules
from signalproof.promql.ast import Node
from signalproof.promql.dialect import Dialect, parse
from signalproof.promql.parser import PromQLSyntaxError
from signalproof.promql.printer import to_text
from signalproof.promql.query import Query, Use
from signalproof.templates.evaluate import meaning
from signalproof.templates.lexer import TemplateSyntaxError, Word, tokens
from signalproof.templates.parser import parse as parse_template
from signalproof.templates.tree import Template, children

EVERY: Final = tuple(sorted({rule.code[0] for rule in all_rules()}))
"""What the codes of all rules begin with: a few words are soon compared."""
WORLD: Final = exposition()
"""What exists."""
_DECLARED: Final = ("job", "v")
_OF_VICTORIA: Final = Config(Path(), dialect="metricsql")


def promql(text: str) -> bool:
    """Any text is an expression or a syntax error within it; return whether it is an expression.

    It is read as in a rule, where every name with a dollar is a variable, and as in a dashboard that declares some.
    """
    _read(text, _DECLARED)
    tree = _read(text, None)
    if tree is not None:
        infer(tree, WORLD)
        lint([Query(text, Location("fuzz", 1))], WORLD, select=EVERY)
    return tree is not None


def metricsql(text: str) -> bool:
    """Any text is an expression of MetricsQL or a syntax error within it; return whether it is an expression."""
    _read(text, _DECLARED, "metricsql")
    tree = _read(text, None, "metricsql")
    if tree is not None:
        infer(tree, WORLD)
        lint([Query(text, Location("fuzz", 1))], WORLD, select=EVERY, config=_OF_VICTORIA)
    return tree is not None


def _read(text: str, variables: tuple[str, ...] | None, dialect: Dialect = "prometheus") -> Node | None:
    try:
        tree = parse(text, variables, dialect)
    except PromQLSyntaxError as error:
        refusal = error
    else:
        again = parse(to_text(tree), variables, dialect)
        assert again == tree, "what was printed is read as something else"
        return tree
    start, end = refusal.span
    assert 0 <= start <= end <= len(text) + 1, f"{refusal.span} of {len(text)} characters"
    return None


def template(text: str) -> bool:
    """Any text is a template or a syntax error within it; return whether it is a template.

    Its words follow each other, and what no word holds is space, or the marker that trims it. Every part of its tree stands
    within what it is a part of, and whatever is said of it is said of a place in it.
    """
    done = 0
    for token in tokens(text):
        if token.kind is Word.ERROR:  # points at what is not closed
            break
        assert done <= token.start <= token.end <= len(text), f"{token} behind {done}"
        between = text[done : token.start].strip(" \t\r\n")
        assert between in ("", "-"), f"{between!r} is no word"
        done = token.end
    tree = None
    try:
        tree = parse_template(text)
    except TemplateSyntaxError as error:
        spans = [error.span]
    else:
        _nested(tree)
        found = meaning(text)
        spans = [tree.span, *found.shown, *found.words, *found.values, *(one.span for one in found.failures)]
        spans += [*(one.span for one in found.written), *(one.span for one in found.queries)]
        spans += [span for *_, span in found.labels]
    assert all(0 <= start <= end <= len(text) for start, end in spans), spans
    alert = Query(
        "up == 0", Location("fuzz", 1), Use.ALERT, "g", "a", annotations={"summary": text}, labels={"l": text}
    )
    for one in lint([alert], WORLD, select=EVERY).findings:
        assert 0 <= one.span.start <= one.span.end <= len(one.shown), one
    return tree is not None


def _nested(tree: Template) -> None:
    pending: list[Any] = [tree]
    while pending:
        whole = pending.pop()
        for part in children(whole):
            inside = whole.span.start <= part.span.start <= part.span.end <= whole.span.end
            assert inside, f"{part.span} in {whole.span}: {part}"
            pending.append(part)
