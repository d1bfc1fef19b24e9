"""What stands in braces, and lists of labels, as MetricsQL has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, cast

from signalproof.promql.ast import (
    GroupLabel,
    LabelName,
    Matcher,
    MatchOperator,
    Node,
    Selector,
    String,
    Variable,
)
from signalproof.promql.functions import ANY, INSTANT
from signalproof.promql.metricsql_lexer import Token
from signalproof.promql.metricsql_names import RESERVED
from signalproof.promql.metricsql_state import Read, State, Templates, listed, name_of
from signalproof.promql.metricsql_templates import expand, find, string
from signalproof.promql.regex import PatternError, matches_empty
from signalproof.promql.tree import children

_PLAIN_LABEL: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*").fullmatch


@dataclass
class _Group:
    """Matchers between two ``or``.

    Attributes:
        matchers: The matchers.
        name: The metric's name, or empty.
        named: Whether a matcher says the metric's name.
        count: How many conditions there are.
        plain: Whether Prometheus reads it too.
        matched: Whether a matcher on ``__name__`` gives the name.
    """

    matchers: list[Matcher | Variable]
    name: str
    name_token: Token | None = None
    named: bool = False
    count: int = 0
    plain: bool = True
    matched: bool = False


def selector(state: State, templates: Templates) -> Read:
    """Read a metric, with braces or without, or braces alone."""
    start = state.token.start
    token: Token | None = None
    variables: tuple[Variable, ...] = ()
    if state.text != "{":
        token = state.token
        state.at += 1
        if token.kind == "composed":
            variables = state.source.variables_in(token.text, token.start)
            state.source.variable(token.text, token.start)
    name = "" if token is None else name_of(token)
    groups: list[_Group] = []
    if state.take("{"):
        groups = _groups(state, templates, name, token)
    elif token is not None:
        groups = [_Group([], name, token, True, 1)]
    place = (start, state.done)
    found = _read(state, groups, variables, place)
    if templates is None or not found.name or variables:
        return found
    index = find(templates, found.name)
    if index < 0:
        return found
    where = token or state.tokens[state.at - 1]
    new = expand(state, templates, index, None, where)
    if new.kind not in ("metric", "rollup"):
        if found.bare:
            return new
        raise state.wrong(f"the template {found.name} is no metric, so it takes no braces", where)
    if found.bare:
        return new
    if new.either and found.either:
        raise state.wrong(f"`or` stands in the template {found.name} and in the braces", where)
    leaf = state.leaf("template", start)
    return Read(leaf, ANY, place, new.kind, new.name, either=new.either or found.either)


def _read(
    state: State, groups: list[_Group], variables: tuple[Variable, ...], place: tuple[int, int]
) -> Read:
    names = {group.name for group in groups if group.name}
    if len(names) == 1:
        for group in groups:
            if not group.name and not group.named:
                group.name = next(iter(names))
                group.count += 1
    name = groups[0].name if groups and all(group.name == groups[0].name for group in groups) else ""
    bare = bool(name) and all(group.count <= 1 for group in groups)
    either = len(groups) > 1
    node: Node
    if len(groups) > 1 or not all(group.plain for group in groups) or not _is_ordinary(name):
        node = state.leaf("selector", place[0])
        return Read(node, ANY, place, "metric", name, bare, either)
    matchers = tuple(groups[0].matchers) if groups else ()
    where = groups[0].name_token if groups else None
    said = name if where is not None else ""
    node = Selector(said, matchers, variables, None, None, "", (0, 0) if where is None else where[2:], place)
    return Read(node, INSTANT, place, "metric", name, bare, either)


def _is_ordinary(name: str) -> bool:
    return name.isprintable() and name.lower() not in RESERVED


def _groups(state: State, templates: Templates, name: str, token: Token | None) -> list[_Group]:
    if state.take("}"):
        return [] if token is None else [_Group([], name, token, True, 1)]
    groups: list[_Group] = []
    while True:
        group = _Group([], name, token, token is not None, int(token is not None))
        groups.append(group)
        while True:
            alone = _item(state, templates, group)
            if state.take(","):
                if state.text == "}":
                    break
                continue
            if state.text in ("or", "}"):
                break
            if not alone and state.token.kind != "composed":
                raise state.unexpected("',', `or` or '}'")
        if state.take("}"):
            return groups
        state.at += state.text == "or"


def _item(state: State, templates: Templates, group: _Group) -> bool:
    """Read one condition; return whether it was a Grafana variable alone, which no comma has to follow."""
    token = state.token
    state.at += 1
    label: str | Variable
    quoted = token.kind == "string"
    if quoted:
        label = name_of(token)
    elif token.kind == "composed":
        label = state.source.variable(token.text, token.start)
    elif token.kind == "name":
        label = name_of(token)
    else:
        state.at -= 1
        raise state.unexpected("a label name or '}'")
    if state.text in ("=", "!=", "=~", "!~"):
        _matcher(state, templates, group, label, token)
        return False
    if isinstance(label, Variable):
        group.matchers.append(label)
        group.count += 1
        return True
    if state.text not in (",", "}", "or"):
        raise state.unexpected("=, !=, =~ or !~ after the label name")
    index = find(templates, label)
    if index >= 0 and templates is not None:
        new = expand(state, templates, index, (), token)
        if new.kind != "metric" or new.name or new.either:
            raise state.wrong(f"the template {label} is no list of conditions in braces", token)
        group.plain = False
        group.count += 1
    elif quoted:
        _name(state, group, label, token)
    elif templates is not None:
        raise state.wrong(f"there is no template {label}", token, 'a condition is written label="value"')
    return False


def _name(state: State, group: _Group, name: str, token: Token) -> None:
    if group.name and group.name != name:
        raise state.wrong(f"the metric name is given twice: {name!r} and {group.name!r}", token)
    if group.name_token is not None or group.matched or not name:
        group.plain = False
    group.count += group.name != name or not name
    group.name, group.named, group.name_token = name, True, token


def _matcher(state: State, templates: Templates, group: _Group, label: str | Variable, token: Token) -> None:
    operator: Any = state.text
    state.at += 1
    value = string(state, templates)
    node = cast("String", value.node)
    if operator[1:] == "~" and templates is not None and not node.variables:
        try:
            matches_empty(f"^(?:{node.value})$")
        except PatternError as error:
            raise state.source.error(
                f"the regular expression is wrong: {error}", *value.place, error.help
            ) from None
    again = label == "__name__" and operator == "=" and group.name == node.value != ""
    group.count += not again
    if label == "__name__":
        group.named = True
        if operator == "=":
            if templates is not None and group.name and group.name != node.value:
                raise state.wrong(f"the metric name is given twice: {node.value!r} and {group.name!r}", token)
            group.plain = group.plain and group.name_token is None and not group.matched
            group.name = "" if node.variables else node.value
            group.matched = True
    if isinstance(label, str) and not label.isprintable():
        group.plain = False
    if not node.value.isprintable() and re.search(r"[\ud800-\udfff]", node.value):
        group.plain = False
    place = (token.start, value.place[1])
    group.matchers.append(Matcher(label, cast("MatchOperator", operator), node, token[2:], place))


def labels(state: State, templates: Templates) -> tuple[tuple[GroupLabel, ...], bool]:
    """Read a list of labels in parentheses; return it, and whether Prometheus reads it too."""
    found: list[GroupLabel] = []
    plain = True
    for token in listed(state):
        if token.kind == "composed":
            found.append(state.source.variable(token.text, token.start))
            continue
        name = name_of(token)
        plain = plain and _PLAIN_LABEL(name) is not None
        index = find(templates, name)
        if index >= 0 and templates is not None:
            plain = False
            _check_names(state, templates, index, token)
        found.append(LabelName(name, token[2:]))
    return tuple(found), plain


def _check_names(state: State, templates: Any, index: int, token: Token) -> None:
    """Refuse a template that is no name, and no names in parentheses, in a list of labels."""
    template = templates[index]
    if template.parameters:
        return
    one = template.value or template.draft
    if template.value is None:
        fits = one is not None and one.kind == "parens" and one.names and not children(one.node)
    else:
        fits = template.value.bare or template.value.names
    if not fits:
        raise state.wrong(f"the template {token.text} is no label, and no labels in parentheses", token)
