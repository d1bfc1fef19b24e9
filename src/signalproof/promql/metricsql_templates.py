"""Templates of MetricsQL: what ``WITH`` defines, and putting it in where its name stands."""

from __future__ import annotations

from typing import Final

from signalproof.promql.ast import String, Variable
from signalproof.promql.functions import ANY, STRING
from signalproof.promql.metricsql_lexer import Token, plain_name
from signalproof.promql.metricsql_state import Read, State, Template, Templates, listed, name_of

_MOST_WORDS: Final = 50_000
"""How many words all templates together may put in."""


def find(templates: Templates, name: str) -> int:
    """Return the index of the template called *name* that is in force, or -1."""
    if templates is not None:
        for index in range(len(templates) - 1, -1, -1):
            if templates[index].name == name:
                return index
    return -1


def expand(
    state: State, templates: tuple[Template, ...], index: int, args: tuple[Read, ...] | None, token: Token
) -> Read:
    """Return what the template at *index* gives for *args*, None where none are written.

    Raises:
        PromQLSyntaxError: The number of arguments differs, or what is put in is wrong where it is put.
    """
    template = templates[index]
    name, parameters = template.name, template.parameters
    if len(parameters) != len(args or ()):
        if args is None:
            return Read(state.leaf("metric", token.start), ANY, token[2:], "metric", name, bare=True)
        raise state.wrong(f"the template {name} takes {len(parameters)} arguments, not {len(args)}", token)
    if template.value is not None:
        return template.value
    if template.at < 0:
        return Read(state.leaf("template", token.start), ANY, token[2:])
    inner = templates[:index] + tuple(
        Template(parameter, value=arg) for parameter, arg in zip(parameters, args or (), strict=True)
    )
    back, state.at = state.at, template.at
    state.deeper()
    found = state.read(state, inner)
    state.shallower()
    state.expanded += state.at - template.at
    if state.expanded > _MOST_WORDS:
        raise state.wrong(f"templates put in more than {_MOST_WORDS} words", token)
    state.at = back
    return found


def string(state: State, templates: Templates) -> Read:
    """Read strings with ``+`` between them; a name among them is a template."""
    start = state.token.start
    values: list[str] = []
    inside: list[Variable] = []
    while True:
        token = state.token
        state.at += 1
        if token.kind == "string":
            values.append(_value(state, token, templates is None))
            if "$" in token.text or "[[" in token.text:
                inside += state.source.variables_in(token.text, token.start)
        elif token.kind == "name":
            values.append(_of_template(state, templates, token))
        elif token.kind == "composed" and not values:
            one = state.source.variable(token.text, token.start)
            return Read(String(token.text, token.text, (one,), one.place), STRING, one.place, "string")
        else:
            state.at -= 1
            raise state.unexpected("a string")
        if state.text != "+":
            break
        following = state.tokens[state.at + 1]
        beyond = state.tokens[min(state.at + 2, len(state.tokens) - 1)].text
        if following.kind != "string" and (following.kind != "name" or beyond in ("(", "{")):
            break
        state.at += 1
    place = (start, state.done)
    text = state.source.text[start : state.done]
    return Read(String("".join(values), text, tuple(inside), place), STRING, place, "string")


def _value(state: State, token: Token, draft: bool) -> str:
    if draft:
        return token.text
    if "\n" in token.text and token.text[0] != "`":
        raise state.wrong("a line ends inside of the string", token, "put it in backticks")
    return state.source.string(token.text, token.start)


def _of_template(state: State, templates: Templates, token: Token) -> str:
    if templates is None:
        return ""
    index = find(templates, token.text)
    if index < 0:
        raise state.wrong(f"there is no template {token.text}", token, "put a text in quotes")
    found = expand(state, templates, index, None, token).node
    if not isinstance(found, String):
        raise state.wrong(f"the template {token.text} is no string", token)
    return found.value


def parse_with(state: State, templates: Templates) -> Read:
    """Read templates and the expression that they are for.

    Raises:
        PromQLSyntaxError: They are wrong, or do not fit where they are put in.
    """
    start = state.token.start
    state.at += 1
    state.expect("(")
    state.deeper()
    found: list[Template] = []
    while not state.take(")"):
        found.append(_template(state))
        if not state.take(",") and state.text != ")":
            raise state.unexpected("',' or ')'")
    names = [one.name for one in found]
    if len(set(names)) < len(names):
        raise state.source.error("two templates have one name", start, state.done, "rename one of them")
    inner = state.read(state, None if templates is None else (*templates, *found))
    state.shallower()
    place = (start, state.done)
    if isinstance(inner.node, String):
        return inner
    node = state.leaf("with", start)
    return Read(node, ANY, place, inner.kind, inner.name, inner.bare, inner.either, names=inner.names)


def _template(state: State) -> Template:
    token = state.token
    if token.kind != "name":
        raise state.unexpected("the name of a template")
    state.at += 1
    parameters: tuple[str, ...] = ()
    if state.text == "(":
        parameters = tuple(map(name_of, listed(state)))
        if len(set(parameters)) < len(parameters):
            raise state.wrong(f"two parameters of {token.text} have one name", token)
    state.expect("=")
    at = state.at
    draft = state.read(state, None)
    return Template(plain_name(token.text), parameters, at, None, draft)
