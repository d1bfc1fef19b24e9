"""Instant vector selectors: the metric name and the matchers in braces."""

from __future__ import annotations

import re
from typing import Final, cast

from signalproof.promql.ast import NOWHERE, Matcher, MatchOperator, Selector, Span, String, Variable
from signalproof.promql.lexer import LABEL, QUOTED, SPACE, VARIABLE, Source
from signalproof.promql.regex import matches_empty

_MATCHER: Final = re.compile(rf"{SPACE}({LABEL}){SPACE}(=~|!=|!~|=){SPACE}({QUOTED}){SPACE}([,}}])")
_ANY_MATCHER: Final = re.compile(
    rf"{SPACE}(?:({LABEL}(?![\[$])|{QUOTED})|((?:[A-Za-z0-9_]|{VARIABLE})++)){SPACE}(?:(=~|!=|!~|=){SPACE}(?:({QUOTED})|({VARIABLE})))?"
)
_SEPARATOR: Final = re.compile(rf"{SPACE}([,}}])")
_END: Final = re.compile(rf"{SPACE}\}}")
_VARIABLE_AHEAD: Final = re.compile(rf"{SPACE}(?:{VARIABLE})")
_OR: Final = re.compile(rf"{SPACE}or\b", re.IGNORECASE)


def parse_selector(source: Source, name: str, start: int, variables: tuple[Variable, ...]) -> Selector:
    """Read the braces after *name*, which stands at *start* and may be empty; the position is behind the ``{``."""
    text = source.text
    name_span = Span(start, start + len(name)) if name else NOWHERE
    named = bool(name)
    matchers: list[Matcher | Variable] = []
    pos = source.pos
    while True:
        match = _MATCHER.match(text, pos)
        if match is None:
            source.pos = pos
            if (end := _END.match(text, pos)) is not None:
                pos = end.end()
                break
            item = _uncommon(source)
            if isinstance(item, String):
                if not name:
                    name, name_span = item.value, item.span
                elif named:
                    _fail_named_twice(source, name, item.value, item.span)
                else:
                    matchers.append(Matcher("__name__", "=", item, item.span, item.span))
            else:
                matchers.append(item)
            if _separated(source):
                pos = source.pos
                continue
            pos = source.pos
            break
        label, operator, quoted, separator = match.groups()
        pos = match.end()
        at = match.start(3)
        end_of_value = match.end(3)
        value = String(
            source.unquote(quoted, at),
            quoted,
            source.variables_in(quoted, at) if "$" in quoted or "[[" in quoted else (),
            Span(at, end_of_value),
        )
        at = match.start(1)
        matchers.append(
            Matcher(
                label, cast("MatchOperator", operator), value, Span(at, match.end(1)), Span(at, end_of_value)
            )
        )
        if operator[-1] == "~":
            _check_pattern(source, value)
        if separator == "}":
            break
    source.pos = pos
    span = Span(start, pos)
    if named:
        for one in matchers:
            if isinstance(one, Matcher) and one.label == "__name__":
                _fail_named_twice(source, name, one.value.value, one.span)
    return Selector(name, tuple(matchers), variables, None, None, "", name_span, span)


def check_selective(source: Source, selector: Selector) -> None:
    """Refuse a selector that every series in the world matches."""
    if selector.name:
        return
    for matcher in selector.matchers:
        if isinstance(matcher, Variable) or matcher.value.variables or isinstance(matcher.label, Variable):
            return
        operator, value = matcher.operator, matcher.value.value
        if operator == "=" and value or operator == "!=" and not value:
            return
        if operator[-1] == "~" and matches_empty(value) == (operator == "!~"):
            return
    source.fail(
        "the selector matches every series there is",
        *selector.span,
        'name a metric, or give a matcher that an absent label does not pass: job!=""',
    )


def _fail_named_twice(source: Source, name: str, other: str, span: Span) -> None:
    source.fail(f"the metric name is given twice: {name!r} and {other!r}", *span, "keep one of them")


def _check_pattern(source: Source, value: String) -> None:
    """Refuse a regular expression that Prometheus refuses; one with variables in it is not known yet."""
    if not value.variables:
        try:
            matches_empty(value.value)
        except ValueError as error:
            source.fail(f"the regular expression {value.text} is wrong: {error}", *value.span)


def _uncommon(source: Source) -> Matcher | String | Variable:
    """Read a quoted label or metric name, or a variable for a whole matcher list, a label or a value."""
    match = _ANY_MATCHER.match(source.text, source.pos)
    if match is None:
        source.unexpected("a label name or '}'")
    word, composed, operator, quoted, variable = match.groups()
    start = match.start(1) if word else match.start(2)
    end = match.end(1) if word else match.end(2)
    span = Span(start, end)
    label: str | Variable
    if word is None:
        if "$" not in composed and "[[" not in composed:
            source.unexpected("a label name or '}'", "a label name does not start with a digit")
        label = source.variable(composed, start)
        if operator is None:
            source.pos = end
            return label
    elif word[0] in "\"'`":
        label = source.unquote(word, start)
        if operator is None:
            source.pos = end
            return String(label, word, (), span)
    else:
        label = word
        if operator is None:
            source.pos = end
            source.unexpected("=, !=, =~ or !~ after the label name", _operator_hint(source))
    source.pos = match.end()
    if quoted is not None:
        at = match.start(4)
        value = String(
            source.unquote(quoted, at), quoted, source.variables_in(quoted, at), Span(at, match.end())
        )
    else:
        at = match.start(5)
        value = String(variable, variable, (source.variable(variable, at),), Span(at, match.end()))
    if operator[-1] == "~":
        _check_pattern(source, value)
    return Matcher(label, cast("MatchOperator", operator), value, span, Span(start, match.end()))


def _operator_hint(source: Source) -> str:
    rest = source.text[source.pos :].lstrip()
    if rest.startswith("=="):
        return 'inside the braces a matcher is written with one "=": label="value"'
    return 'a value in quotes follows the operator: label="value"' if rest[:1] in ("=", "!") else ""


def _separated(source: Source) -> bool:
    """Whether another item follows in the braces; reads the comma or the closing brace."""
    match = _SEPARATOR.match(source.text, source.pos)
    if match is not None:
        source.pos = match.end()
        return match[1] == ","
    if _VARIABLE_AHEAD.match(source.text, source.pos):
        return True
    if _OR.match(source.text, source.pos):
        source.unexpected("',' or '}'", "PromQL has no `or` between matchers; use one =~ with `|`")
    source.unexpected("',' or '}'")
