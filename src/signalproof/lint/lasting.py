"""How long a condition stays true by itself: after one event, or while a value grows with the clock."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from signalproof.catalogue.units import SECOND
from signalproof.infer.windows import seconds_of
from signalproof.lint.rule import Context
from signalproof.promql.ast import Aggregation, Binary, Call, Node, Range, Selector
from signalproof.promql.tree import unwrap

_EVENTS: Final = {"increase": "event", "changes": "change", "resets": "restart"}
"""Functions that count what happened in a window, and what to call one of it."""
_MIRRORED: Final = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
_UPTIME: Final = re.compile(r"(?:^|_)uptime(?:(?:_in)?_seconds)?(?:_total)?$")
_STARTED: Final = re.compile(
    r"(?:^|_)(?:start|started|boot|creation|created|system_up)(?:_time|_timestamp|_at)*(?:_seconds)?$"
)
_EVENT: Final = re.compile(
    r"(?:^|_)(?:events?|restarts?|reboots?|crash(?:es)?|panics?|ooms?|oom_kills?|kills?|killed|evictions?|evicted|deadlocks?|failovers?"
    r"|switchovers?|elections?|leader_changes|changes|violations?|corruptions?|intrusions?|incidents?|alarms?)(?:_total|_count)?$"
)
"""Names of counters of what happens now and then; errors and failures come again with each attempt."""
_NOW: Final = re.compile(r"^[a-z]+(?:_os)?_time(?:_seconds)?$")
_REDUCED: Final = frozenset({"sum", "max", "min", "avg", "count", "group", "topk", "bottomk"})


class Lasting(NamedTuple):
    """How long one thing keeps a condition true.

    Attributes:
        seconds: At most so long.
        thing: What keeps it true, with its article.
        why: Why no longer.
    """

    seconds: float
    thing: str
    why: str


def lasting(node: Node, context: Context) -> Lasting | None:
    """Return how long *node* stays true by itself; None where that is not known."""
    node = unwrap(node)
    if isinstance(node, Aggregation) and node.operator in _REDUCED:
        return lasting(node.expr, context)
    if not isinstance(node, Binary):
        return None
    if node.operator in ("and", "or", "unless"):
        left = lasting(node.left, context)
        right = lasting(node.right, context) if node.operator != "unless" else None
        if node.operator == "or":
            return max(left, right) if left is not None and right is not None else None
        return min((one for one in (left, right) if one is not None), default=None)
    if node.operator not in _MIRRORED or node.bool_modifier:
        return None
    for value, limit, operator in (
        (node.left, node.right, node.operator),
        (node.right, node.left, _MIRRORED[node.operator]),
    ):
        bound = context.value(limit).constant
        if bound is not None and context.value(value).constant is None:
            return _compared(value, operator, bound, context)
    return None


def _compared(value: Node, operator: str, bound: float, context: Context) -> Lasting | None:
    node, factor = _scaled(value, context)
    if operator in ("<", "<=") and bound > 0:
        thing = _clock(node, context)
        if thing is not None:
            seconds = bound / factor
            return Lasting(seconds, thing, "a value that grows with the clock is above it then")
        return None
    one_is_enough = bound == 0 if operator in (">", "!=") else 0 < bound <= 1 and operator == ">="
    while isinstance(node, Aggregation) and node.operator in _REDUCED - {"count", "group"}:
        node = unwrap(node.expr)
    inner = lasting(node.expr, context) if isinstance(node, Aggregation) else None
    if inner is not None or not one_is_enough:
        return inner
    if (back := _stepped(node)) is not None:
        return Lasting(back, "one event", "what it is compared with has it, too, then")
    if isinstance(node, Call) and node.function in _EVENTS and node.args:
        window = unwrap(node.args[0])
        if not isinstance(window, Range) or (back := seconds_of(window.window)) is None:
            return None
        name = window.selector.name
        rare = _EVENT.search(name) or (node.function == "changes" and _STARTED.search(name))
        if node.function == "resets" or rare:
            return Lasting(back, f"one {_EVENTS[node.function]}", "the window has left it behind then")
    return None


def _stepped(node: Node) -> float | None:
    """Return how far back *node*, a count of events less what it was, looks; None for everything else."""
    if not isinstance(node, Binary) or node.operator != "-":
        return None
    now, then = unwrap(node.left), unwrap(node.right)
    if not (isinstance(now, Selector) and isinstance(then, Selector)) or now.offset is not None:
        return None
    same = now.name == then.name and now.matchers == then.matchers and _EVENT.search(now.name)
    back = seconds_of(then.offset) if same else None
    return back if back is not None and back > 0 else None


def _scaled(node: Node, context: Context) -> tuple[Node, float]:
    """Return what *node* is a multiple of, and how many times it is that."""
    factor = 1.0
    node = unwrap(node)
    while isinstance(node, Binary) and node.operator in ("*", "/"):
        number = context.value(node.right).constant
        if number is None or number <= 0:
            break
        factor = factor * number if node.operator == "*" else factor / number
        node = unwrap(node.left)
    return node, factor


def _clock(node: Node, context: Context) -> str | None:
    """Return what sets back *node*, which grows by one a second; None for everything else."""
    while isinstance(node, Aggregation) and node.operator in ("min", "max", "avg"):
        node = unwrap(node.expr)
    if isinstance(node, Selector):
        series = context.series(node.name)
        unit = series.unit if series is not None else None
        return "one restart" if _UPTIME.search(node.name) and unit in (None, SECOND) else None
    if isinstance(node, Binary) and node.operator == "-":
        now, then = unwrap(node.left), unwrap(node.right)
        while isinstance(then, Aggregation) and then.operator in ("min", "max", "avg"):
            then = unwrap(then.expr)
        is_now = (
            _NOW.search(now.name) is not None
            if isinstance(now, Selector)
            else isinstance(now, Call) and now.function in ("time", "timestamp")
        )
        if is_now and isinstance(then, Selector) and _STARTED.search(then.name):
            return "one start"
    return None
