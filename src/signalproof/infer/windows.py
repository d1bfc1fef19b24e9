"""How long the windows of a query are, and whether they hold enough samples."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Final

from signalproof.promql.ast import Duration, DurationOperation, Node, Paren, Range, Subquery, Time, Variable

_EVALUATION: Final = 60.0
"""Seconds between two points of a subquery without a step: Prometheus' default evaluation interval."""

_LONG: Final = ("__rate_interval", "__range", "__range_s", "__range_ms")
"""Grafana variables that are never shorter than a few scrapes."""

_BINARY: Final[Mapping[str, Callable[[float, float], float]]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "%": math.fmod,
    "^": math.pow,
    "min": min,
    "min_of": min,
    "max": max,
    "max_of": max,
}


def seconds_of(time: Time | None) -> float | None:
    """Return the seconds of a length of time; None for a variable and for what depends on the query's own range."""
    if isinstance(time, Duration):
        return time.seconds
    if not isinstance(time, DurationOperation):
        return None
    parts = [seconds_of(one) for one in time.operands]
    known = [one for one in parts if one is not None]
    if len(known) != len(parts) or not known:
        return None
    if len(known) == 1:
        return {"+": known[0], "-": -known[0]}.get(time.operator)
    operation = _BINARY.get(time.operator)
    if operation is None or len(known) != 2:  # every operator and function takes two
        return None
    try:
        found = operation(*known)
    except (ArithmeticError, ValueError):
        return None
    return found if math.isfinite(found) else None


def too_short(node: Node, samples: int, scrape_interval: float) -> str:
    """Return why the range vector *node* may hold fewer than that many *samples* of a series; empty if it holds them."""
    while isinstance(node, Paren):
        node = node.expr
    if not isinstance(node, Range | Subquery):
        return "nothing is known of its window"
    interval = scrape_interval
    if isinstance(node, Subquery):
        step = _EVALUATION if node.step is None else seconds_of(node.step)
        if step is None:
            return "the step of the subquery is not known"
        interval = step
    window = seconds_of(node.window)
    if window is None:
        if isinstance(node.window, Variable) and node.window.name in _LONG:
            return ""
        shown = node.window.text if isinstance(node.window, Variable) else "computed"
        return f"the window {shown} may hold fewer than {_count(samples)}"
    if window + 1e-9 < samples * interval:
        return f"a window of {spoken(window)} may hold fewer than {_count(samples)}, one every {spoken(interval)}"
    return ""


def _count(samples: int) -> str:
    return "one sample" if samples == 1 else f"{samples} samples"


def spoken(seconds: float) -> str:
    """Return a length of time as Prometheus writes it: ``1h30m``."""
    if seconds <= 0 or seconds != int(seconds):
        return f"{seconds:g}s"
    parts = []
    rest = int(seconds)
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60), ("s", 1)):
        count, rest = divmod(rest, length)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)
