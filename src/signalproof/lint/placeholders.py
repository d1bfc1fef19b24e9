"""What a template engine leaves in a text that nothing rendered, and what Grafana would not replace either."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from signalproof.promql.ast import Span
from signalproof.promql.builtin import is_builtin

_BRACES = re.compile(r"\{\{((?:[^{}]|\{[^{}]*+\})*+)\}\}")
_OTHERS = re.compile(r"\{%[^{}%]*+%\}|<%[^<>%]*+%>|<no value>|%\([A-Za-z_]\w*+\)[sdrf]|@@[A-Z_]++@@")
"""Jinja, ERB, Go's text for what is missing, Python and Jsonnet formats, marks for sed."""
_GRAFANA = re.compile(r"\$\{([A-Za-z_]\w*+)[^{}\n]*+\}|\[\[([A-Za-z_]\w*+)(?::\w++)?\]\]")
_CODE = re.compile(
    r"\s*+-|-\s*+\Z|\s*+(?:\.(?:\w|\Z)|\$|include\b|template\b|printf\b|range\b|end\b|if\b|else\b|with\b|default\b|toYaml\b"
    r"|tpl\b|`|\"|')"
)
_PIPED = re.compile(r"\|\s*+[a-zA-Z_]")
_CALL = re.compile(r"\w\(")


def is_code(inside: str) -> bool:
    """Whether what stands between double braces is an expression of a template, and no name of a label."""
    return bool(_CODE.match(inside) or _PIPED.search(inside) or _CALL.search(inside))


def unrendered(text: str) -> Iterator[Span]:
    """Yield what only a template engine would replace: ``{{ .Values.name }}``, ``{% if x %}``, ``%(name)s``."""
    if "{{" in text:
        yield from (Span(*one.span()) for one in _BRACES.finditer(text) if is_code(one[1]))
    if "%" in text or "<" in text or "@@" in text:
        yield from (Span(*one.span()) for one in _OTHERS.finditer(text))


def labels_in_braces(text: str) -> Iterator[Span]:
    """Yield ``{{pod}}``: replaced in legends, and shown as it stands everywhere else."""
    return (Span(*one.span()) for one in _BRACES.finditer(text) if one[1].strip() and not is_code(one[1]))


def undeclared(text: str, declared: Collection[str]) -> Iterator[tuple[str, Span]]:
    """Yield each ``${name}`` and ``[[name]]`` that is neither a declared variable nor one of Grafana's own."""
    for one in _GRAFANA.finditer(text) if "${" in text or "[[" in text else ():
        name = one[1] or one[2]
        if name not in declared and not is_builtin(name):
            yield name, Span(*one.span())
