"""How much there is to see: how many lines a query draws, and how far apart its points may lie.

A quantile of two calls is one of the two, and a ratio of three jumps between thirds. Where the catalogue declares how
often something happens, points lie so far apart that the window of four steps, which is what Grafana makes of
``$__rate_interval`` then, holds ten events.
"""

from __future__ import annotations

from signalproof.infer.present import varying
from signalproof.infer.value import Value
from signalproof.promql.ast import DurationOperation, Node, Range, Subquery, Time, Variable
from signalproof.promql.tree import walk

ENOUGH = 10
"""Events that a window shall hold: a median of them is steady, and one failure is not yet a tenth of the picture."""
_STEPS = (60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0)
"""Steps that people can say, in seconds; an hour, with a window of four, is the longest that still shows a course."""
_A_FEW = 5
"""Series that a label without listed values is taken to have: replicas of a service, not devices of a data centre."""


def step_for(value: Value) -> float:
    """Return the shortest time between two points of a query, in seconds; 0 where the usual one will do.

    Args:
        value: What is known of the query; its rarest source decides.
    """
    paces = [one.per_hour for one in value.sources if one.per_hour]
    if not paces:
        return 0.0
    window = ENOUGH / min(paces) * 3600
    if window <= _STEPS[0]:
        return 0.0
    return next((one for one in _STEPS if 4 * one >= window), _STEPS[-1])


def expected_lines(value: Value, at_most: int = 0) -> int:
    """Return about how many series a query draws, *at_most* where the query itself sees to it."""
    lines = 1
    for label in varying(value.labels):
        domain = value.labels.known.get(label)
        lines *= (domain.at_most if domain is not None else None) or _A_FEW
    return min(lines, at_most) if at_most else lines


def spans_range(node: Node) -> bool:
    """Return whether a window of *node* is the whole time range: over time it would look back before its start."""
    return any(_is_range(one.window) for one in walk(node) if isinstance(one, Range | Subquery))


def _is_range(time: Time) -> bool:
    if isinstance(time, DurationOperation):
        return any(map(_is_range, time.operands))
    return isinstance(time, Variable) and time.name in ("__range", "__range_s", "__range_ms")
