"""A PromQL expression as Python: a call of the typed builder where that builds the very same query, else its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent, indent
from typing import Final

from signalproof.convert.calls import Known
from signalproof.convert.code import names_in, one_line
from signalproof.convert.source import literal
from signalproof.promql.parser import parse

_BUILDER: Final = "signalproof.promql.build"
_SHORT: Final = 60
"""Characters of an expression that is written behind the name of the function."""


@dataclass(frozen=True)
class Python:
    """An expression as source.

    Attributes:
        source: Of one expression.
        imports: Module → names that it needs.
        built: Whether it is built of the catalogue, and no text.
    """

    source: str
    imports: Mapping[str, frozenset[str]]
    built: bool = False


def expression(text: str, known: Known | None = None) -> Python:
    """Return *text* as Python.

    Args:
        text: An expression.
        known: What the builder can make of queries.

    Raises:
        SignalproofError: It is no PromQL.
    """
    node = parse(text)
    made = known.call(node) if known is not None else None
    if known is not None and made is not None:
        found = {module: frozenset(names) for module, names in known.imports(names_in(made.code)).items()}
        return Python(one_line(made.code), found, True)
    return Python(promql_call(text), {_BUILDER: frozenset({"promql"})})


def promql_call(text: str) -> str:
    """Return ``promql(…)`` with the *text* as it is laid out: several lines stay several lines, a long one has its own."""
    lines = dedent(text.expandtabs(4)).strip("\n").rstrip()
    if "\n" not in lines and len(lines) <= _SHORT:
        return f"promql({literal(lines.strip())})"
    safe = (lines if "\n" in lines else lines.strip()).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    plain = all(one.isprintable() or one == "\n" for one in safe)
    if not plain or parse(lines) != parse(text):  # a string over several lines means each of its spaces
        return f"promql({literal(text)})"
    return "\n".join(["promql(", '    """', indent(safe, "    "), '    """', ")"])
