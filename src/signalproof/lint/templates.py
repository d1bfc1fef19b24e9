"""Legends and alert templates: which labels they show."""

from __future__ import annotations

import re
from collections.abc import Iterator

from signalproof.promql.ast import Span

_LEGEND = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*\}\}")
_ACTION = re.compile(r"\{\{-?(.*?)-?\}\}", re.DOTALL)
_LABEL = re.compile(r"(?<![A-Za-z0-9_.$])(?:\$labels|\.Labels)\.([A-Za-z_][A-Za-z0-9_]*)")
_BLOCK = re.compile(r"\s*(if|with|range|define|block|else|end)\b(?:\s+(if|with)\b)?")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*+"|`[^`]*+`')
_BARE = re.compile(
    r"(?<![A-Za-z0-9_.$])labels\.[A-Za-z_][A-Za-z0-9_]*|(?:(?<=^)|(?<=^ ))value(?=\s*(?:\||$))"
)


def legend_labels(legend: str) -> Iterator[tuple[str, Span]]:
    """Yield every label that a Grafana legend shows, with its place: ``{{handler}}``."""
    for found in _LEGEND.finditer(legend):
        yield found[1], Span(*found.span())


def template_labels(template: str) -> Iterator[tuple[str, Span]]:
    """Yield every label that an alert template shows of the alert itself, with its place: ``$labels.job``.

    A label that a condition asks for is not shown by that, nor under it: the template knows that it may not be there.
    Inside ``range`` and ``with`` the dot is something else, so ``.Labels`` counts only where there is neither.
    """
    moved = re.search(r"\{\{-?\s*(?:range|with|define)\b", template) is not None
    asked: list[frozenset[str]] = []
    """The labels that each open block asks for, the innermost last."""
    for action, start in _actions(template):
        opened = _BLOCK.match(action)
        if opened is not None:
            if opened[1] in ("end", "else") and asked:
                asked.pop()
            asks = opened[1] in ("if", "with") or opened[2] is not None
            if opened[1] != "end":
                asked.append(frozenset(_LABEL.findall(action)) if asks else frozenset())
            if asks:
                continue
        for found in _LABEL.finditer(action):
            moved_dot = moved and found[0].startswith(".")
            if not moved_dot and not any(found[1] in one for one in asked):
                yield found[1], Span(start + found.start(), start + found.end())


def undefined_words(template: str) -> Iterator[tuple[str, Span]]:
    """Yield ``labels`` and ``value`` without their dollar: Prometheus refuses the template."""
    for action, start in _actions(template):
        for found in _BARE.finditer(action):
            yield found[0], Span(start + found.start(), start + found.end())


def shows_value(template: str) -> Span | None:
    """Return where a template shows the value of the alert, or None."""
    for action, start in _actions(template):
        found = re.search(r"(?<![A-Za-z0-9_$.])(?:\$value|\.Value)\b", action)
        if found:
            return Span(start + found.start(), start + found.end())
    return None


def _actions(template: str) -> Iterator[tuple[str, int]]:
    """Yield the inside of every ``{{ … }}``, strings blanked out, with its offset."""
    for found in _ACTION.finditer(template):
        yield _STRING.sub(lambda text: " " * len(text[0]), found[1]), found.start(1)
