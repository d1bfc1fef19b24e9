"""Instant vector selectors: the metric name and the matchers in braces."""

from __future__ import annotations

import re
from typing import Any, Final, NoReturn, cast

from signalproof.promql.ast import NOWHERE, Braces, Matcher, MatchOperator, Selector, String, Variable
from signalproof.promql.lexer import LABEL, QUOTED, SPACE, VARIABLE
from signalproof.promql.node import shifted
from signalproof.promql.regex import PatternError, matches_empty
from signalproof.promql.source import Source

_MATCHER: Final = re.compile(rf"{SPACE}({LABEL}){SPACE}(=~|!=|!~|=){SPACE}({QUOTED}){SPACE}([,}}])").match
_ITEM: Final = re.compile(
    rf"{SPACE}(?:({LABEL}(?![\[$])|{QUOTED})|((?:[A-Za-z0-9_]*+{VARIABLE})++[A-Za-z0-9_]*+)){SPACE}"
    rf"(?:(=~|!=|!~|=){SPACE}(?:({QUOTED})|({VARIABLE})))?"
).match
_OPERATOR: Final = re.compile(rf"{SPACE}(?:=~|!=|!~|=){SPACE}").match
_SEPARATOR: Final = re.compile(rf"{SPACE}([,}}])").match
_END: Final = re.compile(rf"{SPACE}\}}").match
_VARIABLE_AHEAD: Final = re.compile(rf"{SPACE}{VARIABLE}").match
_OR: Final = re.compile(rf"{SPACE}or\b", re.IGNORECASE).match
_KEPT: Final = 8192
"""How many different braces are kept; a dashboard has dozens, the largest rule repositories thousands."""
_LONGEST_KEPT: Final = 2048
_kept: dict[tuple[frozenset[str] | None, str], Braces] = {}


def parse_selector(
    source: Source, name: str, start: int, variables: tuple[Variable, ...], *, selective: bool = True
) -> Selector:
    """Read the braces after *name*, which stands at *start* and may be empty; the position is behind the ``{``.

    Unless *selective* is False, a selector that every series in the world matches is refused.
    """
    pos = source.pos
    # What was read up to a brace before ends at the same brace here: no other character has to be looked at.
    end = source.text.find("}", pos) + 1
    braces = _kept.get((source.known, source.text[pos:end]))
    if braces is None:
        braces = _keep(source)
    else:
        source.pos = end
    span = (start, source.pos)
    if name:
        if braces.named:
            _fail_named_twice(source, name, braces, pos - 1)
        return Selector(name, braces, variables, None, None, "", (start, start + len(name)), span)
    if selective and not (braces.name or any(map(_is_selective, braces.matchers))):
        raise source.error(
            "the selector matches every series there is",
            *span,
            'name a metric, or give a matcher that an absent label does not pass: job!=""',
        )
    where = shifted(braces.name_place, pos - 1) if braces.name else NOWHERE
    return Selector(braces.name, braces, (), None, None, "", where, span)


def _keep(source: Source) -> Braces:
    """Read the braces and keep them, unless they are long."""
    start = source.pos
    braces = _read(source)
    if braces.length <= _LONGEST_KEPT:
        if len(_kept) >= _KEPT:
            _kept.clear()
        _kept[source.known, source.text[start : source.pos]] = braces
    return braces


def forget() -> None:
    """Drop all braces that were kept."""
    _kept.clear()


def _fail_named_twice(source: Source, name: str, braces: Braces, start: int) -> NoReturn:
    other, place = braces.name, braces.name_place
    for one in braces.matchers:
        if not other and isinstance(one, Matcher) and one.label == "__name__":
            other, place = one.value.value, one.place
    raise source.error(
        f"the metric name is given twice: {name!r} and {other!r}",
        *shifted(place, start),
        "keep one of them",
    )


