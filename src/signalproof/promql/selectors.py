"""Instant vector selectors: the metric name and the matchers in braces."""

from __future__ import annotations

import re
from typing import Final, cast

from signalproof.promql.ast import NOWHERE, Matcher, MatchOperator, Selector, Span, String, Variable
from signalproof.promql.lexer import LABEL, QUOTED, SPACE, VARIABLE
from signalproof.promql.source import Source
from signalproof.promql.regex import matches_empty

_MATCHER: Final = re.compile(rf"{SPACE}({LABEL}){SPACE}(=~|!=|!~|=){SPACE}({QUOTED}){SPACE}([,}}])").match
_ANY_MATCHER: Final = re.compile(
    rf"{SPACE}(?:({LABEL}(?![\[$])|{QUOTED})|((?:[A-Za-z0-9_]|{VARIABLE})++)){SPACE}(?:(=~|!=|!~|=){SPACE}(?:({QUOTED})|({VARIABLE})))?"
)
_SEPARATOR: Final = re.compile(rf"{SPACE}([,}}])").match
_END: Final = re.compile(rf"{SPACE}\}}").match
_VARIABLE_AHEAD: Final = re.compile(rf"{SPACE}(?:{VARIABLE})")
_OR: Final = re.compile(rf"{SPACE}or\b", re.IGNORECASE)


def parse_selector(source: Source, name: str, start: int, variables: tuple[Variable, ...]) -> Selector:
    """Read the braces after *name*, which stands at *start* and may be empty; the position is behind the ``{``."""
    text = source.text
    pos = source.pos
    known = source.known
    matchers: list[Matcher | Variable] = []
    while True:
        match = _MATCHER(text, pos)
        if match is None:
            break
        label, operator, quoted, separator = match.groups()
        at = match.start(3)
        end = match.end(3)
        value = quoted[1:-1] if "\\" not in quoted else source.string(quoted, at)
        inside: tuple[Variable, ...] = ()
        if "$" in quoted or "[[" in quoted:
            name_of = value[1:]
            if value[0] == "$" and (known is None or name_of in known) and name_of.isidentifier() and name_of.isascii():
                inside = (Variable(name_of, value, "", (at + 1, end - 1)),)
            else:
                inside = source.variables_in(quoted, at)
        string = String(value, quoted, inside, (at, end))
        if not inside and operator[1:] == "~":
            _check_pattern(source, string)
        where = match.span(1)
        matchers.append(Matcher(label, operator, string, where, (where[0], end)))
        pos = match.end()
        if separator == "}":
            source.pos = pos
            return _selector(source, name, start, variables, matchers)
    source.pos = pos
    return _unusual(source, name, start, variables, matchers)


def _selector(
    source: Source,
    name: str,
    start: int,
    variables: tuple[Variable, ...],
    matchers: list[Matcher | Variable],
) -> Selector:
    if not name:
        return Selector("", tuple(matchers), (), None, None, "", NOWHERE, (start, source.pos))
    if "__name__" in source.text:
        for one in matchers:
            if isinstance(one, Matcher) and one.label == "__name__":
                _fail_named_twice(source, name, one.value.value, one.span)
    where = (start, start + len(name))
    return Selector(name, tuple(matchers), variables, None, None, "", where, (start, source.pos))


def _unusual(
    source: Source,
    name: str,
    start: int,
    variables: tuple[Variable, ...],
    matchers: list[Matcher | Variable],
) -> Selector:
    """Read on where a matcher is not a plain ``label="value"``, up to the closing brace."""
    quoted: list[String] = []
    while (end := _END(source.text, source.pos)) is None:
        item = _item(source)
        if isinstance(item, String):
            quoted.append(item)
        else:
            matchers.append(item)
        if not _separated(source):
            break
    else:
        source.pos = end.end()
    if not quoted:
        return _selector(source, name, start, variables, matchers)
    if name:
        _fail_named_twice(source, name, quoted[0].value, quoted[0].span)
    for one in quoted[1:]:
        matchers.append(Matcher("__name__", "=", one, one.span, one.span))
    first = quoted[0]
    return Selector(first.value, tuple(matchers), (), None, None, "", first.span, (start, source.pos))


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
    raise source.error(
        "the selector matches every series there is",
        *selector.span,
        'name a metric, or give a matcher that an absent label does not pass: job!=""',
    )


def _fail_named_twice(source: Source, name: str, other: str, span: Span) -> None:
    raise source.error(f"the metric name is given twice: {name!r} and {other!r}", *span, "keep one of them")


def _check_pattern(source: Source, value: String) -> None:
    """Refuse a regular expression that Prometheus refuses; one with variables in it is not known yet."""
    if not value.variables:
        try:
            matches_empty(value.value)
        except ValueError as error:
            raise source.error(f"the regular expression {value.text} is wrong: {error}", *value.span)


def _item(source: Source) -> Matcher | String | Variable:
    """Read a quoted label or metric name, or a variable for a whole matcher list, a label or a value."""
    match = _ANY_MATCHER.match(source.text, source.pos)
    if match is None:
        raise source.unexpected("a label name or '}'")
    word, composed, operator, quoted, variable = match.groups()
    start = match.start(1) if word else match.start(2)
    end = match.end(1) if word else match.end(2)
    span = (start, end)
    label: str | Variable
    if word is None:
        if "$" not in composed and "[[" not in composed:
            raise source.unexpected("a label name or '}'", "a label name does not start with a digit")
        label = source.variable(composed, start)
        if operator is None:
            source.pos = end
            return label
    elif word[0] in "\"'`":
        label = source.string(word, start)
        if operator is None:
            source.pos = end
            return String(label, word, (), span)
    else:
        label = word
        if operator is None:
            source.pos = end
            raise source.unexpected("=, !=, =~ or !~ after the label name", _operator_hint(source))
    source.pos = match.end()
    if quoted is not None:
        at = match.start(4)
        value = String(source.string(quoted, at), quoted, source.variables_in(quoted, at), (at, match.end()))
    else:
        at = match.start(5)
        value = String(variable, variable, (source.variable(variable, at),), (at, match.end()))
    if operator[-1] == "~":
        _check_pattern(source, value)
    return Matcher(label, cast("MatchOperator", operator), value, span, (start, match.end()))


def _operator_hint(source: Source) -> str:
    rest = source.text[source.pos :].lstrip()
    if rest.startswith("=="):
        return 'inside the braces a matcher is written with one "=": label="value"'
    return 'a value in quotes follows the operator: label="value"' if rest[:1] in ("=", "!") else ""


def _separated(source: Source) -> bool:
    """Whether another item follows in the braces; reads the comma or the closing brace."""
    match = _SEPARATOR(source.text, source.pos)
    if match is not None:
        source.pos = match.end()
        return match[1] == ","
    if _VARIABLE_AHEAD.match(source.text, source.pos):
        return True
    if _OR.match(source.text, source.pos):
        raise source.unexpected("',' or '}'", "PromQL has no `or` between matchers; use one =~ with `|`")
    raise source.unexpected("',' or '}'")
