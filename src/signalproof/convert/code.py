"""Python source of calls and literals, laid out as formatters do: on one line where it fits, else an argument a line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

WIDTH = 88
_STEP = 4


@dataclass(frozen=True)
class Name:
    """A name, or any other piece of source that stands as it is."""

    text: str


@dataclass(frozen=True)
class Lines:
    """A text whose lines may be indented like the code around them: that of ``promql``."""

    text: str


@dataclass(frozen=True)
class Call:
    """A call: ``TimeSeries("CPU", …, width=12)``.

    Attributes:
        name: What is called.
        args: Values without names: literals, tuples, dicts, names and calls.
        named: Values with names.
    """

    name: str
    args: tuple[Any, ...] = ()
    named: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Formula:
    """Two values with an operator between them."""

    left: Any
    operator: str
    right: Any


@dataclass(frozen=True)
class Method:
    """A method called on a value: ``rate(CALLS).named("calls")``."""

    value: Any
    name: str
    args: tuple[Any, ...] = ()


def source(value: Any, indent: int = 0, used: int = 0) -> str:
    """Return *value* as Python.

    Args:
        value: A literal, tuple, list, dict, `Name` or `Call`, of any depth.
        indent: Columns that a line break is indented by.
        used: Columns of the line that are taken already, in front and behind.
    """
    if isinstance(value, Lines) and "\n" in value.text and _stands(value.text):
        margin = " " * indent
        lines = [f"{margin}{one}" if one else "" for one in value.text.split("\n")]
        return "\n".join(['"""', *lines, f'{margin}"""'])
    line = one_line(value)
    if "\n" not in line and indent + used + len(line) <= WIDTH:
        return line
    match value:
        case Call():
            parts = [
                *(("", one) for one in value.args),
                *((f"{name}=", one) for name, one in value.named.items()),
            ]
            return _broken(f"{value.name}(", parts, ")", indent) if parts else line
        case Method():
            end = f".{value.name}({', '.join(map(one_line, value.args))})"
            return source(value.value, indent, used + len(end)) + end
        case Formula():
            inner = indent + _STEP
            left, right = (_side(one, inner) for one in (value.left, value.right))
            return f"(\n{' ' * inner}{left}\n{' ' * inner}{value.operator} {right}\n{' ' * indent})"
        case dict():
            return _broken("{", [(f"{one_line(key)}: ", one) for key, one in value.items()], "}", indent)
        case tuple() | list():
            opening, closing = ("(", ")") if isinstance(value, tuple) else ("[", "]")
            return _broken(opening, [("", one) for one in value], closing, indent)
        case _:
            return line


def _broken(opening: str, parts: list[tuple[str, Any]], closing: str, indent: int) -> str:
    inner = indent + _STEP
    lines = [f"{' ' * inner}{head}{source(one, inner, len(head) + 1)}," for head, one in parts]
    return "\n".join([opening, *lines, " " * indent + closing])


def _side(value: Any, indent: int) -> str:
    """Return one side of a formula that is broken: one that is a formula itself keeps its parentheses."""
    text = source(value, indent, 2)
    return f"({text})" if isinstance(value, Formula) and not text.startswith("(\n") else text


def one_line(value: Any) -> str:
    """Return *value* as Python on one line, unless a text in it has several."""
    match value:
        case Name():
            return value.text
        case Call():
            parts = [
                *map(one_line, value.args),
                *(f"{name}={one_line(one)}" for name, one in value.named.items()),
            ]
            return f"{value.name}({', '.join(parts)})"
        case Method():
            inner = (
                f"({one_line(value.value)})" if isinstance(value.value, Formula) else one_line(value.value)
            )
            return f"{inner}.{value.name}({', '.join(map(one_line, value.args))})"
        case Formula():
            left, right = (
                f"({one_line(one)})" if isinstance(one, Formula) else one_line(one)
                for one in (value.left, value.right)
            )
            return f"{left} {value.operator} {right}"
        case Lines():
            return text(value.text)
        case str():
            return text(value)
        case dict():
            return "{" + ", ".join(f"{one_line(key)}: {one_line(one)}" for key, one in value.items()) + "}"
        case tuple():
            return f"({', '.join(map(one_line, value))}{',' if len(value) == 1 else ''})"
        case list():
            return f"[{', '.join(map(one_line, value))}]"
        case _:
            return repr(value)


def _stands(value: str) -> bool:
    """Return whether *value* means the same between three quotes as in its own."""
    plain = all(one.isprintable() or one == "\n" for one in value)
    return plain and '"""' not in value and "\\" not in value and "`" not in value


def text(value: str) -> str:
    """Return a string literal: in double quotes unless that costs escapes; several lines stand in three quotes."""
    plain = all(one.isprintable() or one == "\n" for one in value)
    if (
        "\n" in value.strip("\n")
        and plain
        and '"""' not in value
        and "\\" not in value
        and not value.endswith('"')
    ):
        return f'"""{value}"""'
    if not plain:
        return json.dumps(value)
    quote = "'" if '"' in value and "'" not in value else '"'
    return quote + value.replace("\\", "\\\\").replace(quote, f"\\{quote}").replace("\n", "\\n") + quote


def names_in(value: Any) -> Iterator[str]:
    """Yield the names that *value* needs imported: of the calls in it, and what stands in front of a dot."""
    match value:
        case Formula():
            yield from names_in(value.left)
            yield from names_in(value.right)
        case Name():
            yield value.text
        case Method():
            yield from names_in(value.value)
        case Call():
            yield value.name.partition(".")[0]
            for one in (*value.args, *value.named.values()):
                yield from names_in(one)
        case dict():
            for one in value.values():
                yield from names_in(one)
        case tuple() | list():
            for one in value:
                yield from names_in(one)
        case _:
            return