def _read(source: Source) -> Braces:
    """Read the braces, whose places count from the opening one, just before the position."""
    text = source.text
    base = source.pos - 1
    items: list[Matcher | Variable] = []
    labels: set[str] = set()
    name: String | None = None
    while True:
        match = _MATCHER(text, source.pos)
        if match is not None:
            operator: Any
            label, operator, quoted, separator = match.groups()
            start, end = match.span(1)
            value = _value(source, quoted, match.start(3), base, operator)
            span = (start - base, match.end(3) - base)
            items.append(Matcher(label, operator, value, (start - base, end - base), span))
            labels.add(label)
            source.pos = match.end()
            if separator == "}":
                break
            continue
        match = _END(text, source.pos)
        if match is not None:
            source.pos = match.end()
            break
        item: Matcher | String | Variable | None = _unusual(source, base)
        if isinstance(item, String):
            if item.value and name is None:
                name = item
                item = None
            else:
                item = Matcher("__name__", "=", item, item.place, item.place)
        if item is not None:
            items.append(item)
            if isinstance(item, Matcher) and isinstance(item.label, str):
                labels.add(item.label)
        if not _separated(source):
            break
    named = name is not None or "__name__" in labels
    if name is None:
        return Braces(source.pos - base, tuple(items), "", NOWHERE, named, frozenset(labels))
    return Braces(source.pos - base, tuple(items), name.value, name.place, named, frozenset(labels))


def _value(source: Source, quoted: str, at: int, base: int, operator: str) -> String:
    """Return the quoted value of a matcher at *at*, its regular expression checked."""
    value = quoted[1:-1] if "\\" not in quoted else source.string(quoted, at)
    if "$" in quoted or "[[" in quoted:
        inside = source.variables_in_string(quoted, at - base)
        if inside:
            return String(value, quoted, inside, (at - base, at - base + len(quoted)))
    if operator[1:] == "~":
        try:
            matches_empty(value)
        except PatternError as error:
            raise source.error(
                f"the regular expression {quoted} is wrong: {error}", at, at + len(quoted), error.help
            ) from None
    return String(value, quoted, (), (at - base, at - base + len(quoted)))


def _is_selective(matcher: Matcher | Variable) -> bool:
    """Whether a series without the label does not match, or whether a variable keeps that open."""
    if isinstance(matcher, Variable) or matcher.value.variables:
        return True
    value = matcher.value.value
    match matcher.operator:
        case "=":
            return value != ""
        case "!=":
            return value == ""
        case "=~":
            return not matches_empty(value)
        case "!~":
            return matches_empty(value)


def _unusual(source: Source, base: int) -> Matcher | String | Variable:
    """Read what is no plain ``label="value"``: quoted names, variables for a list, a label or a value."""
    match = _ITEM(source.text, source.pos)
    if match is None:
        raise source.unexpected("a label name or '}'")
    word, composed, operator, quoted, variable = match.groups()
    start, end = match.span(1 if word is not None else 2)
    label: str | Variable
    if word is None:
        label = source.variable(composed, start, base)
    elif word[0] in "\"'`":
        label = source.string(word, start)
    else:
        label = word
    if operator is None:
        source.pos = end
        if isinstance(label, Variable):
            return label
        if word is not None and label is not word:
            return String(label, word, (), (start - base, end - base))
        operator_ahead = _OPERATOR(source.text, end)
        if operator_ahead is None:
            raise source.unexpected("=, !=, =~ or !~ after the label name")
        source.pos = operator_ahead.end()
        raise source.unexpected("a value in quotes", _value_hint(source))
    source.pos = match.end()
    if quoted is not None:
        value = _value(source, quoted, match.start(4), base, operator)
    else:
        inside = source.variable(variable, match.start(5), base)
        value = String(variable, variable, (inside,), inside.place)
    span = (start - base, value.place[1])
    return Matcher(label, cast("MatchOperator", operator), value, (start - base, end - base), span)


def _value_hint(source: Source) -> str:
    """Return advice for what stands behind the operator of a matcher and is no quoted value."""
    following = source.text[source.pos]
    if following == "=":
        return 'inside the braces a matcher is written with one "=": label="value"'
    return 'put the value in quotes: label="value"' if following.isalnum() or following == "_" else ""


def _separated(source: Source) -> bool:
    """Whether another item follows in the braces; reads the comma or the closing brace."""
    match = _SEPARATOR(source.text, source.pos)
    if match is not None:
        source.pos = match.end()
        return match[1] == ","
    if _VARIABLE_AHEAD(source.text, source.pos):
        return True
    if _OR(source.text, source.pos):
        raise source.unexpected("',' or '}'", "PromQL has no `or` between matchers; use one =~ with `|`")
    following = source.text[source.pos :].lstrip(" \t\r\n")[:1]
    missing = following == "_" or following.isalpha() or following in ("'", '"', "`")
    raise source.unexpected("',' or '}'", "a comma stands between matchers" if missing and following else "")
